package orm_test

import (
	"fmt"
	"testing"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/addon/orm/schema"
)

// shelf is a model named by what is computed, notes about its records by id,
// and a method that takes any argument.
func shelf() orm.Part {
	all := orm.Access{"base.group_user": orm.Change}
	return orm.Part{Name: "shelf", Models: []orm.Model{
		{
			Name: "book", Label: "Book", RecName: "full", NameField: "title",
			Fields: schema.Fields{
				schema.Char("title", "Title").Required(), schema.Boolean("lent", "Lent"),
				schema.Char("full", "Full Title").DependsOn("title"),
			},
			Bound: orm.Bound{
				Access: all,
				Computes: []orm.Compute{{Fields: []string{"full"}, Do: func(_ *orm.Env, batch *orm.Batch) error {
					rows, err := batch.Rows("title")
					for i := range batch.Len() {
						batch.Set(i, "full", "The "+rows.At(i).Str("title"))
					}
					return err
				}}},
				Methods: orm.Methods{
					"take": {OnModel: true, Extra: true, Params: []orm.Param{orm.Arg("one")},
						Do: func(_ *orm.Env, call *orm.Call) (any, error) {
							return fmt.Sprint(call.Value("one"), call.Extra()), nil
						}},
				},
			},
		},
		{
			Name: "note", Label: "Note",
			Fields: schema.Fields{schema.Char("name", "Name"), schema.Integer("about", "About")},
			Bound: orm.Bound{Access: all, Rules: []orm.Rule{{Name: "of lent books", Domain: func(env *orm.Env) (domain.Node, error) {
				return domain.Where("about", domain.AnyOf, domain.Of{Model: "book", Node: domain.Where("lent", domain.Eq, true)}), nil
			}}}},
		},
	}}
}

// TestBinaryIsBase64 keeps bytes of any kind and finds out whether there are any.
func TestBinaryIsBase64(t *testing.T) {
	ormtest.Each(t, func(t *testing.T, open func(parts ...orm.Part) *orm.Database) {
		db := open(world())
		fixture(t, db)
		ormtest.Converse(t, db, []ormtest.Step{
			{Model: "res.partner", Method: "create", Args: `[[{"name":"A","photo":"AP9QREY="},{"name":"B"},{"name":"C","photo":""}]]`,
				Want: `[1,2,3]`},
			{Model: "res.partner", Method: "read", Args: `[[1,2,3],["photo"]]`, Want: `[{"id":1,"photo":"AP9QREY="},` +
				`{"id":2,"photo":false},{"id":3,"photo":false}]`},
			{Model: "res.partner", Method: "search", Args: `[[["photo","!=",false]]]`, Want: `[1]`},
			{Model: "res.partner", Method: "search", Args: `[[["photo","=",false]]]`, Want: `[2,3]`},
			{Model: "res.partner", Method: "write", Args: `[[1],{"photo":"YQ=="}]`, Want: `true`},
			{Model: "res.partner", Method: "copy", Args: `[[1]]`, Want: `[4]`},
			{Model: "res.partner", Method: "read", Args: `[[4],["photo"]]`, Want: `[{"id":4,"photo":"YQ=="}]`},
			{Model: "res.partner", Method: "write", Args: `[[1],{"photo":false}]`, Want: `true`},
			{Model: "res.partner", Method: "read", Args: `[[1],["photo"]]`, Want: `[{"id":1,"photo":false}]`},
			{Model: "res.partner", Method: "create", Args: `[{"name":"D","photo":"not base64!"}]`, Kind: fault.Value},
			{Model: "res.partner", Method: "create", Args: `[{"name":"D","photo":[1]}]`, Kind: fault.Value},
			{Model: "res.partner", Method: "search", Args: `[[["photo","=","YQ=="]]]`, Kind: fault.Value},
			{Model: "res.partner", Method: "search", Args: `[[["photo","ilike","a"]]]`, Kind: fault.Value},
			{Model: "res.partner", Method: "read_group", Args: `[[],["id"],["photo"]]`, Kind: fault.Value},
			{Model: "res.partner", Method: "fields_get", Args: `[["photo"],["type","sortable","searchable"]]`,
				Want: `{"photo":{"searchable":true,"sortable":false,"type":"binary"}}`},
		})
	})
}

func TestRecordsAreNamedInTheFieldThatIsTyped(t *testing.T) {
	ormtest.Each(t, func(t *testing.T, open func(parts ...orm.Part) *orm.Database) {
		ormtest.Converse(t, open(shelf()), []ormtest.Step{
			{Model: "book", Method: "name_create", Args: `["Sea"]`, Want: `[1,"The Sea"]`},
			{Model: "book", Method: "copy", Args: `[[1]]`, Want: `[2]`},
			{Model: "book", Method: "read", Args: `[[1,2],["title","full"]]`, Want: `[{"id":1,"title":"Sea","full":"The Sea"},` +
				`{"id":2,"title":"Sea (copy)","full":"The Sea (copy)"}]`},
			{Model: "book", Method: "copy", Args: `[[1],{"title":"Own"}]`, Want: `[3]`},
			{Model: "book", Method: "read", Args: `[[3],["title"]]`, Want: `[{"id":3,"title":"Own"}]`},
			{Model: "note", Method: "name_create", Args: `["n"]`, Kind: fault.Denied},
		})
	})
}

func TestMethodsMayTakeFurtherArguments(t *testing.T) {
	db := ormtest.New(t, ormtest.On(ormtest.SQLite), shelf())
	ormtest.Converse(t, db, []ormtest.Step{
		{Model: "book", Method: "take", Args: `{"args":["x"],"kwargs":{"more":1,"and":2}}`, Want: `"xmap[and:2 more:1]"`},
		{Model: "book", Method: "take", Args: `["x"]`, Want: `"xmap[]"`},
		{Model: "book", Method: "take", Args: `{"kwargs":{"more":1}}`, Kind: fault.Type,
			Want: "Book.take() missing 1 required positional argument: 'one'"},
		{Model: "book", Method: "name_create", Args: `{"args":["x"],"kwargs":{"more":1}}`, Kind: fault.Type},
	})
}

// TestRulesFollowAnIdThatIsNoReference: the records seen are those about a
// record that fulfils the rule; the opposite holds the others and those about
// nothing.
func TestRulesFollowAnIdThatIsNoReference(t *testing.T) {
	ormtest.Each(t, func(t *testing.T, open func(parts ...orm.Part) *orm.Database) {
		db := open(shelf())
		ormtest.Within(t, db, func(env *orm.Env) error {
			if _, err := env.Create("book", orm.Values{"title": "a", "lent": true}, orm.Values{"title": "b"}); err != nil {
				return err
			}
			_, err := env.Create("note", orm.Values{"about": int64(1)}, orm.Values{"about": int64(2)}, orm.Values{"about": int64(9)},
				orm.Values{"name": "nothing"})
			return err
		})
		ormtest.Converse(t, db, []ormtest.Step{
			{As: ormtest.Clerk, Model: "note", Method: "search", Args: `[[]]`, Want: `[1]`},
			{As: ormtest.Clerk, Model: "note", Method: "read", Args: `[[2],["about"]]`, Kind: fault.Denied},
			{As: ormtest.Clerk, Model: "note", Method: "search", Args: `[[["about","any",[["id","=",1]]]]]`, Kind: fault.Value},
		})
		ormtest.Within(t, db, func(env *orm.Env) error {
			lent := domain.Where("about", domain.AnyOf, domain.Of{Model: "book", Node: domain.Where("lent", domain.Eq, true)})
			ids, err := env.Search("note", domain.Not{Node: lent}, orm.SearchOptions{})
			if fmt.Sprint(ids) != "[2 3 4]" {
				t.Errorf("the opposite: %v", ids)
			}
			return err
		})
	})
}
