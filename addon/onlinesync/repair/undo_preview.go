package repair

import (
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// undoneRun is what undoing a run takes back, or would.
type undoneRun struct {
	Run     int64 `json:"run_id"`
	Lines   int   `json:"lines"`   // that leave the books
	Changed int   `json:"changed"` // that say again what they said before the run
	Remade  int   `json:"remade"`  // that the run took out, and that are there again
	Pending int   `json:"pending"` // transactions that are pending again, or forgotten
	Deleted int   `json:"deleted"` // that a user deleted, and that stay deleted
	Shared  int   `json:"shared"`  // that another run told as well, and that stay
	// Refused says why the run cannot be undone; false where it can.
	Refused any       `json:"refused"`
	Returns returning `json:"returns"`
}

// returning is what comes again by itself after an undo that holds nothing back.
type returning struct {
	Lines int `json:"lines"`
	// OutOfReach counts lines older than what may be imported, or than the bank
	// gives: they do not come again.
	OutOfReach  int           `json:"out_of_reach"`
	Connections []nextRefresh `json:"connections"` // that bring them, the next first
	Message     string        `json:"message"`     // all this in words
}

type nextRefresh struct {
	Link int64  `json:"link_id"`
	Name string `json:"name"`
	At   any    `json:"next_refresh"`
}

// undoReply is what undo answers where lines come again by themselves.
type undoReply struct {
	Undone  bool        `json:"undone"`
	Message string      `json:"message"`
	Runs    []undoneRun `json:"runs"`
}

// words is what a user reads after an undo.
func (r undoReply) words(env *orm.Env) string {
	var out []string
	for _, told := range r.Runs {
		out = append(out, told.Returns.Message)
	}
	return strings.Join(append(out, record.Say(env, "undo.how_to_hold", nil)), " ")
}

// previewUndo is undo_preview(): what undoing runs would take back, and what would
// come again. Nothing is written.
func (t *Tools) previewUndo(env *orm.Env, call *orm.Call) (any, error) {
	out := []undoneRun{}
	for _, id := range call.IDs {
		u, err := openUndo(env, id)
		if err != nil {
			return nil, err
		}
		told, err := t.describeUndo(env, u)
		if err != nil {
			return nil, err
		}
		if err := u.refuse(); fault.Is(err, fault.User) {
			told.Refused = fault.Localize(err, env.Context().Lang())
		} else if err != nil {
			return nil, err
		}
		out = append(out, told)
	}
	return out, nil
}

// describeUndo tells what undoing a run takes back, of what was read before.
func (t *Tools) describeUndo(env *orm.Env, u *undoing) (undoneRun, error) {
	lines := len(u.toldLine) + len(u.posted)
	out := undoneRun{Run: u.run, Lines: len(u.gone), Changed: len(u.changed), Remade: len(u.removed), Deleted: u.deleted,
		Shared: len(u.heirs), Pending: len(u.told) - len(u.toldLine) - len(u.heirs) + len(u.posted), Refused: false,
		Returns: returning{Connections: []nextRefresh{}}}
	if u.hold || lines == 0 {
		return out, nil
	}
	next, err := t.nextOf(u)
	if err != nil || len(next) == 0 {
		return out, err
	}
	for account := range u.accounts {
		first, err := u.reach(account, next)
		if err != nil {
			return out, err
		}
		for _, row := range append(append([]orm.Row{}, u.toldLine...), u.posted...) {
			switch {
			case row.Ref("account_id") != account:
			case row.Date("date") < first:
				out.Returns.OutOfReach++
			default:
				out.Returns.Lines++
			}
		}
	}
	for _, n := range next {
		out.Returns.Connections = append(out.Returns.Connections, nextRefresh{n.Link, n.Name, record.Moment(n.At)})
	}
	out.Returns.Message = record.Say(env, "undo.returns", fault.Args{"count": out.Returns.Lines, "connection": next[0].Name,
		"when": next[0].At.UTC().Format("2006-01-02 15:04 MST"), "lost": out.Returns.OutOfReach})
	return out, nil
}

// nextOf lists the connections that will fetch the run's accounts by themselves.
func (t *Tools) nextOf(u *undoing) ([]run.Next, error) {
	accounts := make([]int64, 0, len(u.accounts))
	for id := range u.accounts {
		accounts = append(accounts, id)
	}
	feeders, err := record.FeedersOf(u.env, accounts)
	if err != nil {
		return nil, err
	}
	return t.Queue.NextOf(u.env, feeders)
}

// reach is the first day of which the bank's lines would come again.
func (u *undoing) reach(account int64, next []run.Next) (schema.Date, error) {
	facts, err := record.ReadAccount(u.env, account)
	if err != nil || facts == nil {
		return "", err
	}
	oldest := next[0].HistoryFrom
	for _, n := range next[1:] {
		oldest = min(oldest, n.HistoryFrom)
	}
	return max(record.FloorOf(facts), oldest), nil
}
