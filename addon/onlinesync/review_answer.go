package onlinesync

import (
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
)

// rejectReviews says no: nothing changes, and the question is not asked again.
// Where the bank tells one no more that did not become the other, the question
// is then whether it took it back.
func rejectReviews(env *orm.Env, call *orm.Call) (any, error) {
	return answerReviews(env, call.IDs, reviewRejected, func(a *answering) error {
		if a.kind != string(importing.Reissued) && a.kind != string(importing.Corrected) || a.of.Line == 0 {
			return nil
		}
		a.w.teller = a.source
		return a.w.askAbout(a.env, []importing.Doubt{{Kind: importing.NotTold, Of: &a.of}})
	})
}

// acceptReviews says yes: what the question proposes is done. It is a fault of
// kind User when a line concerned is reconciled, or lies in locked books.
func acceptReviews(env *orm.Env, call *orm.Call) (any, error) {
	return answerReviews(env, call.IDs, reviewAccepted, (*answering).accept)
}

// answering is a question being answered.
type answering struct {
	env  *orm.Env
	w    *writer
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
	if err := env.CheckRules(reviews, ids, orm.Read); err != nil {
		return nil, err
	}
	for _, right := range []orm.Right{orm.Write, orm.Unlink} {
		if err := env.CheckAccess(lines, right); err != nil {
			return nil, err
		}
	}
	user := env.UID()
	env = env.Sudo()
	letEngineWork(env)
	for _, id := range ids {
		rows, err := env.Read(reviews, []int64{id}, "kind", "state", "account_id", "journal_id", "company_id", "transaction_id", "other_id", "typed_line_id", "reason", "source")
		if err != nil || rows.Len() == 0 {
			return nil, err
		}
		row := rows.At(0)
		if row.Str("state") != reviewOpen {
			return nil, fault.Say(fault.User, "review.answered", nil)
		}
		a, err := openAnswer(env, row)
		if err != nil {
			return nil, err
		}
		if err := do(a); err != nil {
			return nil, err
		}
		if err := chainTouched(env, a.w.account.journal, &a.w.touched); err != nil {
			return nil, err
		}
		if err := env.Write(reviews, []int64{id}, orm.Values{"state": state, "resolved_by": user, "resolved_at": env.Now()}); err != nil {
			return nil, err
		}
		if err := a.tell(row, id, state); err != nil {
			return nil, err
		}
	}
	return true, nil
}

func openAnswer(env *orm.Env, row orm.Row) (*answering, error) {
	facts, err := readAccount(env, row.Ref("account_id"))
	if err != nil {
		return nil, err
	}
	if facts == nil {
		return nil, fault.Say(fault.Missing, "fault.missing", nil)
	}
	if facts.journal == 0 {
		facts.journal = row.Ref("journal_id")
	}
	s := &syncing{company: row.Ref("company_id"), fed: map[int64]bool{}}
	a := &answering{env: env, w: &writer{s: s, account: facts, now: env.Now()}, kind: row.Str("kind"), source: row.Str("source"), typed: row.Ref("typed_line_id")}
	l := &ledger{env: env, byID: map[int64]*importing.Known{}, byIdent: map[importing.Ident]bool{}}
	if err := l.loadRows([]int64{row.Ref("transaction_id"), row.Ref("other_id")}); err != nil {
		return nil, err
	}
	if k := l.byID[row.Ref("transaction_id")]; k != nil {
		a.of = *k
	}
	if k := l.byID[row.Ref("other_id")]; k != nil {
		a.other = *k
	}
	rows, err := env.Read(transactions, l.ids(), "write_date")
	if err != nil {
		return nil, err
	}
	told, known := rows.ByID(a.of.ID)
	newer, there := rows.ByID(a.other.ID)
	a.otherNewer = known && there && !newer.Time("write_date").Before(told.Time("write_date"))
	return a, nil
}

// tell says on the journal what was answered, and by whom.
func (a *answering) tell(row orm.Row, id int64, state string) error {
	journal := row.Ref("journal_id")
	if journal != 0 {
		text := row.Str("reason") + " → " + labelOfState(state)
		if _, err := mail.Post(a.env, journals, journal, text, mail.Options{}); err != nil {
			return err
		}
	}
	return tellReviews(a.env, journal, row.Ref("company_id"), []int64{id}, state)
}

func labelOfState(state string) string {
	for _, o := range reviewStates {
		if o.Value == state {
			return o.Label
		}
	}
	return state
}

// accept does what the question proposes.
func (a *answering) accept() error {
	switch a.kind {
	case string(importing.NotTold), removedHeld:
		if err := a.deleteLine(a.of.Line); err != nil {
			return err
		}
		return a.remove(a.of.ID, 0, "removed.accepted")
	case typedByHand:
		return a.adopt()
	case changedHeld:
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
		return a.env.Write(transactions, []int64{a.other.ID}, orm.Values{"line_id": nil, "line_deleted": a.of.Deleted, "merged_into": a.of.ID})
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
			"removed_reason": a.w.s.say("removed.merged", nil)}
	}
	now := a.other
	if survivor == a.of.ID { // another source's words and day stay as they were
		if now = a.of; a.otherNewer {
			now.Amount = a.other.Amount
		}
	}
	if err := a.env.Write(transactions, []int64{gone}, values); err != nil {
		return err
	}
	if err := a.env.Write(transactions, []int64{survivor}, orm.Values{"line_id": keep, "amount": now.Amount}); err != nil {
		return err
	}
	if victim != 0 {
		if err := a.deleteLine(victim); err != nil {
			return err
		}
	}
	if line, err := a.line(keep); err != nil || line.held() || a.w.locked(now.Date) {
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
	return a.env.Write(transactions, []int64{id}, orm.Values{"status": string(importing.Removed), "pending_since": nil, "line_id": nil,
		"merged_into": orNil(into), "removed_reason": a.w.s.say(why, nil)})
}

// heldLine is a line and why it may not be changed.
type heldLine struct {
	lineFacts
	id         int64
	reconciled bool
	locked     bool
}

func (l *heldLine) held() bool { return l.lineFacts.held }

func (a *answering) line(id int64) (*heldLine, error) {
	facts, err := a.w.linesOf(a.env, []int64{id})
	if err != nil {
		return nil, err
	}
	l := &heldLine{lineFacts: facts[id]}
	if _, there := facts[id]; there {
		l.id, l.locked = id, a.w.locked(l.date)
		l.reconciled, err = isReconciled(a.env, id)
	}
	return l, err
}

func isReconciled(env *orm.Env, id int64) (bool, error) {
	rows, err := env.Read(lines, []int64{id}, "is_reconciled")
	return err == nil && rows.Len() > 0 && rows.At(0).Bool("is_reconciled"), err
}

// mayChange refuses lines that are reconciled, or in locked books.
func (a *answering) mayChange(l *heldLine) error {
	switch {
	case l.locked:
		return fault.Say(fault.User, "review.locked", fault.Args{"day": string(a.w.account.lock), "line": l.name})
	case l.reconciled:
		return fault.Say(fault.User, "review.reconciled", fault.Args{"line": l.name})
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
	a.w.touched.on(l.date, l.statement)
	if err := a.env.Unlink(lines, []int64{id}); err != nil {
		return err
	}
	return a.w.s.linesDeleted(a.env, a.w.account.journal, []int64{id})
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
	if a.w.locked(k.Date) {
		return fault.Say(fault.User, "review.locked", fault.Args{"day": string(a.w.account.lock), "line": l.name})
	}
	entry := &importing.Entry{Date: k.Date, ValueDate: k.ValueDate, Amount: k.Amount, Text: k.Text, Partner: k.Partner, Counter: k.Counter}
	values := toldValues(entry)
	if k.Date != l.date {
		of, err := a.w.statements(a.env, []*importing.Entry{entry})
		if err != nil {
			return err
		}
		if of[0] != 0 {
			values["statement_id"] = of[0]
		}
		a.w.touched.on(k.Date, of[0])
	}
	a.w.touched.on(l.date, l.statement)
	return a.env.Write(lines, []int64{id}, values)
}
