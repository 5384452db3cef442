package institution

import (
	"log/slog"

	"github.com/girosync/girosync/addon/onlinesync/provider"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Finder finds the institutions that the providers of a host reach.
type Finder struct {
	Plugins *provider.Plugins
	Log     *slog.Logger
	indexes indexCache
}

// Part is what this room adds to a registry.
func (f *Finder) Part() orm.Part {
	return orm.Part{
		Models: []orm.Model{f.institutionModel()},
		Extensions: []orm.Extension{{Of: record.Providers, Bound: orm.Bound{Methods: orm.Methods{
			"action_refresh_institutions": {Needs: orm.Write, Tx: orm.TxNone, Do: f.refreshNow,
				Params: []orm.Param{orm.Opt("take_short", false).Says("Also a list that became much shorter.")},
				Doc: "Asks providers for their institutions now. Answers true; refused (UserError) when one does not list them. A list " +
					"that became much shorter is not taken, see institutions_error."},
		}}}},
	}
}

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
			schema.Char("holders", "Holders").Help("Whose accounts can be connected: personal, business; empty when it makes no difference."),
			schema.JSON("checklist", "Checklist").DependsOn("terms", "provider_id.terms").NotKept().
				Help("What must be prepared at the bank first."),
			schema.JSON("declarations", "Declarations").DependsOn("terms", "provider_id.terms").NotKept().
				Help("What must be declared before a connection is made."),
			schema.Text("terms", "Checklist and Declarations, in All Languages").Secret(), // see record.Terms
			schema.Char("website", "Website"),
			schema.Datetime("gone_since", "Gone Since").Indexed().
				Help("When its provider's list lacked it for the first time. Connections go on as long as the provider lets them."),
		},
		Indexes: []schema.Index{{Name: "identifier", Columns: []string{"provider_id", "online_identifier"}, Unique: true,
			Message: "A provider lists an institution once."}},
		Bound: orm.Bound{
			Access:   record.Readers(),
			Computes: []orm.Compute{{Fields: []string{"checklist", "declarations"}, Do: inWords}},
			Methods: orm.Methods{
				"search_institutions": {OnModel: true, Tx: orm.TxRead, Needs: orm.Read, Do: f.searchInstitutions, Params: searchParams(),
					Doc: "Finds the banks that providers reach. Answers records of institutions, the best first: a bank that several " +
						"providers reach is there once for each."},
				"pick_institutions": {OnModel: true, Tx: orm.TxRead, Needs: orm.Read, Do: f.pickInstitutions, Params: searchParams(),
					Doc: "Finds the banks that providers reach, for a picker. Answers {count (of all banks that fit), offset, limit, " +
						"banks, add_by_hand (what to call for a bank that is not listed)}. A bank is {name, country_codes, bic, website, " +
						"logo_url, proven (several providers are known to reach this one bank), choices}; a choice is an institution as " +
						"search_institutions answers it, with usable, reason (why it is not usable now, or false), notice (what to " +
						"agree to first, or false) and catalogue_note (what is amiss with its provider's list, or false)."},
				"failing_institutions": {OnModel: true, Tx: orm.TxRead, Needs: orm.Read, Do: failingInstitutions,
					Params: []orm.Param{orm.Opt("days", int64(7)).Says("At most 90."), orm.Opt("limit", int64(100)).Says("At most 1,000.")},
					Doc: "For administrators: the institutions whose synchronisations failed over the last days, the worst first: " +
						"[{institution_id, provider_id, connections, runs, failed, failure_rate (0 to 1), outcomes (runs by outcome), " +
						"main_error (an outcome), failing_since (the first failure after the last success, false when the last run did " +
						"well)}]. What waits for a user is no failure."},
			},
		},
	}
}
