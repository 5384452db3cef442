package onlinesync

import (
	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Model names.
const (
	providers    = "account.online.provider"
	institutions = "account.online.institution"
	links        = "account.online.link"
	accounts     = "account.online.account"
	flows        = "account.online.flow"
	runs         = "account.online.run"
	transactions = "account.online.transaction"
	aliases      = "account.online.transaction.alias"
	staging      = "account.online.staging"
	balances     = "account.online.balance"
	reviews      = "account.online.review"
	feeds        = "account.online.feed"
	journals     = "account.journal"
	statements   = "account.bank.statement"
	lines        = "account.bank.statement.line"
)

// readers may look at connections, keepers may change them.
func readers() orm.Access {
	return orm.Access{
		account.GroupReadonly: orm.Read, account.GroupInvoice: orm.Read, account.GroupBasic: orm.Read,
		account.GroupUser: orm.Read, account.GroupManager: orm.Read, base.GroupSystem: orm.Read,
	}
}

func keepers() orm.Access {
	access := readers()
	for _, group := range []string{account.GroupBasic, account.GroupUser, account.GroupManager} {
		access[group] = orm.Change
	}
	return access
}

// providerModel tells the loaded plugins. Its rows are the host's.
var providerModel = orm.Model{
	Name: providers, Label: "Bank Data Provider", Order: "name", RecName: "title",
	Fields: schema.Fields{
		schema.Char("name", "Technical Name").Required().Unique(),
		schema.Char("title", "Name"),
		schema.Char("version", "Version"),
		schema.Char("protocol_version", "Protocol Version"),
		schema.Selection("state", "State", providerStates...).DefaultTo("stopped"),
		schema.Char("regions", "Regions").Help("Country codes, separated by commas; empty for everywhere."),
		schema.Char("checksum", "Checksum"),
		schema.Char("capabilities", "Capabilities"),
		schema.Text("last_error", "Last Error"),
		schema.Integer("institution_count", "Institutions"),
	},
	Bound: orm.Bound{Access: readers()},
}

// institutionModel tells the banks that providers reach.
func (a *Addon) institutionModel() orm.Model {
	return orm.Model{
		Name: institutions, Label: "Institution", Order: "name, id",
		Fields: schema.Fields{
			schema.Char("name", "Name").Required(),
			schema.Char("country_codes", "Countries").Help("ISO codes, separated by commas."),
			schema.Many2one("provider_id", "Provider", providers).Required().WhenDeleted(schema.Cascade),
			schema.Char("online_identifier", "Online Identifier").Required(),
			schema.Selection("status", "Status", institutionStatuses...).DefaultTo("stable"),
			schema.Char("bic", "Bank Identifier Code"),
			schema.Char("logo_url", "Logo"),
			schema.Boolean("auto_sync_allowed", "Automatic Synchronisation Allowed").DefaultTo(true),
			schema.Integer("history_days", "History (days)").Help("How far back transactions are given; 0 when not limited or unknown."),
			schema.Integer("refreshes_per_day", "Refreshes per Day").Help("0 when not limited or unknown."),
			schema.Char("account_kinds", "Account Kinds"),
			schema.Char("website", "Website"),
		},
		Indexes: []schema.Index{{Name: "identifier", Columns: []string{"provider_id", "online_identifier"}, Unique: true,
			Message: "A provider lists an institution once."}},
		Bound: orm.Bound{
			Access: readers(),
			Methods: orm.Methods{"search_institutions": {
				OnModel: true, Tx: orm.TxRead, Needs: orm.Read, Do: a.searchInstitutions,
				Params: []orm.Param{orm.Arg("query"), orm.Opt("country", nil), orm.Opt("limit", int64(20))},
			}},
		},
	}
}
