package institution

import (
	"github.com/girosync/girosync/addon/onlinesync/provider"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Finder finds the institutions that the providers of a host reach.
type Finder struct {
	Plugins *provider.Plugins
	indexes indexCache
}

// Part is what this room adds to a registry.
func (f *Finder) Part() orm.Part { return orm.Part{Models: []orm.Model{f.institutionModel()}} }

// institutionModel tells the banks that providers reach.
func (f *Finder) institutionModel() orm.Model {
	return orm.Model{
		Name: record.Institutions, Label: "Institution", Order: "name, id",
		Fields: schema.Fields{
			schema.Char("name", "Name").Required(),
			schema.Char("country_codes", "Countries").Help("ISO codes, separated by commas."),
			schema.Many2one("provider_id", "Provider", record.Providers).Required().WhenDeleted(schema.Cascade),
			schema.Char("online_identifier", "Online Identifier").Required(),
			schema.Selection("status", "Status", record.InstitutionStatuses...).DefaultTo("stable"),
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
			Access: record.Readers(),
			Methods: orm.Methods{"search_institutions": {
				OnModel: true, Tx: orm.TxRead, Needs: orm.Read, Do: f.searchInstitutions,
				Params: []orm.Param{orm.Arg("query").Says("A part of a name, a BIC or a web address; mistypes are forgiven."),
					orm.Opt("country", nil).Says("Two letters, such as \"NL\"; null for all."),
					orm.Opt("limit", int64(20)).Says("At most 100.")},
				Doc: "Finds the banks that providers reach. Answers records of institutions, the best first.",
			}},
		},
	}
}
