package review

import (
	"maps"
	"slices"

	"github.com/girosync/girosync/addon/onlinesync/apply"
	"github.com/girosync/girosync/addon/onlinesync/ledger"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
)

// rejectReviews says no: nothing changes, and the question is not asked again.
// Where the bank tells one no more that did not become the other, the question
// is then whether it took it back.
func rejectReviews(env *orm.Env, call *orm.Call) (any, error) {
	return answerReviews(env, call.IDs, record.ReviewRejected, func(a *answering) error {
		if a.kind != string(importing.Reissued) && a.kind != string(importing.Corrected) || a.of.Line == 0 {
			return nil
		}
		a.w.Source = a.source
		return a.w.AskAbout(a.env, []importing.Doubt{{Kind: importing.NotTold, Of: &a.of}})
	})
}

// acceptReviews says yes: what the question proposes is done. It is a fault of
// kind User when a line concerned is reconciled, or lies in locked books.
func acceptReviews(env *orm.Env, call *orm.Call) (any, error) {
	return answerReviews(env, call.IDs, record.ReviewAccepted, (*answering).accept)
}

// answering is a question being answered.
type answering struct {
	env  *orm.Env
	w    *apply.Writer
	kind string
	// source told, or left out, what the question is about.
	source string
	of     importing.Known
	other  importing.Known // zero ID for none
	typed  int64           // a line that a user typed
	// otherNewer: what the bank told last is what it told of other.
	otherNewer bool
}

func answerReviews(env *orm.Env, ids []int64, state string, do func(*answering) error) (any, error) {
	if err := env.CheckRules(record.Reviews, ids, orm.Read); err != nil {
		return nil, err
	}
	for _, right := range []orm.Right{orm.Write, orm.Unlink} {
		if err := env.CheckAccess(record.Lines, right); err != nil {
			return nil, err
		}
	}
	user := env.UID()
	env = env.Sudo()
	ledger.LetEngineWork(env)
	for _, id := range ids {
		rows, err := env.Read(record.Reviews, []int64{id}, "kind", "state", "account_id", "journal_id", "company_id", "transaction_id",
			"other_id", "typed_line_id", "reason", "source")
		if err != nil || rows.Len() == 0 {
			return nil, err
		}
		row := rows.At(0)
		if row.Str("state") != record.ReviewOpen {
			return nil, fault.Say(fault.User, "review.answered", nil)
		}
		a, err := openAnswer(env, row)
		if err != nil {
			return nil, err
		}
		if err := do(a); err != nil {
			return nil, err
		}
		if err := a.w.Chain(env); err != nil {
			return nil, err
		}
		if err := env.Write(record.Reviews, []int64{id},
			orm.Values{"state": state, "resolved_by": user, "resolved_at": env.Now()}); err != nil {
			return nil, err
		}
		if err := a.tell(row, id, state); err != nil {
			return nil, err
		}
	}
	return true, nil
}

func openAnswer(env *orm.Env, row orm.Row) (*answering, error) {
	facts, err := record.ReadAccount(env, row.Ref("account_id"))
	if err != nil {
		return nil, err
	}
	if facts == nil {
		return nil, fault.Say(fault.Missing, "fault.missing", nil)
	}
	if facts.Journal == 0 {
		facts.Journal = row.Ref("journal_id")
	}
	a := &answering{env: env, w: apply.ByUser(env, facts, row.Ref("company_id")), kind: row.Str("kind"), source: row.Str("source"),
		typed: row.Ref("typed_line_id")}
	known, err := ledger.Rows(env, row.Ref("transaction_id"), row.Ref("other_id"))
	if err != nil {
		return nil, err
	}
	if k := known[row.Ref("transaction_id")]; k != nil {
		a.of = *k
	}
	if k := known[row.Ref("other_id")]; k != nil {
		a.other = *k
	}
	rows, err := env.Read(record.Transactions, slices.Collect(maps.Keys(known)), "write_date")
	if err != nil {
		return nil, err
	}
	told, there := rows.ByID(a.of.ID)
	newer, both := rows.ByID(a.other.ID)
	a.otherNewer = there && both && !newer.Time("write_date").Before(told.Time("write_date"))
	return a, nil
}

// tell says on the journal what was answered, and by whom.
func (a *answering) tell(row orm.Row, id int64, state string) error {
	journal := row.Ref("journal_id")
	if journal != 0 {
		text := row.Str("reason") + " → " + labelOfState(state)
		if _, err := mail.Post(a.env, record.Journals, journal, text, mail.Options{}); err != nil {
			return err
		}
	}
	return run.TellReviewsChanged(a.env, journal, row.Ref("company_id"), []int64{id}, state)
}

func labelOfState(state string) string {
	for _, o := range record.ReviewStates {
		if o.Value == state {
			return o.Label
		}
	}
	return state
}

// accept does what the question proposes.
func (a *answering) accept() error {
	switch a.kind {
	case string(importing.NotTold), record.RemovedHeld:
		if err := a.deleteLine(a.of.Line); err != nil {
			return err
		}
		return a.remove(a.of.ID, 0, "removed.accepted")
	case record.TypedByHand:
		return a.adopt()
	case record.ChangedHeld:
		return a.follow(a.of.Line, &a.of)
	case string(importing.AmountChanged):
		return a.remove(a.of.ID, a.other.ID, "removed.merged")
	}
	return a.merge()
}

// merge makes two transactions one, with one line.
func (a *answering) merge() error {
	switch {
	case a.other.Line == a.of.Line && a.of.Line != 0:
		return nil
	case a.of.Line == 0: // taken back, or deleted by a user, meanwhile: so is the other
		if err := a.deleteLine(a.other.Line); err != nil {
			return err
		}
		return a.env.Write(record.Transactions, []int64{a.other.ID},
			orm.Values{"line_id": nil, "line_deleted": a.of.Deleted, "merged_into": a.of.ID})
	}
	keep, victim, err := a.choose()
	if err != nil {
		return err
	}
	survivor, gone := a.of.ID, a.other.ID
	values := orm.Values{"line_id": keep, "merged_into": survivor}
	if a.of.Source == a.other.Source { // told anew: the old telling is over
		survivor, gone = a.other.ID, a.of.ID
		values = orm.Values{"line_id": nil, "merged_into": survivor, "status": string(importing.Removed),
			"removed_reason": a.w.Say("removed.merged", nil)}
	}
	now := a.other
	if survivor == a.of.ID { // another source's words and day stay as they were
		if now = a.of; a.otherNewer {
			now.Amount = a.other.Amount
		}
	}
	if err := a.env.Write(record.Transactions, []int64{gone}, values); err != nil {
		return err
	}
	if err := a.env.Write(record.Transactions, []int64{survivor}, orm.Values{"line_id": keep, "amount": now.Amount}); err != nil {
		return err
	}
	if victim != 0 {
		if err := a.deleteLine(victim); err != nil {
			return err
		}
	}
	if line, err := a.line(keep); err != nil || line.held() || a.w.Locked(now.Date) {
		return err
	}
	return a.follow(keep, &now)
}

// choose says which of the two lines stays: the older, unless somebody works
// with the younger.
func (a *answering) choose() (keep, victim int64, err error) {
	older, err := a.line(a.of.Line)
	if err != nil {
		return 0, 0, err
	}
	younger, err := a.line(a.other.Line)
	if err != nil {
		return 0, 0, err
	}
	if younger.held() && !older.held() {
		return younger.id, older.id, nil
	}
	return older.id, younger.id, nil
}

// remove ends a ledger row; into is the one that it turned out to be.
func (a *answering) remove(id, into int64, why string) error {
	return a.env.Write(record.Transactions, []int64{id},
		orm.Values{"status": string(importing.Removed), "pending_since": nil, "line_id": nil,
			"merged_into": record.OrNil(into), "removed_reason": a.w.Say(why, nil)})
}

// heldLine is a line and why it may not be changed.
type heldLine struct {
	apply.LineFacts
	id         int64
	reconciled bool
	locked     bool
}

func (l *heldLine) held() bool { return l.LineFacts.Held }

func (a *answering) line(id int64) (*heldLine, error) {
	facts, err := a.w.LinesOf(a.env, []int64{id})
	if err != nil {
		return nil, err
	}
	l := &heldLine{LineFacts: facts[id]}
	if _, there := facts[id]; there {
		l.id, l.locked = id, a.w.Locked(l.Date)
		l.reconciled, err = isReconciled(a.env, id)
	}
	return l, err
}

func isReconciled(env *orm.Env, id int64) (bool, error) {
	rows, err := env.Read(record.Lines, []int64{id}, "amount", "is_reconciled")
	return err == nil && rows.Len() > 0 && record.Reconciled(rows.At(0)), err
}

// mayChange refuses lines that are reconciled, or in locked books.
func (a *answering) mayChange(l *heldLine) error {
	switch {
	case l.locked:
		return fault.Say(fault.User, "review.locked", fault.Args{"day": string(a.w.Account.Lock), "line": l.Name})
	case l.reconciled:
		return fault.Say(fault.User, "review.reconciled", fault.Args{"line": l.Name})
	}
	return nil
}

func (a *answering) deleteLine(id int64) error {
	l, err := a.line(id)
	if err != nil || l.id == 0 {
		return err
	}
	if err := a.mayChange(l); err != nil {
		return err
	}
	a.w.Touched.On(l.Date, l.Statement)
	if err := a.env.Unlink(record.Lines, []int64{id}); err != nil {
		return err
	}
	return run.TellJournalChanged(a.env, a.w.Account.Journal, a.w.Company, 0, []int64{id})
}

// follow makes a line say what the ledger says.
func (a *answering) follow(id int64, k *importing.Known) error {
	l, err := a.line(id)
	if err != nil || l.id == 0 {
		return err
	}
	if err := a.mayChange(l); err != nil {
		return err
	}
	if a.w.Locked(k.Date) {
		return fault.Say(fault.User, "review.locked", fault.Args{"day": string(a.w.Account.Lock), "line": l.Name})
	}
	entry := &importing.Entry{Date: k.Date, ValueDate: k.ValueDate, Amount: k.Amount, Text: k.Text, Partner: k.Partner, Counter: k.Counter}
	values := apply.ToldValues(entry)
	values["online_change_held"] = false // from now on it may follow the bank again
	if k.Date != l.Date {
		of, err := a.w.Statements(a.env, []*importing.Entry{entry})
		if err != nil {
			return err
		}
		if of[0] != 0 {
			values["statement_id"] = of[0]
		}
		a.w.Touched.On(k.Date, of[0])
	}
	a.w.Touched.On(l.Date, l.Statement)
	return a.env.Write(record.Lines, []int64{id}, values)
}
