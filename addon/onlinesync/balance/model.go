package balance

import (
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

var kinds = []schema.Option{
	{Value: string(sdk.Opening), Label: "Opening"}, {Value: string(sdk.Closing), Label: "Closing"},
	{Value: string(sdk.Interim), Label: "Interim"}, {Value: string(sdk.Available), Label: "Available"},
}

// model is what banks reported: one row for a day, kind and account.
// What no bank told has no row (complaint 34).
var model = orm.Model{
	Name: record.Balances, Label: "Reported Balance", Order: "date desc, id desc", RecName: "kind",
	Fields: schema.Fields{
		schema.Many2one("account_id", "Online Account", record.Accounts).Required().WhenDeleted(schema.Cascade),
		schema.Day("date", "Date").Required(),
		schema.Selection("kind", "Kind", kinds...).Required().
			Help("Opening, closing and interim balances count booked transactions alone; an available one may hold others, and is " +
				"never compared."),
		schema.Monetary("amount", "Amount", "currency_id"),
		schema.Many2one("currency_id", "Currency", "res.currency").RelatedTo("account_id", "currency_id"),
		schema.Char("source", "Told By"),
		schema.Integer("run", "Synchronisation").Help("The id of the account.online.run that told it last."),
		schema.Datetime("told_at", "Told At"),
	},
	Indexes: []schema.Index{{Name: "day", Columns: []string{"account_id", "date", "kind"}, Unique: true,
		Message: "A balance of a day is kept once."}},
	Bound: orm.Bound{
		Access: record.Readers(),
		Rules:  []orm.Rule{{Name: "Reported balance: company", Domain: record.CompanyOfAccount}},
	},
}

// Part is what this room adds to a registry.
func Part() orm.Part {
	return orm.Part{Models: []orm.Model{model}, Extensions: []orm.Extension{
		{Of: record.Accounts, Fields: forecastFields("balance"),
			Bound: orm.Bound{Computes: []orm.Compute{{Fields: forecastNames, Do: forecastAccounts}}}},
		{Of: record.Journals, Fields: forecastFields("account_online_account_id"), Bound: orm.Bound{
			Computes: []orm.Compute{{Fields: forecastNames, Do: forecastJournals}},
			Methods: orm.Methods{"balance_proof": {Needs: orm.Read, Tx: orm.TxRead, Do: balanceProof,
				Params: []orm.Param{orm.Opt("date_from", nil).Says("The first day, " +
					"\"2026-11-01\"."), orm.Opt("date_to", nil).Says("The last day.")},
				Doc: "Holds the balances that the bank reported against the lines of one journal, day by day. Answers {journal_id, " +
					"verdict (agrees, disagrees, open), anchor {date, balance, provenance}, days [{date, reported, kind, computed, " +
					"difference, verdict}], first_disagreement with candidates for the cause, or null}. Amounts are in the journal's " +
					"currency."}},
		}},
	}}
}

var forecastNames = []string{"pending_balance", "forecast_balance"}
