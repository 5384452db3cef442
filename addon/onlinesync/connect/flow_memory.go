package connect

import (
	"sync"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/declare"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/step"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/plugins/sdk"
)

// flowMemory holds what flows must not store: the plugin's state and what was
// typed. It is lost with the process; the user then starts again.
type flowMemory struct {
	mu     sync.Mutex
	live   map[flowKey]*liveFlow
	tokens map[string]flowKey // of redirects; each is used once for each time that its step is asked
}

type flowKey struct {
	db *orm.Database
	id int64
}

// liveFlow is one flow between two steps.
type liveFlow struct {
	mu sync.Mutex // one answer at a time

	kind        sdk.FlowKind
	institution institutionFacts
	provider    string
	company     int64
	link        int64
	linkUUID    string
	accountKind string
	phone       string
	betaKnown   bool
	betaAgreed  bool // by the user of this flow, who was told
	phoneKnown  bool
	holders     []string // whose accounts the institution connects
	holderKnown bool
	terms       record.Terms // what is to be shown and asked of them
	termsKnown  bool
	declared    []declare.Answer
	user        orm.Principal // who started it
	inSession   bool          // in their browser

	started bool            // the plugin was asked
	done    *sdk.Connection // the plugin is done, and the user may be asked about same and drops
	held    int64           // the consent of done, until a connection has it

	same       []*same
	sameKnown  bool
	renews     bool // the user lets the first of same go on
	drops      []drop
	dropsKnown bool

	state    []byte
	secret   []byte // what a renewal brings, or a rotation left
	anew     bool   // a renewal whose secret is lost
	step     *sdk.Step
	token    string
	typed    step.Typed
	journals map[string]any // the user's choice per account

	// expires is the memory's: the sweep reads it while a flow asks its next step.
	expires time.Time
}

type institutionFacts struct {
	id               int64
	name, identifier string
	status           string
	historyDays      int64
}

func (m *flowMemory) put(key flowKey, f *liveFlow) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.live == nil {
		m.live, m.tokens = map[flowKey]*liveFlow{}, map[string]flowKey{}
	}
	m.live[key] = f
	if f.token != "" {
		m.tokens[f.token] = key
	}
}

func (m *flowMemory) get(key flowKey) *liveFlow {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.live[key]
}

func (m *flowMemory) drop(key flowKey) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if f := m.live[key]; f != nil {
		delete(m.tokens, f.token)
		delete(m.live, key)
	}
}

// arm lets the user come back from a redirect that is asked, maybe once more.
func (m *flowMemory) arm(key flowKey, f *liveFlow) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.live[key] == f && f.token != "" && f.step != nil && f.step.Kind == sdk.StepRedirect {
		m.tokens[f.token] = key
	}
}

// retoken gives a flow that begins anew another token.
func (m *flowMemory) retoken(key flowKey, f *liveFlow) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.tokens, f.token)
	f.token = record.NewToken()
	if m.live[key] == f {
		m.tokens[f.token] = key
	}
}

// find is redeem, but the token stays.
func (m *flowMemory) find(token string) (flowKey, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key, ok := m.tokens[token]
	return key, ok && token != ""
}

// count is how many flows of a user are in progress.
func (m *flowMemory) count(db *orm.Database, uid int64, now time.Time) (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, f := range m.live {
		if key.db == db && f.user.UID == uid && !now.After(f.expires) {
			n++
		}
	}
	return n
}

// redeem finds the flow of a redirect's token and forgets the token.
func (m *flowMemory) redeem(token string) (flowKey, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key, ok := m.tokens[token]
	delete(m.tokens, token)
	return key, ok && token != ""
}

func (m *flowMemory) forget(db *orm.Database) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, f := range m.live {
		if key.db == db {
			delete(m.tokens, f.token)
			delete(m.live, key)
		}
	}
}

// sweep drops flows that waited too long.
func (m *flowMemory) sweep(db *orm.Database, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, f := range m.live {
		if key.db == db && now.After(f.expires) {
			delete(m.tokens, f.token)
			delete(m.live, key)
		}
	}
}

// extend gives a flow until a time to be answered.
func (m *flowMemory) extend(f *liveFlow, until time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f.expires = until
}

// isOver reports whether a flow waited too long.
func (m *flowMemory) isOver(f *liveFlow, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return now.After(f.expires)
}
