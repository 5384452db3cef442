package declare

import (
	"time"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// Part is what this room adds to a registry.
func Part() orm.Part { return orm.Part{Models: []orm.Model{model}} }

var model = orm.Model{
	Name: record.Declarations, Label: "Declaration", Order: "id desc",
	Fields: schema.Fields{
		schema.Char("name", "Title").Required().Readonly(),
		schema.Many2one("link_id", "Connection", record.Links).Readonly().Indexed(),
		schema.Many2one("company_id", "Company", "res.company").Required().Readonly(),
		schema.Char("identifier", "Identifier").Required().Readonly(),
		schema.Char("version", "Version").Required().Readonly(),
		schema.Text("text", "Text").Required().Readonly().Help("As it was shown."),
		schema.Boolean("accepted", "Accepted").Readonly(),
		schema.Many2one("user_id", "User", "res.users").Readonly(),
		schema.Char("user_name", "User's Name").Readonly(),
		schema.Datetime("declared_at", "Declared").Required().Readonly(),
	},
	Bound: orm.Bound{
		Access: record.Readers(),
		Rules:  []orm.Rule{base.CompanyRule("Declaration: company")},
	},
}

// Answer is what a user said to a declaration.
type Answer struct {
	Declaration sdk.Declaration
	Language    string // in which it was shown
	Accepted    bool
	User        int64
	At          time.Time
}

// Outstanding lists what a connection has not been asked in this version; all of it for
// link 0, one that is being made. What has to be accepted and was not is asked again.
func Outstanding(env *orm.Env, link int64, wanted []sdk.Declaration) ([]sdk.Declaration, error) {
	if link == 0 || len(wanted) == 0 {
		return wanted, nil
	}
	rows, err := env.SearchRead(record.Declarations, domain.Where("link_id", domain.Eq, link),
		[]string{"identifier", "version", "accepted"}, orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	type text struct{ id, version string }
	asked, accepted := map[text]bool{}, map[text]bool{}
	for row := range rows.All() {
		of := text{row.Str("identifier"), row.Str("version")}
		asked[of], accepted[of] = true, accepted[of] || row.Bool("accepted")
	}
	var left []sdk.Declaration
	for _, d := range wanted {
		if of := (text{d.ID, d.Version}); !asked[of] || d.Required && !accepted[of] {
			left = append(left, d)
		}
	}
	return left, nil
}

// Keep records what was said of a connection. It needs a system environment.
func Keep(env *orm.Env, link, company int64, answers []Answer) error {
	for _, a := range answers {
		title := a.Declaration.Title.In(a.Language)
		if title == "" {
			title = a.Declaration.ID
		}
		who, err := env.Read("res.users", []int64{a.User}, "name")
		if err != nil {
			return err
		}
		values := orm.Values{"name": title, "link_id": link, "company_id": company, "identifier": a.Declaration.ID,
			"version": a.Declaration.Version, "text": a.Declaration.Text.In(a.Language), "accepted": a.Accepted, "user_id": a.User,
			"declared_at": a.At}
		if who.Len() > 0 {
			values["user_name"] = who.At(0).Str("name")
		}
		if _, err := env.Create(record.Declarations, values); err != nil {
			return fault.Wrap(err, "declaration", a.Declaration.ID)
		}
	}
	return nil
}
