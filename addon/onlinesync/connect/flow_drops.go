package connect

import (
	"errors"
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/onlinesync/notice"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/plugins/sdk"
)

// fieldDrops asks whether accounts may be lost that a new consent does not cover.
const (
	fieldDrops = "dropped"
	dropsAgain = "again"
	dropsGoOn  = "go_on"
)

// drop is an account that feeds a journal, and that a renewed consent no longer covers.
type drop struct {
	id, link int64
	name     string // with that of its connection, where it is another
}

// dropStep says what would be lost, and lets the user go back (D08).
func dropStep(drops []drop, bank, lang string) *sdk.Step {
	args := fault.Args{"accounts": namesOf(drops)}
	return &sdk.Step{Kind: sdk.StepForm, Title: bank, Text: record.SayIn(lang, "sync.drops", args),
		Fields: []sdk.Field{{Name: fieldDrops, Label: record.SayIn(lang, "sync.same_question", nil), Kind: sdk.ChoiceField, Required: true,
			Choices: []sdk.Choice{{Value: dropsAgain, Label: record.SayIn(lang, "sync.drops_again", nil)},
				{Value: dropsGoOn, Label: record.SayIn(lang, "sync.drops_go_on", args)}}}}}
}

func namesOf(drops []drop) string {
	names := make([]string, 0, len(drops))
	for _, d := range drops {
		names = append(names, d.name)
	}
	return strings.Join(names, ", ")
}

// findDrops lists the accounts that feed a journal and that the consent that a flow
// brought no longer covers: those of the connection that it renews, and those of other
// connections that have the same consent.
func (c *Connections) findDrops(env *orm.Env, f *liveFlow) ([]drop, error) {
	var drops []drop
	var others []int64
	err := env.Within(orm.TxRead, func(env *orm.Env) error {
		env = env.Sudo()
		old, err := c.Vault.Link(env, f.link)
		if err != nil {
			return err
		}
		if drops, err = lost(env, f.link, identitiesOf(f.facts(), f.done.Accounts), ""); err != nil {
			return err
		}
		others = nil
		if len(old.Secret) > 0 && !f.replaces(old.ExternalID, old.Secret) {
			others, err = c.Ender.Sharing(env, f.provider, old.ExternalID, old.Secret, f.link)
		}
		return err
	})
	for _, id := range others {
		if err != nil {
			return nil, err
		}
		var more []drop
		more, err = c.lostBeside(env, id)
		drops = append(drops, more...)
	}
	return drops, err
}

// lost lists the accounts of a connection that feed a journal and are not among those
// that are covered. beside is the connection's name where it is to be told.
func lost(env *orm.Env, link int64, covered []string, beside string) ([]drop, error) {
	rows, err := env.SearchRead(record.Accounts, domain.All(domain.Where("account_online_link_id", domain.Eq, link),
		domain.Where("gone", domain.Ne, true), domain.Where("journal_ids", domain.Ne, false)), []string{"name", "identity"},
		orm.SearchOptions{Order: "name, id"})
	if err != nil {
		return nil, err
	}
	var drops []drop
	for row := range rows.All() {
		if slices.Contains(covered, row.Str("identity")) {
			continue
		}
		d := drop{row.ID(), link, row.Str("name")}
		if beside != "" {
			d.name += " (" + beside + ")"
		}
		drops = append(drops, d)
	}
	return drops, nil
}

// lostBeside asks what another connection of a consent that was given anew can still
// read. A bank that does not answer now says nothing.
func (c *Connections) lostBeside(env *orm.Env, id int64) (drops []drop, err error) {
	var other *record.Link
	err = env.Within(orm.TxRead, func(env *orm.Env) (err error) {
		other, err = c.Vault.Link(env.Sudo(), id)
		return err
	})
	if err != nil {
		return nil, err
	}
	list, err := c.listAccounts(env, other, env.Now())
	switch sdk.KindOf(err) {
	case "", sdk.ConsentExpired, sdk.BadCredentials:
	default:
		c.Log.Warn("what a renewed consent still covers is not known", "link", id, "error", err)
		return nil, nil
	}
	err = env.Within(orm.TxRead, func(env *orm.Env) (err error) {
		drops, err = lost(env.Sudo(), id, identitiesOf(*other, list.Accounts), other.Name)
		return err
	})
	return drops, err
}

// tellDropped says on their connections which accounts a renewed consent no longer
// covers, and lets them rest. Their journals stay theirs.
func tellDropped(env *orm.Env, link int64, drops []drop) error {
	byLink := map[int64][]drop{}
	links := []int64{link}
	for _, d := range drops {
		byLink[d.link] = append(byLink[d.link], d)
		if !slices.Contains(links, d.link) {
			links = append(links, d.link)
		}
	}
	for _, of := range links {
		if len(byLink[of]) == 0 {
			continue
		}
		ids := make([]int64, 0, len(byLink[of]))
		for _, d := range byLink[of] {
			ids = append(ids, d.id)
		}
		if err := env.Write(record.Accounts, ids, orm.Values{"gone": true, "dropped": true}); err != nil {
			return err
		}
		args := fault.Args{"accounts": namesOf(byLink[of])}
		if _, err := mail.Post(env, record.Links, of, record.Say(env, "sync.accounts_dropped", args), mail.Options{}); err != nil {
			return err
		}
		if err := tellAbout(env, of, notice.Notice{Kind: notice.Accounts, Story: notice.AccountsDropped, Args: args}); err != nil {
			return err
		}
	}
	return nil
}

// identitiesOf names accounts so that other connections recognise them.
func identitiesOf(link record.Link, told []sdk.Account) []string {
	used, list := map[string]bool{}, make([]string, 0, len(told))
	for i := range told {
		list = append(list, identityOf(&link, &told[i], used))
	}
	return list
}

// lostIsNone takes a secret that no key opens for none.
func lostIsNone(err error) error {
	if errors.Is(err, record.ErrSecretLost) {
		return nil
	}
	return err
}
