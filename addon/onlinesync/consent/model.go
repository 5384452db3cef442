package consent

import (
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Part is what this room adds to a registry.
func Part() orm.Part { return orm.Part{Models: []orm.Model{model}} }

var model = orm.Model{
	Name: record.Consents, Label: "Consent to Be Ended", Order: "id", RecName: "provider",
	Fields: schema.Fields{
		schema.Char("provider", "Provider").Required(),
		schema.Many2one("link_id", "Connection", record.Links), // that goes on without it
		schema.Char("uuid", "UUID").Secret(),                   // for which its secret is sealed
		schema.Text("secret", "Secret").Secret(),
		schema.Char("external_id", "Provider's ID").Secret(),
		schema.Datetime("since", "Since").Required(),
		schema.Datetime("due", "Due").Indexed(), // none: once the connection has worked
		schema.Integer("attempts", "Attempts"),
		schema.Text("last_error", "Last Error"),
	},
	Bound: orm.Bound{}, // the host's alone
}
