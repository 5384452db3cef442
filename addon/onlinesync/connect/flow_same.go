package connect

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/plugins/sdk"
)

// fieldSame asks what is to become of a connection that brings the same accounts.
const (
	fieldSame   = "existing"
	sameRenew   = "renew"
	sameReplace = "replace"
	fieldOther  = "other_accounts"
)

// same is a connection that works and brings accounts that a new one would take
// from it.
type same struct {
	link       int64
	uuid, name string
	accounts   []string
}

// storeUnlessSame stores a finished flow. Where it would take accounts from
// another connection, its user is asked first: the new consent may as well be the
// old connection's.
func (c *Connections) storeUnlessSame(env *orm.Env, key flowKey, f *liveFlow, done *sdk.Connection) (any, error) {
	if f.link != 0 || f.sameKnown {
		return c.connected(env, key, f, done)
	}
	old, err := findSame(env, f, done.Accounts)
	if err != nil {
		return c.flowFailed(env, key, f, err)
	}
	if old == nil {
		return c.connected(env, key, f, done)
	}
	f.done, f.same, f.step = done, old, old.step(f.institution.name, env.Context().Lang())
	return c.ask(env, key, f, f.step)
}

// step asks what is to become of the connection that is there.
func (old *same) step(bank, lang string) *sdk.Step {
	if len(old.accounts) == 0 {
		return unknownStep(bank, old.name, lang)
	}
	return &sdk.Step{Kind: sdk.StepForm, Title: bank,
		Text: record.SayIn(lang, "sync.same_accounts", fault.Args{"accounts": strings.Join(old.accounts, ", "), "connection": old.name}),
		Fields: []sdk.Field{{Name: fieldSame, Label: record.SayIn(lang, "sync.same_question", nil), Kind: sdk.ChoiceField, Required: true,
			Default: sameRenew, Choices: []sdk.Choice{
				{Value: sameRenew, Label: record.SayIn(lang, "sync.same_renew", fault.Args{"connection": old.name})},
				{Value: sameReplace, Label: record.SayIn(lang, "sync.same_replace", fault.Args{"connection": old.name})}}}}}
}

// unknownStep asks about a connection of the same bank where nothing tells whether
// its accounts are the same.
func unknownStep(bank, connection, lang string) *sdk.Step {
	return &sdk.Step{Kind: sdk.StepForm, Title: bank,
		Text: record.SayIn(lang, "sync.same_bank", fault.Args{"connection": connection}),
		Fields: []sdk.Field{{Name: fieldOther, Label: record.SayIn(lang, "sync.same_bank_other", nil), Kind: sdk.BooleanField,
			Required: true}}}
}

// sameAnswered goes on with what the user wants of the connection that is there.
// One that is renewed has a new consent: its old one would be forgotten, so it is
// ended at the provider once the new one is stored.
func (c *Connections) sameAnswered(env *orm.Env, key flowKey, f *liveFlow, texts map[string]string) (any, error) {
	f.sameKnown = true
	if texts[fieldSame] != sameRenew {
		return c.connected(env, key, f, f.done)
	}
	var before *record.Link
	err := env.Within(orm.TxRead, func(env *orm.Env) (err error) {
		before, err = c.Vault.Link(env.Sudo(), f.same.link)
		return err
	})
	if err != nil {
		return c.flowFailed(env, key, f, err)
	}
	f.link, f.linkUUID, f.renews = f.same.link, f.same.uuid, true
	reply, err := c.connected(env, key, f, f.done)
	if m, ok := reply.(map[string]any); ok && err == nil && m["state"] == record.FlowDone && !f.consentOf(before) {
		c.endConsent(env, f, before.Secret)
	}
	return reply, err
}

// consentOf reports whether the consent that a flow brought is one that a
// connection has already: some services give the same one again.
func (f *liveFlow) consentOf(link *record.Link) bool {
	return bytes.Equal(f.done.Secret, link.Secret) || f.done.ExternalID != "" && record.Tidy(f.done.ExternalID) == link.ExternalID
}

// giveBack ends the consent of a flow that is cancelled, unless it is the one of the
// connection that is there.
func (c *Connections) giveBack(env *orm.Env, f *liveFlow) {
	if f.done == nil {
		return
	}
	var there *record.Link
	err := env.Within(orm.TxRead, func(env *orm.Env) (err error) {
		there, err = c.Vault.Link(env.Sudo(), f.same.link)
		return err
	})
	if err == nil && !f.consentOf(there) || fault.Is(err, fault.Missing) {
		c.endConsent(env, f, f.done.Secret)
	}
}

// findSame finds the connection of the same provider from which most accounts
// would be taken; nil for none.
func findSame(env *orm.Env, f *liveFlow, told []sdk.Account) (*same, error) {
	facts, used, identities := f.facts(), map[string]bool{}, make([]any, 0, len(told))
	for i := range told {
		identities = append(identities, identityOf(&facts, &told[i], used))
	}
	var found []*same
	err := env.Within(orm.TxRead, func(env *orm.Env) error {
		found = nil
		rows, err := env.Sudo().SearchRead(record.Accounts, domain.All(domain.Where("company_id", domain.Eq, f.company),
			domain.Where("identity", domain.In, identities),
			domain.Where("account_online_link_id.state", domain.Ne, record.StateDisconnected),
			domain.Where("account_online_link_id.is_legacy", domain.Ne, true),
			domain.Where("account_online_link_id.provider_id.name", domain.Eq, f.provider)),
			[]string{"name", "account_online_link_id"}, orm.SearchOptions{Order: "id"})
		if err != nil {
			return err
		}
		for row := range rows.All() {
			link := row.Ref("account_online_link_id")
			at := slices.IndexFunc(found, func(s *same) bool { return s.link == link })
			if at < 0 {
				at, found = len(found), append(found, &same{link: link})
			}
			found[at].accounts = append(found[at].accounts, row.Str("name"))
		}
		if len(found) == 0 {
			return nil
		}
		slices.SortStableFunc(found, func(a, b *same) int { return len(b.accounts) - len(a.accounts) })
		named, err := env.Sudo().Read(record.Links, []int64{found[0].link}, "name", "uuid")
		if err != nil || named.Len() == 0 {
			return err
		}
		found[0].name, found[0].uuid = named.At(0).Str("name"), named.At(0).Str("uuid")
		return nil
	})
	if err != nil || len(found) > 0 {
		return first(found), err
	}
	return sameBank(env, f, told)
}

func first(found []*same) *same {
	if len(found) == 0 {
		return nil
	}
	return found[0]
}

// sameBank finds a connection of the same bank that works, where a bank tells
// nothing by which an account is known again under another consent; nil for none.
func sameBank(env *orm.Env, f *liveFlow, told []sdk.Account) (old *same, err error) {
	nameless := func(a sdk.Account) bool { return a.StableID == "" && a.Number == "" }
	if f.institution.id == 0 || !slices.ContainsFunc(told, nameless) {
		return nil, nil
	}
	err = env.Within(orm.TxRead, func(env *orm.Env) error {
		there, err := connectionsAt(env, f.company, f.institution.id)
		if err != nil || len(there) == 0 {
			return err
		}
		name, _ := there[0]["name"].(string)
		link, _ := there[0]["link_id"].(int64)
		old = &same{link: link, name: name}
		return nil
	})
	return old, err
}

// endConsent ends a consent of a flow's bank that no connection has: an old one,
// or one that was given and then cancelled here. What fails is logged.
func (c *Connections) endConsent(env *orm.Env, f *liveFlow, secret []byte) {
	if len(secret) == 0 {
		return
	}
	ctx, cancel := c.Plugins.Limit(context.WithoutCancel(env.Ctx()))
	defer cancel()
	p, _, err := c.Plugins.Open(ctx, f.provider)
	if err == nil {
		if revoker, ok := sdk.As[sdk.Revoker](p); ok {
			call := c.flowCall(env, f)
			call.Secret, call.SaveSecret = secret, func([]byte) error { return nil }
			err = revoker.Revoke(ctx, call)
		}
	}
	if err != nil && sdk.KindOf(err) != sdk.NotSupported {
		c.Log.Warn("a consent that no connection has was not ended at the bank", "provider", f.provider, "error", err)
	}
}

// connectionsAt lists the connections of a company at an institution that work, for
// who is about to make another: the same bank may be connected again by another
// login, while a lost permission is renewed.
func connectionsAt(env *orm.Env, company, institution int64) ([]map[string]any, error) {
	rows, err := env.Sudo().SearchRead(record.Links, domain.All(domain.Where("company_id", domain.Eq, company),
		domain.Where("institution_id", domain.Eq, institution), domain.Where("is_legacy", domain.Ne, true),
		domain.Where("state", domain.Ne, record.StateDisconnected)), []string{"name", "state", "attention"}, orm.SearchOptions{Order: "id"})
	if err != nil {
		return nil, err
	}
	list := []map[string]any{}
	for row := range rows.All() {
		list = append(list, map[string]any{"link_id": row.ID(), "name": row.Str("name"), "state": row.Str("state"),
			"attention": row.Str("attention")})
	}
	return list, nil
}

// withLinkUUID gives a flow that makes a connection the connection's own name.
func (f *liveFlow) withLinkUUID() {
	if f.linkUUID == "" {
		f.linkUUID = base.NewUUID()
	}
}
