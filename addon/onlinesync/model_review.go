package onlinesync

import (
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// States of a review.
const (
	reviewOpen     = "open"
	reviewAccepted = "accepted"
	reviewRejected = "rejected"
	reviewObsolete = "obsolete"
)

var reviewStates = []schema.Option{
	{Value: reviewOpen, Label: "Open"}, {Value: reviewAccepted, Label: "Accepted"}, {Value: reviewRejected, Label: "Rejected"},
	{Value: reviewObsolete, Label: "Settled by Itself"},
}

// Kinds of reviews besides the doubts of the import: what the bank did to a
// line that somebody works with.
const (
	changedHeld = "changed_held"
	removedHeld = "removed_held"
)

var reviewKinds = []schema.Option{
	{Value: string(importing.AmountChanged), Label: "Posted with another amount?"},
	{Value: string(importing.OtherDay), Label: "Told by another source on another day?"},
	{Value: string(importing.Reissued), Label: "Told again under another id?"},
	{Value: string(importing.Corrected), Label: "Corrected by the bank?"},
	{Value: string(importing.NotTold), Label: "Taken back by the bank?"},
	{Value: typedByHand, Label: "Typed by hand before?"},
	{Value: changedHeld, Label: "Changed by the bank, but edited, reconciled or locked"},
	{Value: removedHeld, Label: "Removed by the bank, but edited, reconciled or locked"},
}

// reviewModel is the queue of what the import will not decide by itself. Its
// rows are made by the import; a user accepts or rejects them, once.
var reviewModel = orm.Model{
	Name: reviews, Label: "Import Review", Order: "id desc", RecName: "reason",
	Fields: schema.Fields{
		schema.Selection("kind", "Kind", reviewKinds...).Required(),
		schema.Selection("state", "State", reviewStates...).Required().DefaultTo(reviewOpen),
		schema.Many2one("account_id", "Online Account", accounts).Required().WhenDeleted(schema.Cascade),
		schema.Many2one("journal_id", "Journal", journals).WhenDeleted(schema.Cascade).Indexed(),
		schema.Many2one("company_id", "Company", "res.company").Required(),
		schema.Many2one("transaction_id", "Transaction", transactions).Required().WhenDeleted(schema.Cascade).Indexed().
			Help("The one that was known before."),
		schema.Many2one("other_id", "Other Transaction", transactions).WhenDeleted(schema.Cascade).Indexed().
			Help("The one that may be the same."),
		schema.Many2one("line_id", "Statement Line", lines).RelatedTo("transaction_id", "line_id"),
		schema.Many2one("other_line_id", "Other Statement Line", lines).RelatedTo("other_id", "line_id"),
		schema.Many2one("typed_line_id", "Line Typed by Hand", lines).WhenDeleted(schema.SetNull).Indexed(),
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
		Access: readers(),
		Rules:  []orm.Rule{base.CompanyRule("Import review: company")},
		Methods: orm.Methods{
			"accept": {Needs: orm.Read, Do: acceptReviews},
			"reject": {Needs: orm.Read, Do: rejectReviews},
		},
	},
}

// openReviews is the domain of what is still asked about an account.
func openReviews(account int64) domain.Node {
	return domain.All(domain.Where("account_id", domain.Eq, account), domain.Where("state", domain.Eq, reviewOpen))
}
