package review

import (
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Part is what this room adds to a registry.
func Part() orm.Part { return orm.Part{Models: []orm.Model{model}} }

// model is the queue of what the import will not decide by itself. Its
// rows are made by the import; a user accepts or rejects them, once.
var model = orm.Model{
	Name: record.Reviews, Label: "Import Review", Order: "id desc", RecName: "reason",
	Fields: schema.Fields{
		schema.Selection("kind", "Kind", record.ReviewKinds...).Required(),
		schema.Selection("state", "State", record.ReviewStates...).Required().DefaultTo(record.ReviewOpen),
		schema.Many2one("account_id", "Online Account", record.Accounts).Required().WhenDeleted(schema.Cascade),
		schema.Many2one("journal_id", "Journal", record.Journals).WhenDeleted(schema.Cascade).Indexed(),
		schema.Many2one("company_id", "Company", "res.company").Required(),
		schema.Many2one("transaction_id", "Transaction", record.Transactions).Required().WhenDeleted(schema.Cascade).Indexed().
			Help("The one that was known before."),
		schema.Many2one("other_id", "Other Transaction", record.Transactions).WhenDeleted(schema.Cascade).Indexed().
			Help("The one that may be the same."),
		schema.Many2one("line_id", "Statement Line", record.Lines).RelatedTo("transaction_id", "line_id"),
		schema.Many2one("other_line_id", "Other Statement Line", record.Lines).RelatedTo("other_id", "line_id"),
		schema.Many2one("typed_line_id", "Line Typed by Hand", record.Lines).WhenDeleted(schema.SetNull).Indexed(),
		schema.Text("reason", "Question").Required(),
		schema.Integer("run", "Synchronisation").Help("The id of the account.online.run that asks."),
		schema.Many2one("resolved_by", "Answered By", "res.users"),
		schema.Datetime("resolved_at", "Answered At"),
		schema.Char("source", "Asked Because Of").Help("Who told, or left out, what the question is about."),
		schema.Char("key", "Key").Secret().Required(),
	},
	Indexes: []schema.Index{
		{Name: "key", Columns: []string{"account_id", "key"}, Unique: true, Message: "A question is asked once."},
		{Name: "state", Columns: []string{"state", "account_id"}},
	},
	Bound: orm.Bound{
		Access: record.Readers(),
		Rules:  []orm.Rule{base.CompanyRule("Import review: company")},
		Methods: orm.Methods{
			"accept": {Needs: orm.Read, Do: acceptReviews,
				Doc: "Does what open questions propose. Answers true. Refused (UserError) where a line concerned is reconciled or " +
					"lies in closed books, and for users who may not keep the books."},
			"reject": {Needs: orm.Read, Do: rejectReviews,
				Doc: "Leaves the books as they are; the same is not asked again. Answers true."},
		},
	},
}
