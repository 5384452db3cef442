package rpc_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/dialect/sqlite"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/addon/secret"
	"github.com/girosync/girosync/rpc"
	"github.com/girosync/girosync/rpc/session"
	"github.com/girosync/girosync/rpc/ws"
)

var system = orm.Principal{System: true}

// house is a server on one real database, main, with the addon base and a
// model that goes wrong in every way.
type house struct {
	url      string
	server   *rpc.Server
	log      *lines
	sessions *shelf
	clock    *clock
	db       *orm.Database
	key      string        // an API key of the administrator
	entered  chan struct{} // x.trouble.wait tells that it began
	release  chan struct{} // what x.trouble.wait waits for
}

// open starts a server; change alters its options.
func open(t *testing.T, change func(*rpc.Options)) *house {
	t.Helper()
	h := &house{log: &lines{}, sessions: &shelf{kept: map[string]session.Session{}},
		clock:   &clock{now: time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)},
		entered: make(chan struct{}, 16), release: make(chan struct{})}
	log := slog.New(slog.NewTextHandler(h.log, nil))
	b := base.New(secret.NewHasher(secret.Cost{Memory: 64, Passes: 1, Threads: 1}))
	ordered, registry, err := addon.Join(b.Addon(), addon.Addon{Name: "trouble", Depends: []string{"base"}, Part: h.trouble()})
	if err != nil {
		t.Fatal(err)
	}
	store, err := sqlite.Open(filepath.Join(t.TempDir(), "main.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h.db, err = orm.Open(t.Context(), registry, store, orm.Options{Name: "main", Directory: b.Directory(), Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := h.db.Migrate(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if err := addon.Install(t.Context(), h.db, ordered, addon.Setup{Password: "admin"}); err != nil {
		t.Fatal(err)
	}
	err = h.db.Within(t.Context(), system, orm.TxWrite, func(env *orm.Env) error {
		h.key, err = base.NewAPIKey(env, base.AdminUser, "test")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	options := rpc.Options{
		Databases: only{h.db}, People: people{b}, Sessions: h.sessions, Bus: echo{}, SessionLife: time.Hour, ListNames: true,
		PublicURL: "http://localhost", Modules: []string{"base", "web"}, Log: log, Now: h.clock.Now,
		Limits: rpc.Limits{Body: 1 << 20, Depth: 20, Time: time.Minute, Concurrent: 4, DatabaseTime: time.Minute},
	}
	if change != nil {
		change(&options)
	}
	h.server = rpc.New(options)
	web := httptest.NewServer(h.server.Handler())
	t.Cleanup(web.Close)
	h.url = web.URL
	return h
}

// internals is what no client may read.
const internals = `near "SELEKT": syntax error in /srv/ledger.db`

// trouble is a model whose methods fail, each in its own way.
func (h *house) trouble() orm.Part {
	methods := orm.Methods{
		"panic": {OnModel: true, Do: func(*orm.Env, *orm.Call) (any, error) { panic(internals) }},
		"plain": {OnModel: true, Do: func(*orm.Env, *orm.Call) (any, error) { return nil, errors.New(internals) }},
		"referred": {OnModel: true, Do: func(*orm.Env, *orm.Call) (any, error) {
			return nil, fault.WithReference(errors.New(internals), "GS-REFR-REDX")
		}},
		"large": {OnModel: true, Do: func(*orm.Env, *orm.Call) (any, error) { return int64(1) << 40, nil }},
		"none":  {OnModel: true, Do: func(*orm.Env, *orm.Call) (any, error) { return nil, nil }},
		"wait": {OnModel: true, Tx: orm.TxNone, Do: func(env *orm.Env, _ *orm.Call) (any, error) {
			h.entered <- struct{}{}
			select {
			case <-h.release:
				return "released", nil
			case <-env.Ctx().Done():
				return nil, env.Ctx().Err()
			}
		}},
	}
	methods["refused"] = orm.Method{OnModel: true, Tx: orm.TxNone, Do: func(*orm.Env, *orm.Call) (any, error) {
		return nil, fault.WithReference(fault.New(fault.User, "the file cannot be read: %w", errors.New(internals)), "GS-REFU-SEDX")
	}}
	for _, kind := range fault.Kinds() {
		methods["fail_"+string(kind)] = orm.Method{OnModel: true, Tx: orm.TxNone, Do: func(*orm.Env, *orm.Call) (any, error) {
			return nil, fault.New(kind, "about "+string(kind)+": %w", errors.New(internals))
		}}
	}
	return orm.Part{Models: []orm.Model{{
		Name: "x.trouble", Label: "Trouble", Fields: schema.Fields{schema.Char("name", "Name")},
		Bound: orm.Bound{Access: orm.Access{base.GroupUser: orm.Change}, Methods: methods},
	}}}
}

// said is what came back to a request.
type said struct {
	status int
	header http.Header
	body   string
	cookie *http.Cookie // the session's, nil if none was set
	ID     json.RawMessage
	Result json.RawMessage
	Error  *failure
}

type failure struct {
	Code    int
	Message string
	Data    struct {
		Name, Message, Debug string
		Arguments            []any
	}
}

// name is the exception, "" for a result.
func (s said) name() string {
	if s.Error == nil {
		return ""
	}
	return s.Error.Data.Name
}

// send posts a body as it is, with the token of a session unless it is "".
func (h *house) send(t *testing.T, path, contentType, token, body string) said {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	if token != "" {
		r.AddCookie(&http.Cookie{Name: session.CookieName, Value: token})
	}
	return h.do(t, r)
}

// do sends a request and reads the answer.
func (h *house) do(t *testing.T, r *http.Request) said {
	t.Helper()
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	got := read(t, reply)
	for _, c := range reply.Cookies() {
		if c.Name == session.CookieName {
			got.cookie = c
		}
	}
	if strings.HasPrefix(reply.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal([]byte(got.body), &got); err != nil {
			t.Fatalf("%s: %v in %s", r.URL.Path, err, got.body)
		}
	}
	return got
}

// read reads an answer as it is.
func read(t *testing.T, reply *http.Response) said {
	t.Helper()
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	return said{status: reply.StatusCode, header: reply.Header, body: string(text)}
}

// post sends params with id 7.
func (h *house) post(t *testing.T, path, token, params string) said {
	t.Helper()
	return h.send(t, path, "application/json", token, `{"jsonrpc":"2.0","method":"call","id":7,"params":`+params+`}`)
}

// service calls a service of /jsonrpc; args is a JSON list.
func (h *house) service(t *testing.T, service, method, args string) said {
	t.Helper()
	return h.post(t, "/jsonrpc", "", `{"service":"`+service+`","method":"`+method+`","args":`+args+`}`)
}

// trip calls a method of x.trouble over /jsonrpc.
func (h *house) trip(t *testing.T, method string) said {
	t.Helper()
	return h.service(t, "object", "execute", `["main",2,"admin","x.trouble","`+method+`"]`)
}

// login logs the administrator in and returns the session's token.
func (h *house) login(t *testing.T, old string) string {
	t.Helper()
	got := h.post(t, "/web/session/authenticate", old, `{"db":"main","login":"admin","password":"admin"}`)
	if got.cookie == nil {
		t.Fatalf("log-in sets no cookie: %s", got.body)
	}
	return got.cookie.Value
}

// echo is a bus that tells what was asked of it.
type echo struct{}

func (echo) Peek(r *http.Request, channels []string, last int64) (ws.Identity, []string, []ws.Message, error) {
	who := ws.Identity{Database: "main"}
	if session.TokenOf(r) == "broken" {
		return who, nil, nil, errors.New(internals)
	}
	return who, append([]string{"broadcast"}, channels...),
		[]ws.Message{{ID: last + 1, Body: json.RawMessage(`{"type":"t","payload":"é"}`)}}, nil
}

// only is a server's databases: one.
type only struct{ db *orm.Database }

func (o only) Open(_ context.Context, name string) (*orm.Database, error) {
	if name != o.db.Name() {
		return nil, fault.New(fault.Missing, "database %q does not exist", name)
	}
	return o.db, nil
}

func (o only) Names(context.Context) ([]string, error) { return []string{o.db.Name()}, nil }

// people checks people through the addon base.
type people struct{ base *base.Base }

func (p people) KeyOwner(ctx context.Context, db *orm.Database, key rpc.Proof) (uid int64, err error) {
	err = db.Within(ctx, system, orm.TxRead, func(env *orm.Env) error {
		uid, err = p.base.KeyOwner(env, key.Text)
		return err
	})
	return uid, err
}

func (p people) Login(ctx context.Context, db *orm.Database, login string, proof rpc.Proof) (uid int64, err error) {
	accept := base.PasswordOnly
	if proof.Keys {
		accept = base.PasswordOrKey
	}
	err = db.Within(ctx, system, orm.TxRead, func(env *orm.Env) error {
		uid, err = p.base.Authenticate(env, login, proof.Text, accept)
		return err
	})
	return uid, err
}

func (p people) Check(ctx context.Context, db *orm.Database, uid int64, proof rpc.Proof) (ok bool, err error) {
	err = db.Within(ctx, system, orm.TxRead, func(env *orm.Env) error {
		ok, err = p.base.Check(env, uid, proof.Text)
		return err
	})
	return ok, err
}

func (p people) Stands(ctx context.Context, db *orm.Database, uid int64, key rpc.Proof) (bool, error) {
	return p.Check(ctx, db, uid, key)
}

func (p people) Profile(ctx context.Context, db *orm.Database, uid int64) (profile rpc.Profile, err error) {
	err = db.Within(ctx, system, orm.TxRead, func(env *orm.Env) error {
		rows, err := env.Read("res.users", []int64{uid}, "name", "login", "lang")
		if err != nil || rows.Len() == 0 {
			return err
		}
		who, err := env.As(uid)
		if err != nil {
			return err
		}
		row := rows.At(0)
		profile = rpc.Profile{UID: uid, Name: row.Str("name"), Login: row.Str("login"), Lang: row.Str("lang"), TZ: "UTC",
			System: uid == base.AdminUser, Documents: who.HasGroup(base.GroupDocumentation),
			Company: 1, Companies: []rpc.Company{{ID: 1, Name: "One"}, {ID: 2, Name: "Two", Parent: 1}},
			Currencies: []rpc.Currency{{ID: 1, Symbol: "€", Position: "after", Digits: 2}}}
		return nil
	})
	return profile, err
}

// shelf keeps sessions by the hash of their token.
type shelf struct {
	mu   sync.Mutex
	kept map[string]session.Session
}

func (s *shelf) Save(_ context.Context, v session.Session) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[session.Key(v.Token)] = v
	return nil
}

func (s *shelf) Renew(ctx context.Context, v session.Session) error { return s.Save(ctx, v) }

func (s *shelf) Find(_ context.Context, token string) (session.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kept[session.Key(token)], nil
}

func (s *shelf) Delete(_ context.Context, token string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.kept, session.Key(token))
	return nil
}

func (s *shelf) tokens() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, v := range s.kept {
		all = append(all, v.Token)
	}
	sort.Strings(all)
	return all
}

// clock is a clock that a test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// lines is a log that a test reads while it is written.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
