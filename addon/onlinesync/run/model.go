package run

import (
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// model is one synchronisation: of a connection, of one of its accounts, or
// of a statement file.
var model = orm.Model{
	Name: record.Runs, Label: "Synchronisation", Order: "id desc", RecName: "trigger",
	Fields: schema.Fields{
		schema.Many2one("link_id", "Connection", record.Links).WhenDeleted(schema.SetNull),
		schema.Many2one("account_id", "Online Account", record.Accounts).WhenDeleted(schema.SetNull),
		schema.Many2one("company_id", "Company", "res.company").Required(),
		schema.Selection("trigger", "Trigger", record.Triggers...).Required(),
		schema.Selection("state", "State", record.RunStates...).Required().DefaultTo(record.RunQueued),
		schema.Selection("outcome", "Outcome", record.Outcomes...),
		schema.Many2one("user_id", "Asked By", "res.users").WhenDeleted(schema.SetNull).Help("Who pressed the button, or gave the file."),
		schema.Integer("fetched", "Fetched"),
		schema.Integer("created", "Created"),
		schema.Integer("updated", "Updated"),
		schema.Integer("removed", "Removed"),
		schema.Integer("known", "Known"),
		schema.Integer("pending", "Pending"),
		schema.Datetime("started_at", "Started"),
		schema.Datetime("finished_at", "Finished"),
		schema.Day("window_from", "From"),
		schema.Day("window_to", "To"),
		schema.Day("oldest_date", "Oldest Date Told").Help("The oldest date among what the bank told."),
		schema.Day("history_limited_to", "History Limited To").Help("The bank gave nothing older, though it was wanted."),
		schema.Text("error_message", "Error"),
		schema.Char("error_reference", "Error Reference").Indexed(),
		schema.Char("provider_reference", "Provider's Reference").Help("Such as a request id; for the provider's support."),
		schema.Datetime("undone_at", "Undone").Readonly(),
		schema.Integer("held_back", "Lines Held Back").Readonly().Help("How many lines its undoing keeps out of the books."),
		schema.Datetime("due", "Due").Secret(),
		schema.Char("user_address", "User's Address").Secret(), // while the run is not done
		schema.Char("lease_owner", "Worker").Secret(),
		schema.Datetime("lease_until", "Lease Until").Secret(),
		schema.JSON("accounts_done", "Accounts Done").Secret(),
		schema.JSON("moved_openings", "Moved Openings").Secret(),
	},
	Indexes: []schema.Index{
		{Name: "state_due", Columns: []string{"state", "due"}},
		{Name: "link", Columns: []string{"link_id", "id"}},
		{Name: "account", Columns: []string{"account_id", "id"}},
		{Name: "finished", Columns: []string{"finished_at"}},
	},
	Bound: orm.Bound{
		Access: record.Readers(),
		Rules:  []orm.Rule{base.CompanyRule("Synchronisation: company")},
	},
}
