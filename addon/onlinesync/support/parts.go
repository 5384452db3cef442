package support

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// connection is one of a bundle. Instants are texts as Odoo's, in UTC; false where
// unset.
type connection struct {
	ID          int64       `json:"id"`
	Client      string      `json:"client_id"`
	Institution institution `json:"institution"`
	Provider    provider    `json:"provider"`
	Supported   bool        `json:"supported"` // false: the institution is in beta
	State       string      `json:"state"`
	Attention   string      `json:"attention"`
	Actor       any         `json:"who_must_act"` // user, bank, provider, operator; false for nobody
	Reference   any         `json:"error_reference"`
	Failures    int64       `json:"failures_in_a_row"`
	AutoSync    bool        `json:"auto_sync"`
	Hours       int64       `json:"interval_hours"`
	Clocks      clocks      `json:"clocks"`
	RunsGone    int64       `json:"runs_gone"`
	Questions   int         `json:"open_questions"` // of all journals that it feeds
}

// clocks are the instants and days of a connection.
type clocks struct {
	LastRefresh  any `json:"last_refresh"`
	LastSuccess  any `json:"last_success"`
	Provider     any `json:"provider_refresh"`
	Next         any `json:"next_refresh"`
	Allowed      any `json:"next_refresh_allowed"`
	ConsentUntil any `json:"expiring_synchronization_date"`
	HistoryFrom  any `json:"history_from"`
}

type institution struct {
	Name        string `json:"name"`
	Key         string `json:"online_identifier"`
	Countries   string `json:"country_codes"`
	Status      string `json:"status"`
	AutoAllowed bool   `json:"auto_sync_allowed"`
	HistoryDays int64  `json:"history_days"`
	Refreshes   int64  `json:"refreshes_per_day"`
}

type provider struct {
	Name         string `json:"name"`
	Version      string `json:"version"`
	Protocol     string `json:"protocol_version"`
	State        string `json:"state"`
	Grade        string `json:"grade"`
	Capabilities string `json:"capabilities"`
	Promises     string `json:"promises"`
	Unattended   int64  `json:"unattended_per_day"`
	Paused       bool   `json:"paused"`
}

// readConnection reads a connection; nil where it is gone.
func readConnection(env *orm.Env, id int64) (*connection, error) {
	rows, err := env.Read(record.Links, []int64{id}, "client_id", "institution_id", "provider_id", "state", "attention", "error_reference",
		"failures", "auto_sync", "interval_hours", "last_refresh", "last_success", "provider_refresh", "next_refresh",
		"next_refresh_allowed", "expiring_synchronization_date", "history_from", "runs_gone")
	if err != nil || rows.Len() == 0 {
		return nil, err
	}
	row := rows.At(0)
	day := func(field string) any { return record.OrFalse(string(row.Date(field))) }
	at := func(field string) any { return record.Moment(row.Time(field)) }
	c := &connection{ID: id, Client: row.Str("client_id"), State: row.Str("state"), Attention: row.Str("attention"), Supported: true,
		Reference: record.OrFalse(row.Str("error_reference")), Failures: row.Int("failures"), AutoSync: row.Bool("auto_sync"),
		Hours: row.Int("interval_hours"), RunsGone: row.Int("runs_gone"),
		Clocks: clocks{at("last_refresh"), at("last_success"), at("provider_refresh"), at("next_refresh"), at("next_refresh_allowed"),
			day("expiring_synchronization_date"), day("history_from")}}
	c.Actor = record.OrFalse(record.ActorOf(c.Attention))
	if err := c.readBank(env, row.Ref("institution_id")); err != nil {
		return nil, err
	}
	if err := c.readProvider(env, row.Ref("provider_id")); err != nil {
		return nil, err
	}
	fed, err := record.FedBy(env, id)
	if err != nil {
		return nil, err
	}
	c.Questions, err = env.Count(record.Reviews, domain.All(domain.Where("account_id", domain.In, record.IDs(fed)),
		domain.Where("state", domain.Eq, record.ReviewOpen)), 1000)
	return c, err
}

func (c *connection) readBank(env *orm.Env, id int64) error {
	rows, err := env.Read(record.Institutions, []int64{id}, "name", "online_identifier", "country_codes", "status", "auto_sync_allowed",
		"history_days", "refreshes_per_day")
	if err != nil || rows.Len() == 0 {
		return err
	}
	row := rows.At(0)
	c.Institution = institution{row.Str("name"), row.Str("online_identifier"), row.Str("country_codes"), row.Str("status"),
		row.Bool("auto_sync_allowed"), row.Int("history_days"), row.Int("refreshes_per_day")}
	c.Supported = c.Institution.Status != record.InBeta
	return nil
}

func (c *connection) readProvider(env *orm.Env, id int64) error {
	rows, err := env.Read(record.Providers, []int64{id}, "name", "version", "protocol_version", "state", "grade", "capabilities",
		"promises", "unattended_per_day", "paused")
	if err != nil || rows.Len() == 0 {
		return err
	}
	row := rows.At(0)
	c.Provider = provider{row.Str("name"), row.Str("version"), row.Str("protocol_version"), row.Str("state"), row.Str("grade"),
		row.Str("capabilities"), row.Str("promises"), row.Int("unattended_per_day"), row.Bool("paused")}
	return nil
}

// account is an online account of a bundle, by its masked number.
type account struct {
	ID        int64           `json:"id"`
	Link      int64           `json:"link_id"`
	Number    string          `json:"account_number"`
	Currency  string          `json:"currency"`
	Kind      string          `json:"account_kind"`
	Journals  []int64         `json:"journal_ids"`
	LastSync  any             `json:"last_sync"`
	Gone      bool            `json:"gone"`
	LimitedTo any             `json:"history_limited_to"`
	Coverage  json.RawMessage `json:"coverage"`
	Gaps      json.RawMessage `json:"coverage_gaps"`
}

func (b *Bundle) addAccounts(env *orm.Env, link int64) error {
	fed, err := record.FedBy(env, link)
	if err != nil {
		return err
	}
	rows, err := env.Read(record.Accounts, fed[:min(len(fed), mostAccounts)], "account_number", "currency_id", "account_kind",
		"journal_ids", "last_sync", "gone", "history_limited_to", "coverage", "coverage_gaps")
	if err != nil {
		return err
	}
	for row := range rows.All() {
		currency, err := env.Read("res.currency", []int64{row.Ref("currency_id")}, "name")
		if err != nil {
			return err
		}
		a := account{ID: row.ID(), Link: link, Number: Masked(row.Str("account_number")), Kind: row.Str("account_kind"),
			Journals: row.Refs("journal_ids"), LastSync: record.Moment(row.Time("last_sync")), Gone: row.Bool("gone"),
			LimitedTo: record.OrFalse(string(row.Date("history_limited_to"))), Coverage: bounded(row.JSON("coverage")),
			Gaps: bounded(row.JSON("coverage_gaps"))}
		if currency.Len() > 0 {
			a.Currency = currency.At(0).Str("name")
		}
		b.Accounts = append(b.Accounts, a)
	}
	return nil
}

// spent is a call of the bank that counted.
type spent struct {
	Link    int64  `json:"link_id"`
	Account any    `json:"account_id"`
	Kind    string `json:"kind"` // fetch or refresh
	At      any    `json:"at"`
}

func (b *Bundle) addQuota(env *orm.Env, link int64) error {
	rows, err := env.SearchRead(record.Uses, domain.Where("link_id", domain.Eq, link), []string{"account_id", "kind", "at"},
		orm.SearchOptions{Order: "id desc", Limit: mostUses})
	if err != nil {
		return err
	}
	for row := range rows.All() {
		s := spent{Link: link, Account: false, Kind: row.Str("kind"), At: record.Moment(row.Time("at"))}
		if id := row.Ref("account_id"); id != 0 {
			s.Account = id
		}
		b.Quota = append(b.Quota, s)
	}
	return nil
}

// trace is what one run did and how it ended.
type trace struct {
	ID        int64            `json:"id"`
	Link      int64            `json:"link_id"`
	Account   any              `json:"account_id"`
	Trigger   string           `json:"trigger"`
	State     string           `json:"state"`
	Outcome   any              `json:"outcome"`
	Started   any              `json:"started_at"`
	Finished  any              `json:"finished_at"`
	Seconds   float64          `json:"seconds"`
	From      any              `json:"window_from"`
	To        any              `json:"window_to"`
	Oldest    any              `json:"oldest_date"`
	LimitedTo any              `json:"history_limited_to"`
	Counts    map[string]int64 `json:"counts"`
	Reference any              `json:"error_reference"`
	// ProviderReference is the provider's own, such as a request id.
	ProviderReference any `json:"provider_reference"`
}

var counted = []string{"fetched", "created", "updated", "removed", "known", "pending"}

func (b *Bundle) addRuns(env *orm.Env, link int64) error {
	rows, err := env.SearchRead(record.Runs, domain.Where("link_id", domain.Eq, link), append([]string{"account_id", "trigger", "state",
		"outcome", "started_at", "finished_at", "window_from", "window_to", "oldest_date", "history_limited_to", "error_reference",
		"provider_reference"}, counted...), orm.SearchOptions{Order: "id desc", Limit: mostRuns})
	if err != nil {
		return err
	}
	for row := range rows.All() {
		day := func(field string) any { return record.OrFalse(string(row.Date(field))) }
		t := trace{ID: row.ID(), Link: link, Account: false, Trigger: row.Str("trigger"), State: row.Str("state"),
			Outcome: record.OrFalse(row.Str("outcome")), Started: record.Moment(row.Time("started_at")),
			Finished: record.Moment(row.Time("finished_at")), From: day("window_from"), To: day("window_to"), Oldest: day("oldest_date"),
			LimitedTo: day("history_limited_to"), Reference: record.OrFalse(row.Str("error_reference")),
			ProviderReference: record.OrFalse(named(row.Str("provider_reference"))), Counts: map[string]int64{}}
		if id := row.Ref("account_id"); id != 0 {
			t.Account = id
		}
		if from, to := row.Time("started_at"), row.Time("finished_at"); !from.IsZero() && to.After(from) {
			t.Seconds = to.Sub(from).Round(time.Millisecond).Seconds()
		}
		for _, field := range counted {
			t.Counts[field] = row.Int(field)
		}
		b.Runs = append(b.Runs, t)
	}
	return nil
}

// named is a provider's reference, "" for what looks like words: nobody knows what
// stands in them.
func named(reference string) string {
	const most = 100
	strange := func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("-_.:/", r))
	}
	if len(reference) > most || strings.ContainsFunc(reference, strange) {
		return ""
	}
	return reference
}
