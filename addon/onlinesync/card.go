package onlinesync

import (
	"encoding/json"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/balance"
	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/proof"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/query"
	"github.com/girosync/girosync/addon/orm/schema"
)

// cardExtension is the card of a journal.
var cardExtension = orm.Extension{
	Of:     record.Journals,
	Fields: schema.Fields{schema.Text("kanban_dashboard", "Dashboard Card").DependsOn("account_online_account_id").NotKept()},
	Bound:  orm.Bound{Computes: []orm.Compute{{Fields: []string{"kanban_dashboard"}, Do: dashboards}}},
}

// dashboard is a journal's card. Instants are ISO 8601 in UTC.
type dashboard struct {
	Balance         json.Number    `json:"balance"`
	Currency        string         `json:"currency"`
	Digits          int64          `json:"digits"`
	LastStatement   *lastStatement `json:"last_statement"`
	PendingCount    int64          `json:"pending_count"`
	LineCount       int64          `json:"line_count"`
	ProviderRefresh *string        `json:"provider_refresh"`
	LastRefresh     *string        `json:"last_refresh"`
	LastSuccess     *string        `json:"last_success"`
	NextRefresh     *string        `json:"next_refresh"`
	Attention       string         `json:"attention"`
	LinkState       *string        `json:"link_state"`
	LinkID          int64          `json:"link_id,omitempty"`
	ErrorMessage    string         `json:"error_message"`
	ErrorReference  string         `json:"error_reference"`
	// BalanceCheck is missing while the bank reported no booked balance.
	BalanceCheck *balance.Check `json:"balance_check,omitempty"`
	History      []dayBalance   `json:"history"`
}

type lastStatement struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Date string `json:"date"`
}

type dayBalance struct {
	Date    schema.Date `json:"date"`
	Balance json.Number `json:"balance"`
}

// historyDays is how many days of balances a card shows.
const historyDays = 30

// attentionBalance is a card's attention when the bank's balance disagrees.
const attentionBalance = "balance"

// dashboards fills the cards of a batch of journals with a fixed number of queries.
func dashboards(env *orm.Env, batch *orm.Batch) error {
	env = env.Sudo()
	ids := batch.IDs()
	rows, err := env.Read(record.Journals, ids, "currency_id", "company_id", "account_online_account_id", "account_online_link_id")
	if err != nil {
		return err
	}
	cards := make(map[int64]*dashboard, len(ids))
	for _, id := range ids {
		cards[id] = &dashboard{Balance: "0", Attention: record.AttentionNone, History: []dayBalance{}}
	}
	for _, fill := range []func(*orm.Env, *orm.Rows, map[int64]*dashboard) error{cardCurrencies, cardBalances, cardStatements, cardLinks,
		cardPendings, cardChecks} {
		if err := fill(env, rows, cards); err != nil {
			return err
		}
	}
	for i := range batch.Len() {
		text, err := json.Marshal(cards[batch.ID(i)])
		if err != nil {
			return err
		}
		batch.Set(i, "kanban_dashboard", string(text))
	}
	return nil
}

func cardCurrencies(env *orm.Env, rows *orm.Rows, cards map[int64]*dashboard) error {
	home := map[int64]int64{}
	companies, err := env.SearchRead("res.company", nil, []string{"currency_id"}, orm.SearchOptions{Archived: true})
	if err != nil {
		return err
	}
	for row := range companies.All() {
		home[row.ID()] = row.Ref("currency_id")
	}
	money, err := env.SearchRead("res.currency", nil, []string{"name", "decimal_places"}, orm.SearchOptions{})
	if err != nil {
		return err
	}
	for row := range rows.All() {
		id := row.Ref("currency_id")
		if id == 0 {
			id = home[row.Ref("company_id")]
		}
		if c, ok := money.ByID(id); ok {
			cards[row.ID()].Currency, cards[row.ID()].Digits = c.Str("name"), c.Int("decimal_places")
		}
	}
	return nil
}

// cardBalances tells each journal's balance, and those of the last days by day.
func cardBalances(env *orm.Env, rows *orm.Rows, cards map[int64]*dashboard) error {
	of := domain.Where("journal_id", domain.In, record.IDs(rows.IDs()))
	balance, err := account.Balances(env, rows.IDs())
	if err != nil {
		return err
	}
	total, err := env.Group(record.Lines, of, []query.GroupBy{{Field: "journal_id"}}, []query.Aggregate{{Field: "__count"}},
		orm.GroupOptions{})
	if err != nil {
		return err
	}
	for _, g := range total.List {
		id := record.Int(g.Keys[0])
		if card := cards[id]; card != nil {
			card.LineCount, card.Balance = record.Int(g.Figures[0]), json.Number(balance[id].String())
		}
	}
	today := env.Today()
	since := today.AddDays(-historyDays + 1)
	daily, err := env.Group(record.Lines, domain.All(of, domain.Where("date", domain.Ge, since)),
		[]query.GroupBy{{Field: "journal_id"}, {Field: "date", Granularity: "day"}},
		[]query.Aggregate{{Field: "amount", Func: "sum"}}, orm.GroupOptions{})
	if err != nil {
		return err
	}
	moved := map[int64]map[schema.Date]decimal.Decimal{}
	for _, g := range daily.List {
		id, day := record.Int(g.Keys[0]), record.Day(g.Keys[1])
		if moved[id] == nil {
			moved[id] = map[schema.Date]decimal.Decimal{}
		}
		moved[id][min(day, today)] = record.Plus(moved[id][min(day, today)], record.Decimal(g.Figures[0]))
	}
	for id, card := range cards {
		if card.LineCount > 0 {
			card.History = history(balance[id], moved[id], since, today)
		}
	}
	return nil
}

// history walks back from today's balance.
func history(balance decimal.Decimal, moved map[schema.Date]decimal.Decimal, since, today schema.Date) []dayBalance {
	out := make([]dayBalance, historyDays)
	for i, day := historyDays-1, today; i >= 0 && day >= since; i, day = i-1, day.AddDays(-1) {
		out[i] = dayBalance{day, json.Number(balance.String())}
		balance = record.Plus(balance, moved[day].Neg())
	}
	return out
}

func cardStatements(env *orm.Env, rows *orm.Rows, cards map[int64]*dashboard) error {
	groups, err := env.Group(record.Statements, domain.Where("journal_id", domain.In, record.IDs(rows.IDs())),
		[]query.GroupBy{{Field: "journal_id"}}, []query.Aggregate{{Field: "first_line_index", Func: "max"}}, orm.GroupOptions{})
	if err != nil {
		return err
	}
	newest := make([]any, 0, len(groups.List))
	for _, g := range groups.List {
		if index, ok := g.Figures[0].(string); ok {
			newest = append(newest, index)
		}
	}
	if len(newest) == 0 {
		return nil
	}
	found, err := env.SearchRead(record.Statements, domain.All(domain.Where("first_line_index", domain.In, newest),
		domain.Where("journal_id", domain.In, record.IDs(rows.IDs()))), []string{"journal_id", "name", "date", "first_line_index"},
		orm.SearchOptions{Order: "first_line_index, id"})
	if err != nil {
		return err
	}
	for row := range found.All() {
		if card := cards[row.Ref("journal_id")]; card != nil {
			card.LastStatement = &lastStatement{row.ID(), row.Str("name"), string(row.Date("date"))}
		}
	}
	return nil
}

func cardLinks(env *orm.Env, rows *orm.Rows, cards map[int64]*dashboard) error {
	var ids []int64
	for row := range rows.All() {
		if id := row.Ref("account_online_link_id"); id != 0 {
			ids = append(ids, id)
		}
	}
	found, err := env.Read(record.Links, ids, "state", "attention", "provider_refresh", "last_refresh", "last_success", "next_refresh",
		"error_message", "error_reference")
	if err != nil {
		return err
	}
	for row := range rows.All() {
		link, ok := found.ByID(row.Ref("account_online_link_id"))
		if !ok {
			continue
		}
		card, state := cards[row.ID()], link.Str("state")
		card.LinkState, card.LinkID, card.Attention = &state, link.ID(), link.Str("attention")
		card.ErrorMessage, card.ErrorReference = link.Str("error_message"), link.Str("error_reference")
		card.ProviderRefresh = instant(link.Time("provider_refresh"))
		card.LastRefresh = instant(link.Time("last_refresh"))
		card.LastSuccess = instant(link.Time("last_success"))
		card.NextRefresh = instant(link.Time("next_refresh"))
	}
	return nil
}

func cardPendings(env *orm.Env, rows *orm.Rows, cards map[int64]*dashboard) error {
	var ids []int64
	for row := range rows.All() {
		if id := row.Ref("account_online_account_id"); id != 0 {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	groups, err := env.Group(record.Transactions, domain.All(domain.Where("account_id", domain.In, record.IDs(ids)),
		domain.Where("pending_since", domain.Ne, nil)), []query.GroupBy{{Field: "account_id"}}, []query.Aggregate{{Field: "__count"}},
		orm.GroupOptions{})
	if err != nil {
		return err
	}
	count := map[int64]int64{}
	for _, g := range groups.List {
		count[record.Int(g.Keys[0])] = record.Int(g.Figures[0])
	}
	for row := range rows.All() {
		cards[row.ID()].PendingCount = count[row.Ref("account_online_account_id")]
	}
	return nil
}

func instant(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format(time.RFC3339)
	return &s
}

// cardChecks says whether the bank's newest balance agrees.
func cardChecks(env *orm.Env, rows *orm.Rows, cards map[int64]*dashboard) error {
	fed, balances := map[int64]int64{}, map[int64]decimal.Decimal{} // journals by account; balances by journal
	for row := range rows.All() {
		card := cards[row.ID()]
		if id := row.Ref("account_online_account_id"); id != 0 && card.LineCount > 0 {
			balance, err := decimal.Parse(card.Balance.String())
			if err != nil {
				return fault.Wrap(err, "balance of journal", row.ID())
			}
			fed[id], balances[row.ID()] = row.ID(), balance
		}
	}
	checks, err := balance.Checks(env, fed, balances)
	if err != nil {
		return err
	}
	for id, check := range checks {
		cards[id].BalanceCheck = check
		if check.Verdict == proof.Disagrees && cards[id].Attention == record.AttentionNone {
			cards[id].Attention = attentionBalance
		}
	}
	return nil
}
