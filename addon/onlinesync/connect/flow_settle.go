package connect

import (
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/plugins/sdk"
)

// fieldSame asks what is to become of connections that bring the same accounts.
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

// settleOrAsk stores a flow that its provider has finished. Where accounts would be
// taken from other connections, or be lost to one that is renewed, its user is asked
// first, one after the other.
func (c *Connections) settleOrAsk(env *orm.Env, key flowKey, f *liveFlow) (any, error) {
	if f.link == 0 && !f.sameKnown {
		old, err := findSame(env, f, f.done.Accounts)
		if err != nil {
			return c.flowFailed(env, key, f, err)
		}
		if f.same = old; len(old) > 0 {
			return c.ask(env, key, f, sameStep(old, f.institution.name, env.Context().Lang()))
		}
	}
	if f.link != 0 && !f.dropsKnown {
		drops, err := c.findDrops(env, f)
		if err != nil {
			return c.flowFailed(env, key, f, err)
		}
		if f.drops = drops; len(drops) > 0 {
			return c.ask(env, key, f, dropStep(drops, f.institution.name, env.Context().Lang()))
		}
	}
	return c.connected(env, key, f)
}

// settled goes on with what the user wants of a consent that is not stored yet.
func (c *Connections) settled(env *orm.Env, key flowKey, f *liveFlow, texts map[string]string) (any, error) {
	if f.link == 0 {
		f.sameKnown = true
		if texts[fieldSame] == sameRenew {
			f.link, f.linkUUID, f.renews = f.same[0].link, f.same[0].uuid, true
		}
		return c.settleOrAsk(env, key, f)
	}
	if texts[fieldDrops] == dropsAgain {
		return c.beginAgain(env, key, f)
	}
	f.dropsKnown = true
	return c.settleOrAsk(env, key, f)
}

// beginAgain lets the user choose again at the bank: what the consent was that they
// gave is ended, and the flow begins anew.
func (c *Connections) beginAgain(env *orm.Env, key flowKey, f *liveFlow) (any, error) {
	if err := c.giveBack(env, f); err != nil {
		return nil, err
	}
	if f.renews {
		f.link, f.linkUUID, f.renews = 0, "", false
	}
	f.started, f.done, f.state, f.step, f.journals = false, nil, nil, nil, nil
	f.same, f.sameKnown, f.drops, f.dropsKnown = nil, false, nil, false
	c.flows.retoken(key, f)
	return c.advance(env, key, f, nil)
}

// sameStep asks what is to become of the connections that are there; the first of
// them may go on with the new consent.
func sameStep(old []*same, bank, lang string) *sdk.Step {
	if len(old[0].accounts) == 0 {
		return unknownStep(bank, old[0].name, lang)
	}
	var told, others []string
	for i, s := range old {
		told = append(told, record.SayIn(lang, "sync.same_accounts",
			fault.Args{"accounts": strings.Join(s.accounts, ", "), "connection": s.name}))
		if i > 0 {
			others = append(others, s.name)
		}
	}
	renew := record.SayIn(lang, "sync.same_renew", fault.Args{"connection": old[0].name})
	if len(others) > 0 {
		renew = record.SayIn(lang, "sync.same_renew_all", fault.Args{"connection": old[0].name, "others": strings.Join(others, ", ")})
	}
	replaced := strings.Join(append([]string{old[0].name}, others...), ", ")
	return &sdk.Step{Kind: sdk.StepForm, Title: bank, Text: strings.Join(told, "\n"),
		Fields: []sdk.Field{{Name: fieldSame, Label: record.SayIn(lang, "sync.same_question", nil), Kind: sdk.ChoiceField, Required: true,
			Default: sameRenew, Choices: []sdk.Choice{{Value: sameRenew, Label: renew},
				{Value: sameReplace, Label: record.SayIn(lang, "sync.same_replace", fault.Args{"connection": replaced})}}}}}
}

// unknownStep asks about a connection of the same bank where nothing tells whether
// its accounts are the same.
func unknownStep(bank, connection, lang string) *sdk.Step {
	return &sdk.Step{Kind: sdk.StepForm, Title: bank,
		Text: record.SayIn(lang, "sync.same_bank", fault.Args{"connection": connection}),
		Fields: []sdk.Field{{Name: fieldOther, Label: record.SayIn(lang, "sync.same_bank_other", nil), Kind: sdk.BooleanField,
			Required: true}}}
}

// findSame finds the connections of the same provider from which accounts would be
// taken, the one with most of them first.
func findSame(env *orm.Env, f *liveFlow, told []sdk.Account) ([]*same, error) {
	identities := record.Strings(identitiesOf(f.facts(), told))
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
		for _, s := range found {
			named, err := env.Sudo().Read(record.Links, []int64{s.link}, "name", "uuid")
			if err != nil || named.Len() == 0 {
				return err
			}
			s.name, s.uuid = named.At(0).Str("name"), named.At(0).Str("uuid")
		}
		return nil
	})
	if err != nil || len(found) > 0 {
		return found, err
	}
	return sameBank(env, f, told)
}

// sameBank finds a connection of the same bank that works, where a bank tells
// nothing by which an account is known again under another consent; nil for none.
func sameBank(env *orm.Env, f *liveFlow, told []sdk.Account) (old []*same, err error) {
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
		old = []*same{{link: link, name: name}}
		return nil
	})
	return old, err
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
