package repair

import (
	"encoding/json"

	"github.com/girosync/girosync/addon/onlinesync/apply"
	"github.com/girosync/girosync/addon/onlinesync/fetch"
	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// missingReply is what find_missing_transactions answers: what the bank tells
// for the days, against what was imported.
type missingReply struct {
	From schema.Date `json:"date_from"`
	To   schema.Date `json:"date_to"`
	// Missing were told now and never before: the next synchronisation, or
	// action_refetch, brings them.
	Missing []bankEntry `json:"missing"`
	// Pending are not posted yet, so that they cannot be imported.
	Pending []bankEntry `json:"pending"`
	// Deleted are known, but a user deleted their lines.
	Deleted []bankEntry `json:"deleted"`
	// Before lie before the first day that may be imported.
	Before int `json:"before_first_day"`
	Told   int `json:"told"`
	// Unreadable says why entries could not be read.
	Unreadable []string `json:"unreadable"`
}

type bankEntry struct {
	Identifier string      `json:"identifier,omitempty"`
	Date       schema.Date `json:"date"`
	Amount     json.Number `json:"amount"`
	Text       string      `json:"payment_ref"`
	Partner    string      `json:"partner_name"`
	Number     string      `json:"account_number"`
}

func entryOf(e *importing.Entry) bankEntry {
	return bankEntry{e.ID, e.Date, record.Number(e.Amount), apply.LabelOf(e), e.Partner, e.Counter}
}

// findMissing is find_missing_transactions(date_from, date_to) of one journal
// (D14): it asks the bank again and compares, and imports nothing. It needs an
// active connection.
func (t *Tools) findMissing(env *orm.Env, call *orm.Call) (any, error) {
	from, err := record.DayArgument(call, "date_from")
	if err != nil {
		return nil, err
	}
	to, err := record.DayArgument(call, "date_to")
	if err != nil {
		return nil, err
	}
	var link *record.Link
	var account *record.Account
	today := schema.DateOf(env.Now())
	err = env.Within(orm.TxRead, func(env *orm.Env) (err error) {
		if err := record.MayKeep(env); err != nil {
			return err
		}
		id, err := record.OneJournal(env, call)
		if err != nil {
			return err
		}
		link, account, err = t.broughtBy(env.Sudo(), id)
		return err
	})
	if err != nil {
		return nil, err
	}
	if to == "" || to > today {
		to = today
	}
	if from == "" {
		from = to.AddDays(-duplicateDays)
	}
	if link.HistoryFrom != "" {
		from = max(from, link.HistoryFrom)
	}
	if err := t.mayAsk(env, link); err != nil {
		return nil, err
	}
	var got *fetch.Pages
	var desc sdk.Description
	err = link.SecretLost
	if err == nil {
		got, desc, err = t.peek(env, link, account, importing.Window{From: from, To: to})
	}
	if err != nil {
		failed := record.Fail(t.Log, err, "find missing of journal", account.Journal, "provider", link.Provider)
		return nil, failed.AsFault(env.Context().Lang())
	}
	reply := &missingReply{From: from, To: to, Missing: []bankEntry{}, Pending: []bankEntry{}, Deleted: []bankEntry{},
		Unreadable: append([]string{}, got.Bad()...)}
	return reply, env.Within(orm.TxRead, func(env *orm.Env) error {
		return reply.compare(env.Sudo(), account, got.Told(importing.Manner{Source: link.Provider, StableIDs: desc.StableIDs,
			ReportsPending: desc.ReportsPending, Window: importing.Window{From: from, To: to, Floor: record.FloorOf(account)},
			Now: env.Now()}))
	})
}

// broughtBy is the connection and the account that feed a journal; a fault of
// kind User when there is none that works.
func (t *Tools) broughtBy(env *orm.Env, journal int64) (*record.Link, *record.Account, error) {
	rows, err := env.Read(record.Journals, []int64{journal}, "name", "account_online_account_id", "account_online_link_id")
	if err != nil {
		return nil, nil, err
	}
	row := rows.At(0)
	if row.Ref("account_online_link_id") == 0 {
		return nil, nil, fault.Say(fault.User, "sync.journal_not_linked", fault.Args{"journal": row.Str("name")})
	}
	link, err := t.Connections.Vault.Link(env, row.Ref("account_online_link_id"))
	if err != nil {
		return nil, nil, err
	}
	switch {
	case link.Legacy:
		return nil, nil, fault.Say(fault.User, "sync.legacy", nil)
	case link.State == record.StateDisconnected:
		return nil, nil, fault.Say(fault.User, "sync.disconnected", nil)
	}
	account, err := record.ReadAccount(env, row.Ref("account_online_account_id"))
	if err == nil && (account == nil || account.Journal == 0) {
		err = fault.Say(fault.User, "sync.journal_not_linked", fault.Args{"journal": row.Str("name")})
	}
	return link, account, err
}

// peek fetches days of an account without staging or importing anything, and
// without the account's cursor. No transaction is open meanwhile.
func (t *Tools) peek(env *orm.Env, link *record.Link, account *record.Account, window importing.Window) (*fetch.Pages, sdk.Description,
	error) {
	p, desc, err := t.Plugins.Open(env.Ctx(), link.Provider)
	if err != nil {
		return nil, desc, err
	}
	if err := t.spend(env, link, desc, account.ID); err != nil {
		return nil, desc, err
	}
	call := t.Connections.Vault.Call(env.Ctx(), env.Database(), link, env.Now(), record.Attended(env))
	got, err := fetch.Ask(env.Ctx(), t.Plugins, fetch.Request{Provider: p, Call: call, Account: account, Window: window})
	return got, desc, err
}

// compare fills the reply. The ledger is read, never written.
func (m *missingReply) compare(env *orm.Env, account *record.Account, told *importing.Told) error {
	outside := func(e importing.Entry) bool { return e.Date < m.From || e.Date > m.To }
	booked := told.Booked[:0:0]
	for _, e := range told.Booked {
		if !outside(e) {
			booked = append(booked, e)
		}
	}
	told.Booked = booked
	m.Told = len(booked)
	d, err := apply.Decide(env, account, told)
	if err != nil {
		return err
	}
	plan := d.Plan
	m.Before = plan.Skipped
	for i := range plan.New {
		if n := &plan.New[i]; n.Status == importing.Posted {
			m.Missing = append(m.Missing, entryOf(n.Entry))
		}
	}
	for i := range plan.Postings {
		m.Missing = append(m.Missing, entryOf(plan.Postings[i].Now))
	}
	for i := range told.Pending {
		m.Pending = append(m.Pending, entryOf(&told.Pending[i]))
	}
	rows, err := env.SearchRead(record.Transactions,
		domain.All(domain.Where("account_id", domain.Eq, account.ID), domain.Where("line_deleted", domain.Eq, true),
			domain.Where("date", domain.Ge, m.From), domain.Where("date", domain.Le, m.To)),
		[]string{"identifier", "date", "amount", "payment_ref", "partner_name", "account_number"}, orm.SearchOptions{Order: "date, id"})
	if err != nil {
		return err
	}
	for row := range rows.All() {
		m.Deleted = append(m.Deleted, bankEntry{row.Str("identifier"), row.Date("date"), record.Number(row.Decimal("amount")),
			row.Str("payment_ref"),
			row.Str("partner_name"), row.Str("account_number")})
	}
	return nil
}
