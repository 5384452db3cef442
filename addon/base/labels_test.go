package base_test

import (
	"testing"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/orm"
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
		const english = `{"street":{"string":"Street"},"type":{"selection":[["contact","Contact"],["invoice","Invoice Address"],["delivery","Delivery Address"],["other","Other Address"]],"string":"Address Type"}}`
		ormtest.Converse(t, db, []ormtest.Step{
			{Model: "res.partner", Method: "fields_get", Args: asked(`"nl_NL"`),
				Want: `{"street":{"string":"Straat"},"type":{"selection":[["contact","Contact"],["invoice","Factuuradres"],["delivery","Afleveradres"],["other","Ander adres"]],"string":"Soort adres"}}`},
			{Model: "res.partner", Method: "fields_get", Args: asked(`"en_US"`), Want: english},
			{Model: "res.partner", Method: "fields_get", Args: asked(`false`), Want: english},
			{Model: "res.country", Method: "fields_get", Args: `{"args":[["code"],["help"]],"kwargs":{"context":{"lang":"nl_NL"}}}`,
				Want: `{"code":{"help":"De ISO 3166-1-code van twee letters."}}`},
			// tables go out and come in in the language of the call, too
			{Model: "res.partner", Method: "create", Args: `[{"name":"Kas","type":"invoice"}]`},
			{Model: "res.partner", Method: "load", Args: `{"args":[["name","type"],[["Post","Afleveradres"],["Mail","Delivery Address"]]],"kwargs":{"context":{"lang":"nl_NL"}}}`},
			{Model: "res.partner", Method: "search_count", Args: `[[["name","in",["Post","Mail"]],["type","=","delivery"]]]`, Want: `2`},
			{Model: "res.partner", Method: "load", Args: `{"args":[["name","type"],[["Post","Nergens"]]],"kwargs":{"context":{"lang":"nl_NL"}}}`,
				Want: `{"ids":false,"messages":[{"field":"type","field_name":"Soort adres","message":"Value 'Nergens' not found in selection field 'Soort adres'","record":0,"rows":{"from":0,"to":0},"type":"error"}],"nextrow":0}`},
		})
	})
}
