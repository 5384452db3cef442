package provider

import (
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// model tells the loaded plugins. Its rows are the host's.
var model = orm.Model{
	Name: record.Providers, Label: "Bank Data Provider", Order: "name", RecName: "title",
	Fields: schema.Fields{
		schema.Char("name", "Technical Name").Required().Unique(),
		schema.Char("title", "Name"),
		schema.Char("version", "Version"),
		schema.Char("protocol_version", "Protocol Version"),
		schema.Selection("state", "State", record.ProviderStates...).DefaultTo("stopped"),
		schema.Char("regions", "Regions").Help("Country codes, separated by commas; empty for everywhere."),
		schema.Char("checksum", "Checksum"),
		schema.Char("capabilities", "Capabilities"),
		schema.Char("grade", "Conformance").Help("What an examination of its program came to (girosync plugin conform --record)."),
		schema.Char("promises", "Promises").Help("What it says of itself, separated by commas: stable_ids, reports_pending, " +
			"reports_changes, passes_user_present, renews_without_break."),
		schema.Char("account_kinds", "Account Kinds").Help("Separated by commas; empty for any."),
		schema.Integer("history_days", "Days of History").Help("0 is not limited, or unknown."),
		schema.Integer("refreshes_per_day", "Refreshes per Day").Help("0 is not limited, or unknown."),
		schema.Integer("unattended_per_day", "Unattended Calls per Day").Help("0 leaves it to the host."),
		schema.Text("last_error", "Last Error"),
		schema.Integer("institution_count", "Institutions"),
	},
	Bound: orm.Bound{Access: record.Readers()},
}

// Part is what this room adds to a registry.
func Part() orm.Part { return orm.Part{Models: []orm.Model{model}} }
