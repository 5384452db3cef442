package ledger

import (
	"encoding/json"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Part is what this room adds to a registry.
func Part() orm.Part {
	return orm.Part{Models: []orm.Model{transactionModel, aliasModel}, Extensions: []orm.Extension{lineExtension}}
}

// transactionModel is the identity ledger: one row per transaction that a
// provider ever told of an account.
var transactionModel = orm.Model{
	Name: record.Transactions, Label: "Bank Transaction", Order: "date desc, id desc", RecName: "payment_ref",
	Fields: schema.Fields{
		schema.Many2one("account_id", "Online Account", record.Accounts).Required().WhenDeleted(schema.Cascade),
		schema.JSON("identifiers", "Identifiers").DependsOn("identifier").NotKept().
			Help("Every id that it had: source, id, when it was first seen."),
		schema.Char("source", "Told First By"),
		schema.Char("identifier", "Identifier"),
		schema.Char("fingerprint", "Fingerprint").Required(),
		schema.Integer("occurrence", "Occurrence").Required(),
		schema.Selection("status", "Status", record.TransactionStatuses...).Required(),
		schema.Day("date", "Date"),
		schema.Day("value_date", "Value Date"),
		schema.Monetary("amount", "Amount", "currency_id"),
		schema.Many2one("currency_id", "Currency", "res.currency").RelatedTo("account_id", "currency_id"),
		schema.Char("payment_ref", "Label"),
		schema.Char("partner_name", "Partner Name"),
		schema.Char("account_number", "Counter Account"),
		schema.Many2one("line_id", "Statement Line", record.Lines).Indexed(),
		schema.Char("match_reason", "Why Matched").DependsOn("match_code", "source").NotKept(),
		schema.Datetime("first_seen", "First Seen"),
		schema.Datetime("posted_at", "Posted At"),
		schema.Text("raw", "Provider's Record"),
		schema.Integer("run", "First Synchronisation").Help("The id of the account.online.run that told it first."),
		schema.Day("pending_since", "Pending Since"),
		schema.Boolean("line_deleted", "Line Deleted by a User"),
		schema.Integer("held_back", "Held Back By").Help("The id of the account.online.run whose undoing keeps its line out of the books."),
		schema.Char("removed_reason", "Why Removed"),
		schema.Many2one("merged_into", "Is the Same As", record.Transactions).WhenDeleted(schema.SetNull).
			Help("The row that stands for this transaction: both are one movement."),
		schema.Integer("posted_run", "Posted By").Help("The id of the account.online.run that made its line."),
		schema.Integer("changed_run", "Changed By").Help("The id of the account.online.run that followed the bank's last change."),
		schema.JSON("before_change", "Before the Last Change"),
		schema.JSON("kept_line", "What Its Line Said").Secret(),
		schema.Char("match_code", "Kind of Match").Secret(),
	},
	Indexes: []schema.Index{
		{Name: "fingerprint", Columns: []string{"account_id", "fingerprint", "occurrence"}, Unique: true,
			Message: "A transaction is kept once."},
		{Name: "identifier", Columns: []string{"account_id", "source", "identifier"}, Unique: true, Where: "identifier",
			Message: "A provider's id is kept once."},
		{Name: "posted_run", Columns: []string{"posted_run"}, Where: "posted_run"},
		{Name: "pending", Columns: []string{"account_id", "pending_since"}, Where: "pending_since"},
	},
	Bound: orm.Bound{
		Access: record.Readers(),
		Rules:  []orm.Rule{{Name: "Bank transaction: company", Domain: record.CompanyOfAccount}},
		Computes: []orm.Compute{{Fields: []string{"identifiers"}, Do: identifiersOf},
			{Fields: []string{"match_reason"}, Do: reasonsOfRows}},
	},
}

// aliasModel holds the further ids of transactions.
var aliasModel = orm.Model{
	Name: record.Aliases, Label: "Bank Transaction Alias", Order: "id", RecName: "identifier",
	Fields: schema.Fields{
		schema.Many2one("transaction_id", "Transaction", record.Transactions).Required().Indexed().WhenDeleted(schema.Cascade),
		schema.Many2one("account_id", "Online Account", record.Accounts).Required().WhenDeleted(schema.Cascade),
		schema.Char("source", "Told By").Required(),
		schema.Char("identifier", "Identifier").Required(),
		schema.Boolean("retired", "Retired"),
	},
	Indexes: []schema.Index{{Name: "identifier", Columns: []string{"account_id", "source", "identifier"}, Unique: true,
		Message: "A provider's id is kept once."}},
	Bound: orm.Bound{},
}

// identifiersOf lists every id that transactions had.
func identifiersOf(env *orm.Env, batch *orm.Batch) error {
	type ident struct {
		Source  string `json:"source"`
		ID      string `json:"id"`
		Since   string `json:"since"`
		Retired bool   `json:"retired,omitempty"`
	}
	own, err := batch.Rows("source", "identifier", "first_seen")
	if err != nil {
		return err
	}
	others, err := env.Sudo().SearchRead(record.Aliases, domain.Where("transaction_id", domain.In, record.IDs(batch.IDs())),
		[]string{"transaction_id", "source", "identifier", "retired", "create_date"}, orm.SearchOptions{})
	if err != nil {
		return err
	}
	byTransaction := map[int64][]ident{}
	for row := range others.All() {
		id := row.Ref("transaction_id")
		byTransaction[id] = append(byTransaction[id], ident{row.Str("source"), row.Str("identifier"),
			row.Time("create_date").Format(schema.DatetimeLayout), row.Bool("retired")})
	}
	for i := range batch.Len() {
		list := []ident{}
		if row := own.At(i); row.Str("identifier") != "" {
			list = append(list, ident{Source: row.Str("source"), ID: row.Str("identifier"),
				Since: row.Time("first_seen").Format(schema.DatetimeLayout)})
		}
		text, err := json.Marshal(append(list, byTransaction[batch.ID(i)]...))
		if err != nil {
			return err
		}
		batch.Set(i, "identifiers", json.RawMessage(text))
	}
	return nil
}
