package onlinesync

import (
	"encoding/json"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// runModel is one synchronisation: of a connection, of one of its accounts, or
// of a statement file.
func (a *Addon) runModel() orm.Model {
	return orm.Model{
		Name: runs, Label: "Synchronisation", Order: "id desc", RecName: "trigger",
		Fields: schema.Fields{
			schema.Many2one("link_id", "Connection", links).WhenDeleted(schema.SetNull),
			schema.Many2one("account_id", "Online Account", accounts).WhenDeleted(schema.SetNull),
			schema.Many2one("company_id", "Company", "res.company").Required(),
			schema.Selection("trigger", "Trigger", triggers...).Required(),
			schema.Selection("state", "State", runStates...).Required().DefaultTo(runQueued),
			schema.Selection("outcome", "Outcome", outcomes...),
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
			schema.Text("error_message", "Error"),
			schema.Char("error_reference", "Error Reference").Indexed(),
			schema.Datetime("due", "Due").Secret(),
			schema.Char("lease_owner", "Worker").Secret(),
			schema.Datetime("lease_until", "Lease Until").Secret(),
			schema.JSON("accounts_done", "Accounts Done").Secret(),
			schema.JSON("moved_openings", "Moved Openings").Secret(),
		},
		Indexes: []schema.Index{
			{Name: "state_due", Columns: []string{"state", "due"}},
			{Name: "link", Columns: []string{"link_id", "id"}},
			{Name: "account", Columns: []string{"account_id", "id"}},
		},
		Bound: orm.Bound{
			Access: readers(),
			Rules:  []orm.Rule{base.CompanyRule("Synchronisation: company")},
			Methods: orm.Methods{
				"undo": {Needs: orm.Read, Do: undoRuns},
			},
		},
	}
}

// transactionModel is the identity ledger: one row per transaction that a
// provider ever told of an account.
var transactionModel = orm.Model{
	Name: transactions, Label: "Bank Transaction", Order: "date desc, id desc", RecName: "payment_ref",
	Fields: schema.Fields{
		schema.Many2one("account_id", "Online Account", accounts).Required().WhenDeleted(schema.Cascade),
		schema.JSON("identifiers", "Identifiers").DependsOn("identifier").NotKept().
			Help("Every id that it had: source, id, when it was first seen."),
		schema.Char("source", "Told First By"),
		schema.Char("identifier", "Identifier"),
		schema.Char("fingerprint", "Fingerprint").Required(),
		schema.Integer("occurrence", "Occurrence").Required(),
		schema.Selection("status", "Status", transactionStatuses...).Required(),
		schema.Day("date", "Date"),
		schema.Day("value_date", "Value Date"),
		schema.Monetary("amount", "Amount", "currency_id"),
		schema.Many2one("currency_id", "Currency", "res.currency").RelatedTo("account_id", "currency_id"),
		schema.Char("payment_ref", "Label"),
		schema.Char("partner_name", "Partner Name"),
		schema.Char("account_number", "Counter Account"),
		schema.Many2one("line_id", "Statement Line", lines).Indexed(),
		schema.Char("match_reason", "Why Matched").DependsOn("match_code", "source").NotKept(),
		schema.Datetime("first_seen", "First Seen"),
		schema.Datetime("posted_at", "Posted At"),
		schema.Text("raw", "Provider's Record"),
		schema.Integer("run", "First Synchronisation").Help("The id of the account.online.run that told it first."),
		schema.Day("pending_since", "Pending Since"),
		schema.Boolean("line_deleted", "Line Deleted by a User"),
		schema.Char("removed_reason", "Why Removed"),
		schema.Many2one("merged_into", "Is the Same As", transactions).WhenDeleted(schema.SetNull).
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
		Access:   readers(),
		Rules:    []orm.Rule{{Name: "Bank transaction: company", Domain: companyOfAccount}},
		Computes: []orm.Compute{{Fields: []string{"identifiers"}, Do: identifiersOf}, {Fields: []string{"match_reason"}, Do: reasonsOfRows}},
		Methods:  orm.Methods{"action_reimport": {Needs: orm.Read, Do: reimport}},
	},
}

func companyOfAccount(env *orm.Env) (domain.Node, error) {
	return domain.Where("account_id.company_id", domain.In, anyIDs(env.Companies())), nil
}

// aliasModel holds the further ids of transactions.
var aliasModel = orm.Model{
	Name: aliases, Label: "Bank Transaction Alias", Order: "id", RecName: "identifier",
	Fields: schema.Fields{
		schema.Many2one("transaction_id", "Transaction", transactions).Required().Indexed().WhenDeleted(schema.Cascade),
		schema.Many2one("account_id", "Online Account", accounts).Required().WhenDeleted(schema.Cascade),
		schema.Char("source", "Told By").Required(),
		schema.Char("identifier", "Identifier").Required(),
		schema.Boolean("retired", "Retired"),
	},
	Indexes: []schema.Index{{Name: "identifier", Columns: []string{"account_id", "source", "identifier"}, Unique: true,
		Message: "A provider's id is kept once."}},
	Bound: orm.Bound{},
}

// stagingModel holds the pages of fetches that were not applied yet. No group
// may see it.
var stagingModel = orm.Model{
	Name: staging, Label: "Fetched Page", Order: "id", RecName: "page",
	Fields: schema.Fields{
		schema.Many2one("run_id", "Synchronisation", runs).Required().WhenDeleted(schema.Cascade),
		schema.Integer("account", "Online Account").Required(),
		schema.Integer("page", "Page").Required(),
		schema.Boolean("last", "Last Page"),
		schema.Text("payload", "Payload"),
	},
	Indexes: []schema.Index{{Name: "page", Columns: []string{"run_id", "account", "page"}, Unique: true, Message: "A page is staged once."}},
	Bound:   orm.Bound{},
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
	others, err := env.Sudo().SearchRead(aliases, domain.Where("transaction_id", domain.In, anyIDs(batch.IDs())),
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
