package repair

import (
	"encoding/json"

	"github.com/girosync/girosync/addon/onlinesync/ledger"
	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// explanation is what explain answers: why a line is there, as evidence and in words.
type explanation struct {
	Line        int64           `json:"line_id"`
	Words       []string        `json:"words"`
	Source      string          `json:"source"` // the provider, "files", or "user"
	Reason      string          `json:"match_reason"`
	Transaction int64           `json:"transaction_id,omitempty"`
	Status      string          `json:"status,omitempty"`
	Identifiers json.RawMessage `json:"identifiers"`
	FirstSeen   any             `json:"first_seen"`
	PostedAt    any             `json:"posted_at"`
	Run         *explainedRun   `json:"run"`
	Edited      bool            `json:"edited"`
	// Raw tells whether the provider's own record is kept; it is read from
	// account.online.transaction.
	Raw bool `json:"raw"`
}

type explainedRun struct {
	ID         int64  `json:"id"`
	Trigger    string `json:"trigger"`
	Connection string `json:"connection,omitempty"`
	StartedAt  any    `json:"started_at"`
}

// explainLine is explain() of one statement line.
func explainLine(env *orm.Env, call *orm.Call) (any, error) {
	if _, err := call.One(); err != nil {
		return nil, err
	}
	if err := env.CheckRules(record.Lines, call.IDs, orm.Read); err != nil {
		return nil, err
	}
	if err := record.CheckExist(env, record.Lines, call.IDs); err != nil {
		return nil, err
	}
	system := env.Sudo()
	rows, err := system.Read(record.Lines, call.IDs, "match_reason", "online_edited", "online_account_id")
	if err != nil {
		return nil, err
	}
	line := rows.At(0)
	x := &explanation{Line: line.ID(), Source: "user", Reason: line.Str("match_reason"), Edited: line.Bool("online_edited"),
		Identifiers: json.RawMessage("[]"), FirstSeen: false, PostedAt: false}
	known, err := system.SearchRead(record.Transactions, domain.Where("line_id", domain.Eq, line.ID()),
		[]string{"source", "status", "identifiers", "first_seen",
			"posted_at", "run", "posted_run", "match_code", "raw", "line_id"}, orm.SearchOptions{Order: "id", Limit: 1})
	if err != nil {
		return nil, err
	}
	if known.Len() == 0 {
		x.Words = []string{record.Say(env, "explain.by_hand", nil)}
		return x, nil
	}
	return x, x.tell(env, known.At(0))
}

// tell fills in what the ledger knows.
func (x *explanation) tell(env *orm.Env, known orm.Row) error {
	x.Source, x.Transaction, x.Status, x.Raw = known.Str("source"), known.ID(), known.Str("status"), known.Str("raw") != ""
	x.Identifiers, x.FirstSeen, x.PostedAt = known.JSON("identifiers"), record.Moment(known.Time("first_seen")),
		record.Moment(known.Time("posted_at"))
	if err := x.tellRun(env, known); err != nil {
		return err
	}
	x.add(env, "explain.first_seen", fault.Args{"source": x.Source, "when": x.FirstSeen})
	if code := known.Str("match_code"); code != "" && code != "first_seen" {
		x.Words = append(x.Words, ledger.MatchWords(env, code, x.Source))
	}
	var ids []struct {
		Source, ID, Since string
		Retired           bool
	}
	if err := json.Unmarshal(x.Identifiers, &ids); err != nil {
		return fault.Wrap(err, "identifiers of transaction", known.ID())
	}
	for _, id := range ids {
		args := fault.Args{"source": id.Source, "id": id.ID, "when": id.Since}
		if id.Retired {
			x.add(env, "explain.retired", args)
		} else {
			x.add(env, "explain.id", args)
		}
	}
	if len(ids) == 0 {
		x.add(env, "explain.no_id", nil)
	}
	if x.PostedAt != false {
		x.add(env, "explain.posted", fault.Args{"when": x.PostedAt})
	}
	if x.Run != nil {
		x.add(env, "explain.run", fault.Args{"run": x.Run.ID, "connection": x.Run.Connection, "when": x.Run.StartedAt})
	}
	if x.Status == "removed" {
		x.add(env, "explain.removed", nil)
	}
	if x.Edited {
		x.add(env, "explain.edited", nil)
	}
	if x.Raw {
		x.add(env, "explain.raw", nil)
	}
	return nil
}

func (x *explanation) add(env *orm.Env, id string, args fault.Args) {
	x.Words = append(x.Words, record.Say(env, id, args))
}

// tellRun names the synchronisation that made the line.
func (x *explanation) tellRun(env *orm.Env, known orm.Row) error {
	id := known.Int("posted_run")
	if id == 0 {
		id = known.Int("run")
	}
	rows, err := env.Sudo().Read(record.Runs, []int64{id}, "trigger", "started_at", "link_id")
	if err != nil || rows.Len() == 0 {
		return err
	}
	row := rows.At(0)
	x.Run = &explainedRun{ID: id, Trigger: row.Str("trigger"), StartedAt: record.Moment(row.Time("started_at")),
		Connection: record.FilesProvider}
	if link := row.Ref("link_id"); link != 0 {
		names, err := env.Sudo().DisplayNames(record.Links, []int64{link})
		if err != nil {
			return err
		}
		x.Run.Connection = names[link]
	}
	return nil
}
