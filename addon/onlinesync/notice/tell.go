package notice

import (
	"encoding/json"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
)

// Notice is what people are to hear of a connection.
type Notice struct {
	Kind Kind
	// Story is which of the kind's sentences; the kind's name if empty.
	Story Story
	// Link is the connection, Company whose it is.
	Link, Company int64
	Connection    string // its name
	// Args are what the sentences name besides the connection: day, accounts, who,
	// since, other; detail is what the bank or the provider said.
	Args      fault.Args
	Reference string // of the failure; "" for none
}

// Tell writes a notice in the transaction of what it tells. Whoever may hear of it
// does so after the commit.
func Tell(env *orm.Env, n Notice) error {
	if n.Story == "" {
		n.Story = Story(n.Kind)
	}
	args, err := json.Marshal(n.Args)
	if err != nil {
		return fault.Wrap(err, "notice of connection", n.Link)
	}
	_, err = env.Sudo().Create(record.Notices, orm.Values{"kind": string(n.Kind), "story": string(n.Story), "link_id": record.OrNil(n.Link),
		"company_id": n.Company, "connection": n.Connection, "args": json.RawMessage(args), "error_reference": record.OrNoText(n.Reference),
		"at": env.Now()})
	return fault.Wrap(err, "notice of connection", n.Link)
}

// longAway is since when a bank that does not answer is told of.
const longAway = 24 * time.Hour

// Trouble tells what is wrong with a connection, unless that was told and it has
// not worked since. A bank that does not answer is told of after a day.
func Trouble(env *orm.Env, link *record.Link, f *record.Failure) error {
	kind, tells := ofAttention[f.Attention]
	if !tells {
		return nil
	}
	told, since, err := lastTold(env, link.ID)
	if err != nil {
		return err
	}
	args := fault.Args{"detail": f.Detail}
	values := orm.Values{"trouble_since": nil}
	if kind == Unavailable {
		if since.IsZero() {
			since = env.Now()
		}
		values["trouble_since"], args["since"] = since, since.UTC().Format("2006-01-02 15:04 MST")
	}
	if told == kind || kind == Unavailable && env.Now().Sub(since) < longAway {
		return env.Write(record.Links, []int64{link.ID}, orm.Values{"trouble_since": values["trouble_since"]})
	}
	values["notice_told"] = string(kind)
	if err := env.Write(record.Links, []int64{link.ID}, values); err != nil {
		return err
	}
	return Tell(env, Notice{Kind: kind, Link: link.ID, Company: link.Company, Connection: link.Name, Args: args, Reference: f.Reference})
}

// Well tells that a connection works again whose trouble was told.
func Well(env *orm.Env, link *record.Link) error {
	told, since, err := lastTold(env, link.ID)
	if err != nil || told == "" && since.IsZero() {
		return err
	}
	if err := env.Write(record.Links, []int64{link.ID}, orm.Values{"notice_told": nil, "trouble_since": nil}); err != nil || told == "" {
		return err
	}
	return Tell(env, Notice{Kind: Recovered, Link: link.ID, Company: link.Company, Connection: link.Name})
}

// lastTold is the trouble of a connection that was told last, "" for none, and
// since when its bank does not answer. It is read from the row that is written
// with it, not from what a run knew at its beginning.
func lastTold(env *orm.Env, link int64) (Kind, time.Time, error) {
	rows, err := env.Read(record.Links, []int64{link}, "notice_told", "trouble_since")
	if err != nil || rows.Len() == 0 {
		return "", time.Time{}, err
	}
	return Kind(rows.At(0).Str("notice_told")), rows.At(0).Time("trouble_since"), nil
}
