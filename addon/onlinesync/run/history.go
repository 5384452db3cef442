package run

import (
	"slices"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Bounds of a page of a history.
const (
	usualPage   = 20
	largestPage = 100
)

// history is a page of runs, the newest first.
type history struct {
	Runs []past `json:"runs"`
	// Total counts the runs that are kept and asked for, Gone those of the connections
	// that are not kept any more.
	Total int   `json:"total"`
	Gone  int64 `json:"gone"`
	Next  any   `json:"next"` // "before" of the next page; false at the end
}

// past is one run of a history. Instants and days are texts as Odoo's; false where unset.
type past struct {
	ID                int64   `json:"id"`
	Link              any     `json:"link_id"`
	Account           any     `json:"account_id"`
	Trigger           string  `json:"trigger"`
	User              any     `json:"user"` // who asked for it: {id, name}
	State             string  `json:"state"`
	Outcome           any     `json:"outcome"`
	StartedAt         any     `json:"started_at"`
	FinishedAt        any     `json:"finished_at"`
	Seconds           float64 `json:"seconds"` // how long it took
	From              any     `json:"window_from"`
	To                any     `json:"window_to"`
	Oldest            any     `json:"oldest_date"`
	LimitedTo         any     `json:"history_limited_to"`
	Fetched           int64   `json:"fetched"`
	Created           int64   `json:"created"`
	Updated           int64   `json:"updated"`
	Removed           int64   `json:"removed"`
	Known             int64   `json:"known"`
	Pending           int64   `json:"pending"`
	Message           any     `json:"error_message"`
	Reference         any     `json:"error_reference"`
	ProviderReference any     `json:"provider_reference"`
	UndoneAt          any     `json:"undone_at"`
	HeldBack          int64   `json:"held_back"`
}

var pastFields = []string{"link_id", "account_id", "trigger", "user_id", "state", "outcome", "started_at", "finished_at", "window_from",
	"window_to", "oldest_date", "history_limited_to", "fetched", "created", "updated", "removed", "known", "pending", "error_message",
	"error_reference", "provider_reference", "undone_at", "held_back"}

// historyMethods answer the history of a connection, or of an account.
func historyMethods(of func(env *orm.Env, id int64) (runs domain.Node, links []int64, err error)) orm.Methods {
	return orm.Methods{"run_history": {Needs: orm.Read, Tx: orm.TxRead,
		Params: []orm.Param{orm.Opt("outcome", nil).Says("Only runs that ended so: a value of outcome, or a list of them."),
			orm.Opt("limit", usualPage).Says("How many, at most 100."),
			orm.Opt("before", nil).Says("Only runs older than that of this id: \"next\" of the page before.")},
		Doc: "What became of past synchronisations, the newest first. Answers {runs: [{id, trigger, user: {id, name}, outcome, " +
			"started_at, finished_at, seconds, window_from, window_to, fetched, created, …}], total (of those that are kept), gone " +
			"(how many are not kept any more), next}.",
		Do: func(env *orm.Env, call *orm.Call) (any, error) { return readHistory(env, call, of) }}}
}

// ofConnection are the runs of a connection.
func ofConnection(_ *orm.Env, id int64) (domain.Node, []int64, error) {
	return domain.Where("link_id", domain.Eq, id), []int64{id}, nil
}

// ofAccount are the runs that an account was a part of: its own, its files', and
// those of the whole connections that feed it.
func ofAccount(env *orm.Env, id int64) (domain.Node, []int64, error) {
	feeders, err := record.FeedersOf(env, []int64{id})
	return domain.Or{domain.Where("account_id", domain.Eq, id), domain.All(domain.Where("account_id", domain.Eq, nil),
		domain.Where("link_id", domain.In, record.IDs(feeders)))}, feeders, err
}

func readHistory(env *orm.Env, call *orm.Call, of func(*orm.Env, int64) (domain.Node, []int64, error)) (any, error) {
	id, err := call.One()
	if err != nil {
		return nil, err
	}
	if err := env.CheckRules(call.Model, call.IDs, orm.Read); err != nil {
		return nil, err
	}
	if err := record.CheckExist(env, call.Model, call.IDs); err != nil {
		return nil, err
	}
	limit, err := call.Int("limit")
	if err != nil {
		return nil, err
	}
	limit = min(max(limit, 1), largestPage)
	env = env.Sudo()
	where, links, err := of(env, id)
	if err != nil {
		return nil, err
	}
	if where, err = ended(call, where); err != nil {
		return nil, err
	}
	page := history{Runs: []past{}, Next: false}
	if page.Total, err = env.Count(record.Runs, where, 0); err != nil {
		return nil, err
	}
	if page.Gone, err = goneOf(env, links); err != nil {
		return nil, err
	}
	before, err := call.Int("before")
	if err != nil {
		return nil, err
	}
	if before > 0 {
		where = domain.All(where, domain.Where("id", domain.Lt, before))
	}
	rows, err := env.SearchRead(record.Runs, where, pastFields, orm.SearchOptions{Order: "id desc", Limit: int(limit) + 1})
	if err != nil {
		return nil, err
	}
	return page, page.take(env, rows, int(limit))
}

// ended narrows runs to those that ended as the caller asks.
func ended(call *orm.Call, where domain.Node) (domain.Node, error) {
	if !call.Has("outcome") {
		return where, nil
	}
	outcomes := []string{}
	if one, ok := call.Value("outcome").(string); ok {
		outcomes = append(outcomes, one)
	} else {
		list, err := call.Strings("outcome")
		if err != nil {
			return nil, err
		}
		outcomes = list
	}
	for _, o := range outcomes {
		if !slices.ContainsFunc(record.Outcomes, func(known schema.Option) bool { return known.Value == o }) {
			return nil, fault.New(fault.Value, "%q is no outcome", o)
		}
	}
	return domain.All(where, domain.Where("outcome", domain.In, record.Strings(outcomes))), nil
}

func goneOf(env *orm.Env, links []int64) (sum int64, err error) {
	rows, err := env.Read(record.Links, links, "runs_gone")
	if err != nil {
		return 0, err
	}
	for row := range rows.All() {
		sum += row.Int("runs_gone")
	}
	return sum, nil
}

// take fills the page; one row more than its limit says that another follows.
func (h *history) take(env *orm.Env, rows *orm.Rows, limit int) error {
	var users []int64
	for row := range rows.All() {
		if id := row.Ref("user_id"); id != 0 && !slices.Contains(users, id) {
			users = append(users, id)
		}
	}
	names, err := env.DisplayNames("res.users", users)
	if err != nil {
		return err
	}
	for row := range rows.All() {
		if len(h.Runs) == limit {
			h.Next = h.Runs[limit-1].ID
			return nil
		}
		h.Runs = append(h.Runs, pastOf(row, names))
	}
	return nil
}

func pastOf(row orm.Row, names map[int64]string) past {
	day := func(field string) any { return record.OrFalse(string(row.Date(field))) }
	at := func(field string) any { return record.Moment(row.Time(field)) }
	text := func(field string) any { return record.OrFalse(row.Str(field)) }
	ref := func(field string) any {
		if id := row.Ref(field); id != 0 {
			return id
		}
		return false
	}
	p := past{ID: row.ID(), Link: ref("link_id"), Account: ref("account_id"), Trigger: row.Str("trigger"), User: false,
		State: row.Str("state"), Outcome: text("outcome"), StartedAt: at("started_at"), FinishedAt: at("finished_at"),
		From: day("window_from"), To: day("window_to"), Oldest: day("oldest_date"), LimitedTo: day("history_limited_to"),
		Fetched: row.Int("fetched"), Created: row.Int("created"), Updated: row.Int("updated"), Removed: row.Int("removed"),
		Known: row.Int("known"), Pending: row.Int("pending"), Message: text("error_message"), Reference: text("error_reference"),
		ProviderReference: text("provider_reference"), UndoneAt: at("undone_at"), HeldBack: row.Int("held_back")}
	if id := row.Ref("user_id"); id != 0 {
		p.User = map[string]any{"id": id, "name": names[id]}
	}
	if from, to := row.Time("started_at"), row.Time("finished_at"); !from.IsZero() && to.After(from) {
		p.Seconds = to.Sub(from).Round(time.Millisecond).Seconds()
	}
	return p
}
