package base_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/addon/secret"
)

// clerk is the uid of [someone], an employee without further rights; its
// partner is the fourth, after the company's, OdooBot's and the administrator's.
const clerk = 3

var someone = ormtest.Step{Model: "res.users", Method: "create", Want: "3",
	Args: `[{"name":"Clerk","login":"clerk","password":"clerk's own","groups_id":[[6,0,[1]]]}]`}

func newBase() *base.Base {
	return base.New(secret.NewHasher(secret.Cost{Memory: 64, Passes: 1, Threads: 1}))
}

func installed() (orm.Directory, []addon.Addon) {
	people := newBase()
	return people.Directory(), []addon.Addon{people.Addon()}
}

// each runs a test on both databases, with the addon alone.
func each(t *testing.T, test func(t *testing.T, db *orm.Database)) {
	ormtest.EachInstalled(t, installed, test)
}

func TestAFreshDatabase(t *testing.T) {
	each(t, func(t *testing.T, db *orm.Database) {
		ormtest.Converse(t, db, []ormtest.Step{
			{Model: "res.users", Method: "search_read",
				Args: `{"args":[[],["login","active","name"]],"kwargs":{"context":{"active_test":false},"order":"id"}}`,
				Want: `[{"id":1,"login":"__system__","active":false,"name":"OdooBot"},{"id":2,"login":"admin","active":true,` +
					`"name":"Administrator"}]`},
			{Model: "res.company", Method: "search_read", Args: `[[["currency_id.name","=","USD"],["country_id.code","=","US"]],` +
				`["name","partner_id"]]`, Want: `[{"id":1,"name":"My Company","partner_id":[1,"My Company"]}]`},
			{Model: "ir.module.module", Method: "search_read", Args: `{"args":[[],["name","state"]],"kwargs":{"order":"name"}}`,
				Want: `[{"id":2,"name":"base","state":"installed"},{"id":1,"name":"web","state":"installed"}]`},
			{Model: "res.lang", Method: "search_read", Args: `{"args":[[],["code"]],"kwargs":{"order":"code"}}`,
				Want: `[{"id":1,"code":"en_US"},{"id":2,"code":"nl_NL"}]`},
			{Model: "res.country", Method: "search_count",
				Args: `[["|","|","|","&",["code","=","BE"],["currency_id.name","=","EUR"],` +
					`"&",["code","=","NL"],["name","=","Netherlands"],"&",["code","=","US"],["currency_id.name","=","USD"],` +
					`"&",["code","=","JP"],["currency_id.name","=","JPY"]]]`, Want: `4`},
			{Model: "res.country", Method: "search_count", Args: `[[["code","in",["UK","ZR","DD","YU","AN","EU","QO"]]]]`, Want: `0`},
			{Model: "res.currency", Method: "search_count", Args: `[[]]`, Want: `2`},
			{Model: "ir.model.data", Method: "search_count", Args: `[[["module","=","base"],["name","in",["USD","be","main_company",` +
				`"main_partner","user_root","user_admin","group_user","lang_nl_NL","module_base"]]]]`, Want: `9`},
		})
	})
}

// A new user for whom nobody chose groups has those of Odoo's template user; one
// for whom somebody chose none has none.
func TestNewUsersAreEmployees(t *testing.T) {
	each(t, func(t *testing.T, db *orm.Database) {
		ormtest.Converse(t, db, []ormtest.Step{
			{Model: "res.users", Method: "default_get", Args: `[["groups_id"]]`, Want: `{"groups_id":[[6,0,[1,3]]]}`},
			{Model: "res.users", Method: "create", Args: `[{"name":"Ann","login":"ann"}]`, Want: "3"},
			{Model: "res.users", Method: "create", Args: `[{"name":"Bob","login":"bob","groups_id":[]}]`, Want: "4"},
			{Model: "res.users", Method: "create", Args: `[{"name":"Cis","login":"cis","groups_id":[[6,0,[1]]]}]`, Want: "5"},
			{Model: "res.users", Method: "read", Args: `[[3,4,5],["groups_id","share"]]`,
				Want: `[{"id":3,"groups_id":[3,1],"share":false},{"id":4,"groups_id":[],"share":true},{"id":5,"groups_id":[1],` +
					`"share":false}]`},
			{Model: "res.groups", Method: "get_external_id", Args: `[[1,3]]`,
				Want: `{"1":"base.group_user","3":"base.group_partner_manager"}`},
			{As: 3, Model: "res.users", Method: "has_group", Args: `[[3],"base.group_user"]`, Want: `true`},
			{As: 3, Model: "res.partner", Method: "create", Args: `[{"name":"A contact"}]`, Want: `7`},
			{As: 4, Model: "res.partner", Method: "search", Args: `[[]]`, Kind: fault.Denied},
		})
	})
}

func TestInstallingAgainChangesNothing(t *testing.T) {
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			people := newBase()
			db := ormtest.Install(t, ormtest.Setup{Kind: kind, Directory: people.Directory()}, people.Addon())
			ormtest.Converse(t, db, []ormtest.Step{ // what people changed stays, too
				{Model: "res.users", Method: "write", Args: `[[2],{"name":"Ann","login":"ann"}]`},
				{Model: "res.currency", Method: "write", Args: `[[1],{"symbol":"x"}]`},
				{Model: "res.company", Method: "write", Args: `[[1],{"name":"Acme"}]`},
			})
			before := everything(t, db)
			ordered, _, err := addon.Join(people.Addon())
			if err != nil {
				t.Fatal(err)
			}
			if err := addon.Install(t.Context(), db, ordered, addon.Setup{Company: "Other", Currency: "EUR", Login: "admin"}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(before, everything(t, db)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// everything is each record of each model as JSON, without the stamps.
func everything(t *testing.T, db *orm.Database) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	ormtest.Within(t, db, func(env *orm.Env) error {
		for _, name := range db.Registry().Names() {
			m, _ := db.Registry().Model(name)
			var fields []string
			for _, f := range m.Fields {
				if f.Name != "write_date" && f.Name != "write_uid" && f.Name != "password" {
					fields = append(fields, f.Name)
				}
			}
			rows, err := env.SearchRead(name, nil, fields, orm.SearchOptions{Archived: true, Order: "id"})
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			text, err := json.Marshal(rows)
			if err != nil {
				return err
			}
			found[name] = strings.SplitAfter(string(text), "},")
		}
		return nil
	})
	return found
}

func TestCurrenciesHaveTheDigitsOfTheirStandard(t *testing.T) {
	db := ormtest.Install(t, ormtest.Setup{Kind: ormtest.SQLite, Directory: newBase().Directory()}, newBase().Addon())
	digits := map[string]int64{}
	countries := 0
	ormtest.Within(t, db, func(env *orm.Env) error {
		rows, err := env.SearchRead("res.currency", nil, []string{"name", "decimal_places", "symbol", "rounding"},
			orm.SearchOptions{Archived: true})
		if err != nil {
			return err
		}
		for row := range rows.All() {
			digits[row.Str("name")] = row.Int("decimal_places")
			if row.Str("symbol") == "" || len(row.Str("name")) != 3 || row.Float("rounding") <= 0 {
				t.Errorf("%s has symbol %q, rounding %v", row.Str("name"), row.Str("symbol"), row.Float("rounding"))
			}
		}
		countries, err = env.Count("res.country", nil, 0)
		return err
	})
	for code, want := range map[string]int64{
		"USD": 2, "EUR": 2, "GBP": 2, "CHF": 2, "JPY": 0, "KRW": 0, "CLP": 0, "ISK": 0, "VND": 0, "XAF": 0, "UGX": 0,
		"BHD": 3, "KWD": 3, "JOD": 3, "OMR": 3, "TND": 3, "IQD": 3, "LYD": 3, "CLF": 4, "UYW": 4, "MRU": 2, "MGA": 2, "HUF": 2,
	} {
		if got, ok := digits[code]; !ok || got != want {
			t.Errorf("%s has %d digits (known %v), want %d", code, got, ok, want)
		}
	}
	if n := len(digits); n < 150 || n > 200 {
		t.Errorf("%d currencies", n)
	}
	if countries != 250 { // those of ISO 3166-1, and Kosovo
		t.Errorf("%d countries", countries)
	}
}

func TestGroupsImplyOthers(t *testing.T) {
	each(t, func(t *testing.T, db *orm.Database) {
		ormtest.Converse(t, db, []ormtest.Step{
			someone,
			{Model: "res.users", Method: "has_group", Args: `[[2],"base.group_system"]`, Want: `true`},
			{Model: "res.users", Method: "has_group", Args: `[[2],"base.group_erp_manager"]`, Want: `true`},
			{Model: "res.users", Method: "has_group", Args: `[[2],"base.group_partner_manager"]`, Want: `true`},
			{Model: "res.users", Method: "has_group", Args: `[[2],"base.group_public"]`, Want: `false`},
			{Model: "res.users", Method: "has_group", Args: `[[2],"no.such"]`, Want: `false`},
			{Model: "res.users", Method: "has_group", Args: `[[3],"base.group_user"]`, Want: `true`},
			{Model: "res.users", Method: "has_group", Args: `[[3],"base.group_system"]`, Want: `false`},
			{As: clerk, Model: "res.partner", Method: "create", Args: `[{"name":"x"}]`, Kind: fault.Denied},
			{As: clerk, Model: "res.users", Method: "write", Args: `[[3],{"groups_id":[[4,5]]}]`, Kind: fault.Denied},
			{As: clerk, Model: "res.groups", Method: "write", Args: `[[5],{"users":[[4,3]]}]`, Kind: fault.Denied},
			// A right that is given holds from the next call on.
			{Model: "res.users", Method: "write", Args: `[[3],{"groups_id":[[4,3]]}]`, Want: `true`},
			{As: clerk, Model: "res.partner", Method: "create", Args: `[{"name":"x"}]`},
			{Model: "res.users", Method: "write", Args: `[[3],{"groups_id":[[3,3]]}]`, Want: `true`},
			{As: clerk, Model: "res.partner", Method: "create", Args: `[{"name":"x"}]`, Kind: fault.Denied},
			{Model: "res.users", Method: "unlink", Args: `[[1]]`, Kind: fault.User},
		})
	})
}

func TestCompaniesKeepTheirRecordsApart(t *testing.T) {
	each(t, func(t *testing.T, db *orm.Database) {
		ormtest.Converse(t, db, []ormtest.Step{
			someone,
			{Model: "res.company", Method: "create", Args: `[{"name":"Other","currency_id":1}]`, Want: `2`},
			{Model: "res.users", Method: "read", Args: `[[2],["company_ids"]]`, Want: `[{"id":2,"company_ids":[1,2]}]`},
			{Model: "res.partner", Method: "create", Args: `{"args":[[{"name":"Ours","company_id":1},{"name":"Theirs","company_id":2},` +
				`{"name":"All's"}]],"kwargs":{"context":{"allowed_company_ids":[1,2]}}}`, Want: `[6,7,8]`},
			{As: clerk, Model: "res.partner", Method: "search", Args: `[[["id",">",5]]]`, Want: `[8,6]`},
			{As: clerk, Model: "res.partner", Method: "read", Args: `[[7],["name"]]`, Kind: fault.Denied},
			{As: clerk, Model: "res.company", Method: "search", Args: `[[]]`, Want: `[1]`},
			{As: clerk, Model: "res.partner", Method: "search", Args: `{"args":[[]],"kwargs":{"context":{"allowed_company_ids":[2]}}}`,
				Kind: fault.Denied, Want: "Access to unauthorized or invalid companies."},
			{Model: "res.partner", Method: "search", Args: `{"args":[[["id",">",5]]],"kwargs":{"context":{"allowed_company_ids":[1,2]}}}`,
				Want: `[8,6,7]`},
			{Model: "res.users", Method: "write", Args: `[[3],{"company_id":2}]`, Kind: fault.Invalid,
				Want: "The company is not in the allowed companies for user Clerk."},
			{Model: "res.company", Method: "write", Args: `[[2],{"name":"My Company"}]`, Kind: fault.Invalid,
				Want: "The operation cannot be completed: The company name must be unique!"},
			{As: clerk, Model: "res.company", Method: "create", Args: `[{"name":"x","currency_id":1}]`, Kind: fault.Denied},
		})
	})
}

func TestParameters(t *testing.T) {
	each(t, func(t *testing.T, db *orm.Database) {
		ormtest.Converse(t, db, []ormtest.Step{
			someone,
			{Model: "ir.config_parameter", Method: "get_param", Args: `["a"]`, Want: `false`},
			{Model: "ir.config_parameter", Method: "get_param", Args: `["a","otherwise"]`, Want: `"otherwise"`},
			{Model: "ir.config_parameter", Method: "set_param", Args: `["a","one"]`, Want: `false`},
			{Model: "ir.config_parameter", Method: "set_param", Args: `["a","two"]`, Want: `"one"`},
			{Model: "ir.config_parameter", Method: "get_param", Args: `["a","otherwise"]`, Want: `"two"`},
			{Model: "ir.config_parameter", Method: "search_count", Args: `[[["key","=","a"]]]`, Want: `1`},
			{Model: "ir.config_parameter", Method: "set_param", Args: `["a",false]`, Want: `"two"`},
			{Model: "ir.config_parameter", Method: "search_count", Args: `[[["key","=","a"]]]`, Want: `0`},
			{Model: "ir.config_parameter", Method: "set_param", Args: `["n",7]`, Want: `false`},
			{Model: "ir.config_parameter", Method: "get_param", Args: `["n"]`, Want: `"7"`},
			{Model: "ir.config_parameter", Method: "set_param", Args: `["b",true]`, Want: `false`},
			{Model: "ir.config_parameter", Method: "get_param", Args: `["b"]`, Want: `"True"`},
			{Model: "ir.config_parameter", Method: "create", Args: `[{"key":"n","value":"8"}]`, Kind: fault.Invalid,
				Want: "The operation cannot be completed: Key must be unique."},
			{As: clerk, Model: "ir.config_parameter", Method: "get_param", Args: `["n"]`, Kind: fault.Denied},
			{As: clerk, Model: "ir.config_parameter", Method: "set_param", Args: `["n","x"]`, Kind: fault.Denied},
			{As: clerk, Model: "ir.config_parameter", Method: "search_read", Args: `[[]]`, Kind: fault.Denied},
		})
	})
}

// TestModelsDescribeThemselves: ir.model and ir.model.fields say what the registry says.
func TestModelsDescribeThemselves(t *testing.T) {
	each(t, func(t *testing.T, db *orm.Database) {
		want, got := map[string]string{}, map[string]string{}
		for _, name := range db.Registry().Names() {
			m, _ := db.Registry().Model(name)
			want[name] = m.Label
			for _, f := range m.Fields {
				if !f.Hidden {
					want[name+" "+f.Name] = fmt.Sprintf("%s %s %s", f.ToldType(), f.Label, f.Comodel)
				}
			}
		}
		ormtest.Within(t, db, func(env *orm.Env) error {
			rows, err := env.SearchRead("ir.model", nil, []string{"model", "name"}, orm.SearchOptions{})
			if err != nil {
				return err
			}
			for row := range rows.All() {
				got[row.Str("model")] = row.Str("name")
			}
			if rows, err = env.SearchRead("ir.model.fields", nil, []string{"model", "name", "ttype", "field_description", "relation"},
				orm.SearchOptions{}); err != nil {
				return err
			}
			for row := range rows.All() {
				got[row.Str("model")+" "+row.Str("name")] = fmt.Sprintf("%s %s %s", row.Str("ttype"), row.Str("field_description"),
					row.Str("relation"))
			}
			_, err = env.Search("ir.model", domain.Where("model", domain.Eq, "res.users"), orm.SearchOptions{})
			return err
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
