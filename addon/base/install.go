package base

import (
	"crypto/rand"
	"fmt"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

func errMode(mode string) error {
	return fault.New(fault.Value, "Invalid access mode: %s", mode)
}

// install fills a database in the order in which things need each other.
func (b *Base) install(env *orm.Env, setup addon.Setup) error {
	steps := []func(*orm.Env, addon.Setup) error{
		seedCurrencies, seedCountries, seedLanguages, seedGroups, seedCompany, b.seedUsers, seedParameters,
		seedModules,
	}
	for _, step := range steps {
		if err := step(env, setup); err != nil {
			return err
		}
	}
	return nil
}

func seedCurrencies(env *orm.Env, _ addon.Setup) error {
	return seedAll(env, "res.currency", "name", "base.", currencies())
}

func seedCountries(env *orm.Env, _ addon.Setup) error {
	rows, err := env.SearchRead("res.currency", nil, []string{"name"}, orm.SearchOptions{Archived: true})
	if err != nil {
		return err
	}
	ids := map[string]int64{}
	for row := range rows.All() {
		ids[row.Str("name")] = row.ID()
	}
	return seedAll(env, "res.country", "code", "base.", countries(ids))
}

func seedLanguages(env *orm.Env, _ addon.Setup) error {
	return seedAll(env, "res.lang", "code", "base.lang_", []orm.Values{
		{"name": "English (US)", "code": "en_US", "iso_code": "en"},
		{"name": "Dutch / Nederlands", "code": "nl_NL", "iso_code": "nl", "date_format": "%d-%m-%Y",
			"decimal_point": ",", "thousands_sep": "."},
	})
}

// seedAll creates those rows whose key no record has yet, all at once, and
// gives each an external id. What users changed stays.
func seedAll(env *orm.Env, model, key, prefix string, rows []orm.Values) error {
	known, err := env.SearchRead(model, nil, []string{key}, orm.SearchOptions{Archived: true})
	if err != nil {
		return err
	}
	have := map[string]bool{}
	for row := range known.All() {
		have[row.Str(key)] = true
	}
	var missing []orm.Values
	for _, row := range rows {
		if !have[row[key].(string)] {
			missing = append(missing, row)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	ids, err := env.Create(model, missing...)
	if err != nil {
		return fault.Wrap(err, "seed", model)
	}
	names := make([]orm.Values, len(ids))
	for i, id := range ids {
		module, name := prefix[:4], prefix[5:]+externalName(model, missing[i][key].(string))
		names[i] = orm.Values{"module": module, "name": name, "model": model, "res_id": id}
	}
	_, err = env.Create("ir.model.data", names...)
	return err
}

// externalName follows Odoo's: base.USD, base.be, base.lang_en_US.
func externalName(model, key string) string {
	if model == "res.country" {
		return string([]byte{key[0] + 'a' - 'A', key[1] + 'a' - 'A'})
	}
	return key
}

func seedGroups(env *orm.Env, _ addon.Setup) error {
	groups := []struct{ xmlid, name, category string }{
		{GroupUser, "Internal User", "User types"},
		{GroupPublic, "Public", "User types"},
		{GroupPartner, "Contact Creation", "Extra Rights"},
		{GroupERP, "Access Rights", "Administration"},
		{GroupSystem, "Settings", "Administration"},
		{GroupDocumentation, "Technical Documentation", "Technical"},
	}
	for _, g := range groups {
		if _, err := Seed(env, g.xmlid, "res.groups", orm.Values{"name": g.name, "category": g.category}); err != nil {
			return err
		}
	}
	if err := Imply(env, GroupERP, GroupUser, GroupPartner); err != nil {
		return err
	}
	return Imply(env, GroupSystem, GroupERP, GroupDocumentation)
}

// Imply makes the members of a group members of others too.
func Imply(env *orm.Env, xmlid string, implied ...string) error {
	id, err := Ref(env, xmlid)
	if err != nil {
		return err
	}
	var commands []orm.Command
	for _, other := range implied {
		otherID, err := Ref(env, other)
		if err != nil {
			return err
		}
		commands = append(commands, orm.Command{Op: orm.CommandLink, ID: otherID})
	}
	return env.Write("res.groups", []int64{id}, orm.Values{"implied_ids": commands})
}

func seedCompany(env *orm.Env, setup addon.Setup) error {
	if _, err := Ref(env, "base.main_company"); err == nil {
		return nil
	}
	money, err := CurrencyID(env, orDefault(setup.Currency, "USD"))
	if err != nil {
		return err
	}
	values := orm.Values{"name": orDefault(setup.Company, "My Company"), "currency_id": money}
	where := domain.Where("code", domain.Eq, orDefault(setup.Country, "US"))
	lands, err := env.Search("res.country", where, orm.SearchOptions{Limit: 1})
	if err != nil {
		return err
	}
	if len(lands) == 0 {
		return fault.New(fault.Invalid, "Unknown country: %s", setup.Country)
	}
	values["country_id"] = lands[0]
	id, err := Seed(env, "base.main_company", "res.company", values)
	if err != nil {
		return err
	}
	rows, err := env.Read("res.company", []int64{id}, "partner_id")
	if err != nil {
		return err
	}
	return Name(env, "base.main_partner", "res.partner", rows.At(0).Ref("partner_id"))
}

// seedUsers makes the system's user and the administrator, in this order, so
// that they get the ids that clients know.
func (b *Base) seedUsers(env *orm.Env, setup addon.Setup) error {
	home, err := Ref(env, "base.main_company")
	if err != nil {
		return err
	}
	companies := []orm.Command{{Op: orm.CommandSet, IDs: []int64{home}}}
	if _, err := Seed(env, "base.user_root", "res.users", orm.Values{
		"name": "OdooBot", "login": "__system__", "active": false, "company_id": home, "company_ids": companies,
	}); err != nil {
		return err
	}
	if _, err := Ref(env, "base.user_admin"); err == nil {
		return nil
	}
	var groups []int64
	for _, g := range []string{GroupUser, GroupSystem} {
		id, err := Ref(env, g)
		if err != nil {
			return err
		}
		groups = append(groups, id)
	}
	login := orDefault(setup.Login, "admin")
	_, err = Seed(env, "base.user_admin", "res.users", orm.Values{
		"name": "Administrator", "login": login, "password": setup.Password, "lang": orDefault(setup.Language, "en_US"),
		"company_id": home, "company_ids": companies, "groups_id": []orm.Command{{Op: orm.CommandSet, IDs: groups}},
	})
	return err
}

// UUID is the database's identity: secrets are sealed to it.
const UUID = "database.uuid"

func seedParameters(env *orm.Env, _ addon.Setup) error {
	known, err := Param(env, UUID, "")
	if err != nil || known != "" {
		return err
	}
	return SetParam(env, UUID, NewUUID())
}

// newIdentity gives a copy a UUID of its own, so that nothing that was sealed to
// the original opens in it.
func newIdentity(env *orm.Env, copied bool) error {
	if !copied {
		return nil
	}
	return SetParam(env, UUID, NewUUID())
}

// NewUUID makes a random (version 4) UUID.
func NewUUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// seedModules lists the addons; "web" stands for the routes that clients look for.
func seedModules(env *orm.Env, setup addon.Setup) error {
	rows := []orm.Values{{"name": "web", "shortdesc": "Web", "state": "installed", "latest_version": "18.0.1.0",
		"installed_version": "18.0.1.0"}}
	for _, a := range setup.Addons {
		rows = append(rows, orm.Values{"name": a.Name, "shortdesc": a.Label, "summary": a.Summary, "author": "girosync",
			"state": "installed", "latest_version": a.Version, "installed_version": a.Version})
	}
	return seedAll(env, "ir.module.module", "name", "base.module_", rows)
}

func orDefault(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
