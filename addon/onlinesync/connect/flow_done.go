package connect

import (
	"cmp"
	"slices"

	"github.com/girosync/girosync/addon/onlinesync/declare"
	"github.com/girosync/girosync/addon/onlinesync/fetch"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// connected stores a finished flow: the connection, its accounts, the journals
// that they feed, and a first synchronisation.
//
// An account that the user chose feeds, in this order: the journal that the
// answer names under "journals" ({account id: journal id, "new", or false for
// none}), the journal that it fed before, the journal of the same bank account
// number that nothing feeds, or a new one (S24). Accounts that were not chosen
// are known and feed nothing (S61). A renewal changes no journals unless told.
func (c *Connections) connected(env *orm.Env, key flowKey, f *liveFlow) (any, error) {
	defer c.flows.drop(key) // who asks meanwhile waits for what comes of it
	notice := ""
	if len(f.done.Accounts) == 0 {
		notice = f.whyNone(f.done.Empty, env.Context().Lang())
	}
	err := env.Within(orm.TxWrite, func(env *orm.Env) error { return c.store(env, key, f, notice) })
	if err != nil {
		reference := fault.NewReference()
		c.Log.Error("store connection", "reference", reference, "flow", key.id, "error", err)
		if err := c.giveBack(env, f); err != nil {
			c.Log.Warn("a consent that could not be stored is ended later", "flow", key.id, "error", err)
		}
		text := fault.Localize(fault.WithReference(err, reference), env.Context().Lang())
		return c.settle(env, key.id, orm.Values{"state": record.FlowFailed, "step": nil, "error_message": text,
			"error_reference": reference})
	}
	c.Points.Hit("flow.stored")
	return c.settle(env, key.id, orm.Values{"state": record.FlowDone, "step": nil, "notice": record.OrNoText(notice),
		"error_message": nil, "error_reference": nil})
}

// store writes a finished flow; notice is what is to be said of it, "" for nothing.
func (c *Connections) store(env *orm.Env, key flowKey, f *liveFlow, notice string) error {
	c.Points.Hit("flow.storing")
	done := f.done
	env = env.Sudo().With(orm.Context{"allowed_company_ids": []any{f.company}})
	if err := c.Ender.Release(env, f.held); err != nil {
		return err
	}
	link, err := c.storeLink(env, f, done)
	if err != nil {
		return err
	}
	before, err := env.Search(record.Accounts, domain.Where("account_online_link_id", domain.Eq, link), orm.SearchOptions{})
	if err != nil {
		return err
	}
	known, err := c.storeAccounts(env, link, f.facts(), done.Accounts, true)
	if err != nil {
		return err
	}
	if err := c.chooseJournals(env, f, done, known, before); err != nil {
		return err
	}
	if err := declare.Keep(env, link, f.company, f.declared); err != nil {
		return err
	}
	text := fault.Localize(fault.Say(fault.User, "sync.connected", fault.Args{"institution": f.institution.name}), env.Context().Lang())
	if _, err := mail.Post(env, record.Links, link, text, mail.Options{}); err != nil {
		return err
	}
	if err := noteBeta(env, f, link); err != nil {
		return err
	}
	if err := tellDropped(env, link, f.drops); err != nil {
		return err
	}
	if err := tellNone(env, link, notice); err != nil {
		return err
	}
	if err := run.TellLinkChanged(env, link, f.company,
		orm.Values{"state": record.StateConnected, "attention": record.AttentionNone}); err != nil {
		return err
	}
	if _, err := c.Queue.Add(env, run.Request{Link: link, Trigger: record.TriggerManual}); err != nil {
		return err
	}
	// Done with the same commit: the run above must not find the flow still open.
	return env.Write(record.Flows, []int64{key.id}, orm.Values{"link_id": link, "institution_id": record.OrNil(f.institution.id),
		"state": record.FlowDone})
}

// whyNone says why the bank of a flow offers no account.
func (f *liveFlow) whyNone(reason sdk.NoAccounts, lang string) string {
	return record.WhyNone(lang, reason, f.institution.name, f.accountKind)
}

// tellNone says on a connection why it has no accounts; "" for nothing.
func tellNone(env *orm.Env, link int64, words string) error {
	if words == "" {
		return nil
	}
	_, err := mail.Post(env, record.Links, link, words, mail.Options{})
	return err
}

// noteBeta says on a connection who chose it, knowing that nobody supports its
// bank (S56).
func noteBeta(env *orm.Env, f *liveFlow, link int64) error {
	if !f.betaAgreed {
		return nil
	}
	names, err := env.DisplayNames("res.users", []int64{f.user.UID})
	if err != nil {
		return err
	}
	text := record.Say(env, "sync.beta_acknowledged", fault.Args{"user": names[f.user.UID], "institution": f.institution.name})
	_, err = mail.Post(env, record.Links, link, text, mail.Options{})
	return err
}

func (f *liveFlow) facts() record.Link {
	return record.Link{ID: f.link, UUID: f.linkUUID, Provider: f.provider, Company: f.company,
		Institution: f.institution.id, InstitutionKey: f.institution.identifier}
}

// storeLink makes the connection, or renews the one that the flow is about.
func (c *Connections) storeLink(env *orm.Env, f *liveFlow, done *sdk.Connection) (int64, error) {
	sealed, err := c.Vault.Seal(env, f.linkUUID, done.Secret)
	if err != nil {
		return 0, err
	}
	values := orm.Values{
		"state": record.StateConnected, "attention": record.AttentionNone, "error_message": nil, "error_reference": nil,
		"failures": int64(0),
		"secret":   sealed, "external_id": record.Tidy(done.ExternalID), "next_refresh": env.Now().Add(c.Interval),
		"next_refresh_allowed": record.OrNoTime(done.NextRefresh), "history_from": nil, "no_accounts": nil,
	}
	if len(done.Accounts) == 0 {
		values["no_accounts"] = record.NoneReason(done.Empty)
	}
	endsOn(values, "")
	if !done.ConsentUntil.IsZero() {
		endsOn(values, record.DayOf(done.ConsentUntil))
	}
	if done.HistoryFrom.Valid() {
		values["history_from"] = record.Date(done.HistoryFrom)
	}
	if holder := cmp.Or(string(done.Holder), f.accountKind); holder != "" {
		values["account_kind"] = holder
	}
	external, _ := values["external_id"].(string)
	if f.link != 0 {
		return f.link, c.renewLink(env, f, values)
	}
	client, err := base.Param(env, base.UUID, "")
	if err != nil {
		return 0, err
	}
	provider, err := env.Search(record.Providers, domain.Where("name", domain.Eq, f.provider), orm.SearchOptions{Limit: 1})
	if err != nil {
		return 0, err
	}
	values["name"], values["company_id"], values["client_id"], values["uuid"] = f.institution.name, f.company, client, f.linkUUID
	values["institution_id"], values["auto_sync"] = record.OrNil(f.institution.id), true
	if f.betaAgreed {
		values["beta_acknowledged_at"], values["beta_acknowledged_by"] = env.Now(), record.OrNil(f.user.UID)
	}
	if len(provider) > 0 {
		values["provider_id"] = provider[0]
	}
	ids, err := env.Create(record.Links, values)
	if err != nil {
		return 0, err
	}
	c.renamed(env, f.provider, ids[0], "", external)
	return ids[0], nil
}

// renewLink lets the connection that a flow is about go on with the new consent. The
// one that it had ends once the new one has worked.
func (c *Connections) renewLink(env *orm.Env, f *liveFlow, values orm.Values) error {
	before, err := env.Read(record.Links, []int64{f.link}, "external_id", "consent", "uuid", "secret", "expiring_synchronization_date")
	if err != nil {
		return err
	}
	if before.Len() == 0 {
		return fault.Say(fault.Missing, "fault.missing", nil)
	}
	old := before.At(0)
	if err := c.restartRuns(env, f.link); err != nil {
		return err
	}
	if err := c.replace(env, f, old); err != nil {
		return err
	}
	values["consent"] = old.Int("consent") + 1
	if last, _ := values["expiring_synchronization_date"].(schema.Date); last == old.Date("expiring_synchronization_date") {
		delete(values, "consent_notice") // it ends when it did, which was told
		delete(values, "consent_told")
	}
	external, _ := values["external_id"].(string)
	c.renamed(env, f.provider, f.link, old.Str("external_id"), external)
	return env.Write(record.Links, []int64{f.link}, values)
}

// restartRuns begins the runs of a connection that is renewed anew: they have the
// old consent's secret, and pages of its.
func (c *Connections) restartRuns(env *orm.Env, link int64) error {
	ids, err := c.Queue.Restart(env, link)
	for _, id := range ids {
		if err == nil {
			err = fetch.Unstage(env, id, 0)
		}
	}
	return err
}

// chooseJournals makes accounts feed journals as the user chose; before are those
// that the connection had: where it is renewed, they go on as they were.
func (c *Connections) chooseJournals(env *orm.Env, f *liveFlow, done *sdk.Connection, known map[string]int64, before []int64) error {
	for _, told := range done.Accounts {
		account := known[told.ID]
		choice, said := f.journals[told.ID]
		switch {
		case account == 0:
		case said && (choice == false || choice == nil || choice == "none"):
		case said && choice != "new":
			journal, ok := record.IDIn(f.journals, told.ID)
			if !ok {
				return fault.New(fault.Value, "journals: want a journal's id, \"new\" or false")
			}
			if _, err := linkJournal(env, account, journal); err != nil {
				return err
			}
		case said:
			if _, err := linkJournal(env, account, 0); err != nil {
				return err
			}
		case f.renews && slices.Contains(before, account):
		case f.kind == sdk.FlowConnect && (done.Chosen == nil || slices.Contains(done.Chosen, told.ID)):
			if err := journalByDefault(env, account, told); err != nil {
				return err
			}
		}
	}
	return nil
}

// journalByDefault finds the journal of the same account number, or makes one.
func journalByDefault(env *orm.Env, account int64, told sdk.Account) error {
	number := base.SanitizeAccountNumber(told.Number)
	if number == "" {
		_, err := linkJournal(env, account, 0)
		return err
	}
	candidates, err := env.Search(record.Journals, domain.All(domain.Where("bank_account_id.sanitized_acc_number", domain.Eq, number),
		domain.Where("account_online_account_id", domain.Eq, nil), domain.Where("company_id", domain.Eq, env.Company()),
		domain.Where("type", domain.In, []any{"bank", "cash", "credit"})), orm.SearchOptions{})
	if err != nil {
		return err
	}
	rows, err := env.Read(record.Accounts, []int64{account}, "name", "currency_id", "company_id", "journal_ids")
	if err != nil || rows.Len() == 0 {
		return err
	}
	for _, journal := range candidates {
		if len(rows.At(0).Refs("journal_ids")) == 0 && fits(env, journal, rows.At(0)) == nil {
			_, err := linkJournal(env, account, journal)
			return err
		}
	}
	_, err = linkJournal(env, account, 0)
	return err
}
