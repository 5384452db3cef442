package base_test

import (
	"fmt"
	"testing"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

// Fields are described in the language of the call.
func TestLabelsInTheLanguageOfTheCall(t *testing.T) {
	ormtest.EachInstalled(t, func() (orm.Directory, []addon.Addon) {
		people := newBase()
		return people.Directory(), []addon.Addon{people.Addon()}
	}, func(t *testing.T, db *orm.Database) {
		asked := func(lang string) string {
			return `{"args":[["street","type"],["string","selection"]],"kwargs":{"context":{"lang":` + lang + `}}}`
		}
		const english = `{"street":{"string":"Street"},"type":{"selection":[["contact","Contact"],["invoice","Invoice Address"],` +
			`["delivery","Delivery Address"],["other","Other Address"]],"string":"Address Type"}}`
		var users, countries, code int64
		ormtest.Within(t, db, func(env *orm.Env) error {
			for model, id := range map[string]*int64{"res.users": &users, "res.country": &countries} {
				ids, err := env.Search("ir.model", domain.Where("model", domain.Eq, model), orm.SearchOptions{})
				if err != nil || len(ids) != 1 {
					return fmt.Errorf("%s: %v, %w", model, ids, err)
				}
				*id = ids[0]
			}
			ids, err := env.Search("ir.model.fields",
				domain.All(domain.Where("model", domain.Eq, "res.country"), domain.Where("name", domain.Eq, "code")), orm.SearchOptions{})
			code = ids[0]
			return err
		})
		ormtest.Converse(t, db, []ormtest.Step{
			{Model: "res.partner", Method: "fields_get", Args: asked(`"nl_NL"`),
				Want: `{"street":{"string":"Straat"},"type":{"selection":[["contact","Contact"],["invoice","Factuuradres"],` +
					`["delivery","Afleveradres"],["other","Ander adres"]],"string":"Soort adres"}}`},
			{Model: "res.partner", Method: "fields_get", Args: asked(`"en_US"`), Want: english},
			{Model: "res.partner", Method: "fields_get", Args: asked(`false`), Want: english},
			{Model: "res.country", Method: "fields_get", Args: `{"args":[["code"],["help"]],"kwargs":{"context":{"lang":"nl_NL"}}}`,
				Want: `{"code":{"help":"De ISO 3166-1-code van twee letters."}}`},
			// so do the models that tell of models
			{Model: "ir.model", Method: "search_read", Args: `{"args":[[["model","=","res.users"]],["name","model"]],` +
				`"kwargs":{"context":{"lang":"nl_NL"},"limit":1}}`,
				Want: fmt.Sprintf(`[{"id":%d,"name":"Gebruiker","model":"res.users"}]`, users)},
			{Model: "ir.model", Method: "search_read", Args: `[[["model","=","res.users"]],["name","display_name"]]`,
				Want: fmt.Sprintf(`[{"id":%d,"name":"User","display_name":"User"}]`, users)},
			{Model: "ir.model", Method: "name_search", Args: `{"args":["res.users"],"kwargs":{"operator":"=","context":{"lang":"nl_NL"}}}`,
				Want: fmt.Sprintf(`[[%d,"Gebruiker"]]`, users)},
			{Model: "ir.model.fields", Method: "read",
				Args: fmt.Sprintf(`{"args":[[%d],["field_description","help","name","model_id"]],"kwargs":{"context":{"lang":"nl_NL"}}}`,
					code),
				Want: fmt.Sprintf(`[{"id":%d,"field_description":"Landcode","help":"De ISO 3166-1-code van twee letters.","name":"code",`+
					`"model_id":[%d,"Land"]}]`, code, countries)},
			// tables go out and come in in the language of the call, too
			{Model: "res.partner", Method: "create", Args: `[{"name":"Kas","type":"invoice"}]`},
			{Model: "res.partner", Method: "load", Args: `{"args":[["name","type"],[["Post","Afleveradres"],` +
				`["Mail","Delivery Address"]]],"kwargs":{"context":{"lang":"nl_NL"}}}`},
			{Model: "res.partner", Method: "search_count", Args: `[[["name","in",["Post","Mail"]],["type","=","delivery"]]]`, Want: `2`},
			{Model: "res.partner", Method: "load", Args: `{"args":[["name","type"],[["Post","Nergens"]]],` +
				`"kwargs":{"context":{"lang":"nl_NL"}}}`,
				Want: `{"ids":false,"messages":[{"field":"type","field_name":"Soort adres","message":"Value 'Nergens' not found in ` +
					`selection field 'Soort adres'","record":0,"rows":{"from":0,"to":0},"type":"error"}],"nextrow":0}`},
		})
	})
}
