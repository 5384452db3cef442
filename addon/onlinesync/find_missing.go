package onlinesync

import (
	"context"
	"encoding/json"
	"errors"
	"time"

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
	return bankEntry{e.ID, e.Date, number(e.Amount), labelOf(e), e.Partner, e.Counter}
}

// findMissing is find_missing_transactions(date_from, date_to) of one journal
// (D14): it asks the bank again and compares, and imports nothing. It needs an
// active connection.
func (a *Addon) findMissing(env *orm.Env, call *orm.Call) (any, error) {
	from, err := dayArgument(call, "date_from")
	if err != nil {
		return nil, err
	}
	to, err := dayArgument(call, "date_to")
	if err != nil {
		return nil, err
	}
	var link *linkFacts
	var account *accountFacts
	today := schema.DateOf(env.Now())
	err = env.Within(orm.TxRead, func(env *orm.Env) (err error) {
		if err := mayKeep(env); err != nil {
			return err
		}
		id, err := oneJournal(env, call)
		if err != nil {
			return err
		}
		link, account, err = a.feedOf(env.Sudo(), id)
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
	if link.historyFrom != "" {
		from = max(from, link.historyFrom)
	}
	got, desc, err := a.peek(env.Ctx(), env.Database(), link, account, importing.Window{From: from, To: to}, env.Now())
	if err != nil {
		failed := a.fail(err, "find missing of journal", account.journal, "provider", link.provider)
		return nil, failed.asFault(env.Context().Lang())
	}
	reply := &missingReply{From: from, To: to, Missing: []bankEntry{}, Pending: []bankEntry{}, Deleted: []bankEntry{}, Unreadable: append([]string{}, got.bad()...)}
	return reply, env.Within(orm.TxRead, func(env *orm.Env) error {
		return reply.compare(env.Sudo(), account, got.told(importing.Manner{Source: link.provider, StableIDs: desc.StableIDs,
			ReportsPending: desc.ReportsPending, Window: importing.Window{From: from, To: to, Floor: floorOf(account)}, Now: env.Now()}))
	})
}

// floorOf is the first day that may be imported.
func floorOf(account *accountFacts) schema.Date {
	if account.lock == "" {
		return account.importFrom
	}
	return max(account.importFrom, account.lock.AddDays(1))
}

// feedOf is the connection and the account that feed a journal; a fault of
// kind User when there is none that works.
func (a *Addon) feedOf(env *orm.Env, journal int64) (*linkFacts, *accountFacts, error) {
	rows, err := env.Read(journals, []int64{journal}, "name", "account_online_account_id", "account_online_link_id")
	if err != nil {
		return nil, nil, err
	}
	row := rows.At(0)
	if row.Ref("account_online_link_id") == 0 {
		return nil, nil, fault.Say(fault.User, "sync.journal_not_linked", fault.Args{"journal": row.Str("name")})
	}
	link, err := a.readLink(env, row.Ref("account_online_link_id"))
	if err != nil {
		return nil, nil, err
	}
	switch {
	case link.legacy:
		return nil, nil, fault.Say(fault.User, "sync.legacy", nil)
	case link.state == stateDisconnected:
		return nil, nil, fault.Say(fault.User, "sync.disconnected", nil)
	}
	account, err := readAccount(env, row.Ref("account_online_account_id"))
	if err == nil && (account == nil || account.journal == 0) {
		err = fault.Say(fault.User, "sync.journal_not_linked", fault.Args{"journal": row.Str("name")})
	}
	return link, account, err
}

// peek fetches days of an account without staging or importing anything, and
// without the account's cursor. No transaction is open meanwhile.
func (a *Addon) peek(ctx context.Context, db *orm.Database, link *linkFacts, account *accountFacts, window importing.Window, now time.Time) (*fetched, sdk.Description, error) {
	p, desc, err := a.open(ctx, link.provider)
	if err != nil {
		return nil, desc, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watchdog := time.AfterFunc(a.opt.PluginTimeout, func() { cancel(errSilent) })
	defer watchdog.Stop()
	got, entries := &fetched{}, 0
	err = p.FetchTransactions(ctx, sdk.FetchRequest{Call: a.linkCall(ctx, db, link, now, true), AccountID: account.key,
		From: sdkDate(window.From), To: sdkDate(window.To), PageSize: pageSize}, func(b sdk.Batch) error {
		watchdog.Reset(a.opt.PluginTimeout)
		if entries += len(b.Booked) + len(b.Pending) + len(b.Modified); len(got.pages) >= maxPages || entries > maxEntries {
			return sdk.Errorf(sdk.Internal, "more than %d batches or %d transactions in one fetch", maxPages, maxEntries)
		}
		got.pages = append(got.pages, pageOf(&b, account))
		return nil
	})
	switch {
	case errors.Is(context.Cause(ctx), errSilent):
		return nil, desc, errSilent
	case err != nil:
		return nil, desc, err
	case !got.complete():
		return nil, desc, sdk.Errorf(sdk.Internal, "the fetch ended without its last batch")
	}
	return got, desc, nil
}

// compare fills the reply. The ledger is read, never written.
func (m *missingReply) compare(env *orm.Env, account *accountFacts, told *importing.Told) error {
	outside := func(e importing.Entry) bool { return e.Date < m.From || e.Date > m.To }
	booked := told.Booked[:0:0]
	for _, e := range told.Booked {
		if !outside(e) {
			booked = append(booked, e)
		}
	}
	told.Booked = booked
	m.Told = len(booked)
	known, err := loadKnown(env, account.id, told)
	if err != nil {
		return err
	}
	plan := importing.Decide(told, known)
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
	rows, err := env.SearchRead(transactions, domain.All(domain.Where("account_id", domain.Eq, account.id), domain.Where("line_deleted", domain.Eq, true),
		domain.Where("date", domain.Ge, m.From), domain.Where("date", domain.Le, m.To)),
		[]string{"identifier", "date", "amount", "payment_ref", "partner_name", "account_number"}, orm.SearchOptions{Order: "date, id"})
	if err != nil {
		return err
	}
	for row := range rows.All() {
		m.Deleted = append(m.Deleted, bankEntry{row.Str("identifier"), row.Date("date"), number(row.Decimal("amount")), row.Str("payment_ref"),
			row.Str("partner_name"), row.Str("account_number")})
	}
	return nil
}
