package expiry

import (
	"log/slog"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/onlinesync/connect"
	"github.com/girosync/girosync/addon/onlinesync/notice"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// daysBefore are when a consent's end is told, from the first notice to the last.
var daysBefore = []int64{30, 14, 7, 3, 1, 0}

// What is noted as told besides days: nothing yet, and that the last day is over.
const (
	nothing = 1000
	passed  = -1
)

// mostNotices is how many connections one sweep looks at.
const mostNotices = 500

// Consents tells what is due of consents, in all databases of a host.
type Consents struct {
	Connections *connect.Connections
	Queue       *run.Queue
	Log         *slog.Logger
}

// Sweep tells what is due now. It needs a system environment.
func (c *Consents) Sweep(env *orm.Env) error {
	today := schema.DateOf(env.Now().UTC())
	rows, err := env.SearchRead(record.Links, domain.All(domain.Where("expiring_synchronization_date", domain.Ne, false),
		domain.Where("state", domain.Ne, record.StateDisconnected), domain.Where("is_legacy", domain.Ne, true),
		domain.Or{domain.Where("consent_notice", domain.Le, string(today)),
			domain.All(domain.Where("consent_notice", domain.Eq, nil), domain.Where("consent_told", domain.Eq, nil))}),
		[]string{"expiring_synchronization_date", "consent_notice", "consent_told", "attention", "company_id"},
		orm.SearchOptions{Order: "id", Limit: mostNotices})
	if err != nil {
		return err
	}
	for row := range rows.All() {
		if err := c.look(env.With(orm.Context{"allowed_company_ids": []any{row.Ref("company_id")}}), row, today); err != nil {
			return err
		}
	}
	return nil
}

// look tells what is due of one connection's consent, and notes when to look again.
func (c *Consents) look(env *orm.Env, row orm.Row, today schema.Date) error {
	until := row.Date("expiring_synchronization_date")
	if until < today {
		return c.over(env, row.ID())
	}
	told := int64(nothing)
	if row.Date("consent_notice") != "" {
		told = row.Int("consent_told")
	}
	values, due := orm.Values{}, int64(nothing)
	for i, days := range daysBefore {
		if until.AddDays(-int(days)) > today {
			values["consent_notice"] = until.AddDays(-int(days))
			break
		}
		due = daysBefore[i]
	}
	if values["consent_notice"] == nil {
		values["consent_notice"] = until.AddDays(1)
	}
	values["consent_told"] = min(told, due)
	if due < told {
		if err := c.tell(env, row, until, due, values); err != nil {
			return err
		}
	}
	return env.Write(record.Links, []int64{row.ID()}, values)
}

// tell says on a connection when its consent ends; from a week before on the
// connection asks for attention.
func (c *Consents) tell(env *orm.Env, row orm.Row, until schema.Date, due int64, values orm.Values) error {
	link, err := c.Connections.Vault.Link(env, row.ID())
	if err != nil {
		return err
	}
	words, story := "sync.consent_ends", notice.EndsOn
	if due == 0 {
		words, story = "sync.consent_ends_today", notice.EndsToday
	}
	text := record.SayIn(link.Lang, words, fault.Args{"day": string(until)})
	if _, err := mail.Post(env, record.Links, link.ID, text, mail.Options{}); err != nil {
		return err
	}
	told := notice.Notice{Kind: notice.ConsentEnds, Story: story, Link: link.ID, Company: link.Company, Connection: link.Name,
		Args: fault.Args{"day": string(until)}}
	if err := notice.Tell(env, told); err != nil {
		return err
	}
	if due <= connect.ConsentNear && row.Str("attention") == record.AttentionNone {
		values["attention"] = record.AttentionConsentExpiring
	}
	return run.TellLinkChanged(env, link.ID, link.Company, values)
}

// over looks after a consent whose last day has passed: the bank is asked, where
// that may be done unattended; else the date has to do.
func (c *Consents) over(env *orm.Env, id int64) error {
	if err := env.Write(record.Links, []int64{id}, orm.Values{"consent_told": int64(passed), "consent_notice": nil}); err != nil {
		return err
	}
	link, err := c.Connections.Vault.Link(env, id)
	if err != nil || link.Attention == record.AttentionConsentExpired {
		return err
	}
	if link.AutoSync && link.AutoAllowed && link.Paused == "" {
		_, err := c.Queue.Add(env, run.Request{Link: id, Trigger: record.TriggerScheduled})
		return err
	}
	ended := record.FailOf(link, c.Log, &sdk.Error{Kind: sdk.ConsentExpired})
	return c.Connections.MarkFailed(env, link, ended)
}
