package connect

import (
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// accountModel is a bank account as a connection offers it. It outlives the
// connection: a new consent, or another provider, that brings the same account
// takes the same row over, and with it the ledger of what was imported.
func (c *Connections) accountModel() orm.Model {
	return orm.Model{
		Name: record.Accounts, Label: "Online Account", Order: "name, id",
		Fields: schema.Fields{
			schema.Char("name", "Name").Required(),
			schema.Char("online_identifier", "Online Identifier").Readonly(),
			schema.Char("stable_identifier", "Stable Identifier").Readonly(),
			schema.Char("account_number", "Account Number").Readonly(),
			schema.Many2one("currency_id", "Currency", "res.currency").Required().Readonly(),
			schema.Selection("account_kind", "Kind", record.AccountKinds...).Readonly(),
			schema.Monetary("balance", "Balance", "currency_id").Readonly(),
			schema.Day("balance_date", "Balance Date").Readonly(),
			schema.Many2one("account_online_link_id", "Connection", record.Links).Readonly().Indexed(),
			schema.Many2one("company_id", "Company", "res.company").Required().Readonly(),
			schema.One2many("journal_ids", "Journals", record.Journals, "account_online_account_id"),
			schema.Boolean("gone", "Not Listed Any More").Readonly().Help("The bank lists it no longer, as when it is closed."),
			schema.Datetime("last_sync", "Last Synchronisation").Readonly(),
			schema.Boolean("selected", "Selected").Readonly(),
			schema.Day("history_limited_to", "History Limited To").Readonly().
				Help("The bank gives nothing older, though it was wanted; a statement file can fill the gap."),
			schema.JSON("coverage", "Coverage").Readonly().Help("The days that are known completely, as pairs of first and last."),
			schema.Boolean("inverse_transaction_sign", "Inverse Transaction Sign").
				Help("For banks that tell money going out as positive."),
			schema.Char("identity", "Identity").Secret(),
			schema.Text("cursor", "Cursor").Secret(),
			schema.Char("told_under", "Consent of the Last Fetch").Secret(),
			schema.Boolean("fetched", "Fetched Once").Secret(),
			schema.Integer("turn", "Turn").Secret(), // see run.InTheWay
			schema.Boolean("begun", "Lines Came Once").Secret(),
			schema.Day("import_from", "Imported From").Readonly(),
		},
		Indexes: []schema.Index{{Name: "identity", Columns: []string{"company_id", "identity"}, Unique: true,
			Message: "A company has a bank account once."}},
		Bound: orm.Bound{
			Access: record.Keepers(),
			Rules:  []orm.Rule{base.CompanyRule("Online account: company")},
			Methods: orm.Methods{
				"link_journal": {Needs: orm.Write, Do: c.linkJournalMethod,
					Params: []orm.Param{orm.Opt("journal_id", nil).Says("A journal's id; without one, the journal of before or of that " +
						"number, or a new one.")},
					Doc: "Lets accounts feed a journal. Answers the id of the journal that the account feeds now. What the bank has is fetched at once."},
				"unlink_journal": {Needs: orm.Write, Do: unlinkJournalMethod,
					Doc: "Lets accounts feed no journal. Answers true. Lines stay."},
			},
		},
	}
}
