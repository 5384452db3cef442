package support

import (
	"encoding/json"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// What one bundle may hold, so that it fits into a mail.
const (
	mostConnections = 10
	mostRuns        = 20 // of a connection
	mostAccounts    = 50 // of a connection
	mostUses        = 100
	mostIntervals   = 50
)

// Desk makes bundles.
type Desk struct {
	Version string // of the host's program
}

// Part is what this room adds to a registry.
func (d *Desk) Part() orm.Part {
	return orm.Part{Extensions: []orm.Extension{{Of: record.Links, Bound: orm.Bound{Methods: orm.Methods{
		"action_support_bundle": {Needs: orm.Read, Tx: orm.TxRead, Do: d.bundle,
			Doc: "What support needs of connections (at most 10). Answers {head: sentences, notices, text: all of it to be read, made_at, " +
				"version, connections, accounts, quota, runs (the last 20 of each)}. No secret, name of a person, whole account " +
				"number or amount is in it."},
		"find_support_bundle": {OnModel: true, Needs: orm.Read, Tx: orm.TxRead, Do: d.find,
			Params: []orm.Param{orm.Arg("word").Says("A client id, or the reference of an error.")},
			Doc:    "The bundle of the connections with that client id, or that met the error of that reference. Refused (UserError) where there is none."},
	}}}}}
}

// Bundle is what support gets, in the order in which it is read.
type Bundle struct {
	Head        []string     `json:"head"`
	Notices     []string     `json:"notices"` // that a bank is in beta, and so nobody supports it
	Made        string       `json:"made_at"`
	Version     string       `json:"version"`
	Connections []connection `json:"connections"`
	Accounts    []account    `json:"accounts"`
	Quota       []spent      `json:"quota"`
	Runs        []trace      `json:"runs"`
	Text        string       `json:"text"`
}

// bundle is action_support_bundle() (S64).
func (d *Desk) bundle(env *orm.Env, call *orm.Call) (any, error) {
	if err := env.CheckRules(record.Links, call.IDs, orm.Read); err != nil {
		return nil, err
	}
	return d.of(env, call.IDs)
}

// find is find_support_bundle(word) (S35).
func (d *Desk) find(env *orm.Env, call *orm.Call) (any, error) {
	word, err := call.String("word")
	if err != nil {
		return nil, err
	}
	word = strings.TrimSpace(word)
	ids := []int64{}
	if word != "" {
		met, err := env.SearchRead(record.Runs, domain.All(domain.Where("error_reference", domain.Eq, word),
			domain.Where("link_id", domain.Ne, nil)), []string{"link_id"}, orm.SearchOptions{Limit: mostConnections})
		if err != nil {
			return nil, err
		}
		for row := range met.All() {
			ids = append(ids, row.Ref("link_id"))
		}
		ids, err = env.Search(record.Links, domain.Or{domain.Where("client_id", domain.Eq, word),
			domain.Where("error_reference", domain.Eq, word), domain.Where("id", domain.In, record.IDs(ids))},
			orm.SearchOptions{Order: "id", Limit: mostConnections})
		if err != nil {
			return nil, err
		}
	}
	if len(ids) == 0 {
		return nil, fault.Say(fault.User, "bundle.not_found", fault.Args{"word": word})
	}
	return d.of(env, ids)
}

// of makes the bundle of connections that the caller may read.
func (d *Desk) of(env *orm.Env, ids []int64) (*Bundle, error) {
	if len(ids) > mostConnections {
		ids = ids[:mostConnections]
	}
	b := &Bundle{Made: record.Moment(env.Now()).(string), Version: d.Version, Head: []string{}, Notices: []string{},
		Connections: []connection{}, Accounts: []account{}, Quota: []spent{}, Runs: []trace{}}
	system := env.Sudo()
	for _, id := range ids {
		c, err := readConnection(system, id)
		if err != nil {
			return nil, err
		}
		if c == nil {
			continue
		}
		b.Connections = append(b.Connections, *c)
		b.Head = append(b.Head, c.words(env)...)
		if !c.Supported {
			text := record.Say(env, "sync.beta_unsupported", fault.Args{"institution": c.Institution.Name})
			b.Head, b.Notices = append(b.Head, text), append(b.Notices, text)
		}
		if err := b.addAccounts(system, id); err != nil {
			return nil, err
		}
		if err := b.addQuota(system, id); err != nil {
			return nil, err
		}
		if err := b.addRuns(system, id); err != nil {
			return nil, err
		}
	}
	b.Head = append(b.Head, record.Say(env, "bundle.what", nil))
	b.Text = b.read()
	return b, nil
}

// words are the head's sentences about one connection.
func (c *connection) words(env *orm.Env) []string {
	out := []string{record.Say(env, "bundle.connection", fault.Args{"id": c.ID, "bank": c.Institution.Name, "provider": c.Provider.Name,
		"client": c.Client, "state": c.State, "attention": c.Attention})}
	if id := record.MessageOf(c.Attention); id != "" {
		out = append(out, record.Say(env, id, fault.Args{}))
	}
	if reference, ok := c.Reference.(string); ok {
		out = append(out, record.Say(env, "bundle.reference", fault.Args{"reference": reference}))
	}
	return out
}

// bounded cuts a list of intervals as it is kept.
func bounded(text json.RawMessage) json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(text, &list) != nil {
		return json.RawMessage("[]")
	}
	if len(list) > mostIntervals {
		list = list[len(list)-mostIntervals:]
	}
	cut, err := json.Marshal(list)
	if err != nil {
		return json.RawMessage("[]")
	}
	return cut
}

// Masked is an account number of which only enough is left to tell accounts apart.
func Masked(number string) string {
	letters := []rune(strings.ReplaceAll(number, " ", ""))
	switch n := len(letters); {
	case n == 0:
		return ""
	case n < 10:
		return "…" + string(letters[n-min(2, n/3):])
	default:
		return string(letters[:2]) + "…" + string(letters[n-4:])
	}
}
