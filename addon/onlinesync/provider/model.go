package provider

import (
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// model tells the loaded plugins. Its rows are the host's.
var model = orm.Model{
	Name: record.Providers, Label: "Bank Data Provider", Order: "name", RecName: "title",
	Fields: schema.Fields{
		schema.Char("name", "Technical Name").Required().Unique().Readonly(),
		schema.Char("title", "Name").Readonly(),
		schema.Char("version", "Version").Readonly(),
		schema.Char("protocol_version", "Protocol Version").Readonly(),
		schema.Selection("state", "State", record.ProviderStates...).DefaultTo("stopped").Readonly().
			Help("Of its program. A stopped one is started when it is needed."),
		schema.Char("regions", "Regions").Readonly().Help("Country codes, separated by commas; empty for everywhere."),
		schema.Selection("price", "Price", record.PriceClasses...).Readonly().Help("Who pays the service; empty when it is not known."),
		schema.Text("cost", "What It Costs").DependsOn("cost_words").NotKept(),
		schema.Text("retention", "What It Keeps").DependsOn("retention_words").NotKept().Help("Of bank data, and for how long."),
		schema.Text("cost_words", "What It Costs, in All Languages").Secret(),
		schema.Text("retention_words", "What It Keeps, in All Languages").Secret(),
		schema.Text("terms", "Checklist and Declarations").Secret(), // see record.Terms
		schema.Char("checksum", "Checksum").Readonly(),
		schema.Char("capabilities", "Capabilities").Readonly(),
		schema.Char("grade", "Conformance").Readonly().
			Help("What an examination of its program came to (girosync plugin conform --record)."),
		schema.Char("promises", "Promises").Readonly().Help("What it says of itself, separated by commas: stable_ids, reports_pending, " +
			"reports_changes, passes_user_present, renews_without_break."),
		schema.Char("account_kinds", "Account Kinds").Readonly().Help("Separated by commas; empty for any."),
		schema.Integer("history_days", "Days of History").Readonly().Help("0 is not limited, or unknown."),
		schema.Integer("refreshes_per_day", "Refreshes per Day").Readonly().Help("0 is not limited, or unknown."),
		schema.Integer("unattended_per_day", "Unattended Calls per Day").Readonly().Help("0 leaves it to the host."),
		schema.Boolean("paused", "Paused").Help("Nothing is fetched unattended through it."),
		schema.Many2one("paused_by", "Paused By", "res.users").Readonly().WhenDeleted(schema.SetNull),
		schema.Datetime("paused_at", "Paused At").Readonly(),
		schema.Integer("interval_hours", "Hours between Synchronisations").Help("0: as the scheduled action says."),
		schema.Text("last_error", "Last Error").Readonly(),
		schema.Boolean("missing", "Missing").Readonly().Help("Its program is not installed on this host."),
		schema.Integer("institution_count", "Institutions").Readonly(),
		schema.Datetime("institutions_checked_at", "Institutions Listed").Readonly().Help("When its list was last taken."),
		schema.Datetime("institutions_changed_at", "Institutions Changed").Readonly().Help("When a list last changed anything; so much:"),
		schema.Integer("institutions_new", "New Institutions").Readonly(),
		schema.Integer("institutions_gone", "Institutions Gone").Readonly(),
		schema.Integer("institutions_renamed", "Institutions Renamed").Readonly(),
		schema.Integer("institutions_restated", "Institutions of Another Status").Readonly(),
		schema.Text("institutions_error", "Why Its List Was Not Taken").Readonly().
			Help("The institutions that were listed before are kept meanwhile."),
		schema.Datetime("institutions_short_since", "List Short Since").Secret(),
		schema.Datetime("institutions_due", "Next List").Secret(),
	},
	Bound: orm.Bound{
		Access:      access(),
		Computes:    []orm.Compute{{Fields: []string{"cost", "retention"}, Do: inWords}},
		Constraints: []orm.Constraint{record.IntervalWithinBounds(record.Providers)},
		Hooks:       orm.Hooks{BeforeWrite: notePause},
	},
}

// notePause keeps who paused a provider, and when.
func notePause(env *orm.Env, _ []int64, values orm.Values) error {
	paused, given := values["paused"]
	switch {
	case !given:
	case paused == true:
		values["paused_by"], values["paused_at"] = record.OrNil(env.UID()), env.Now()
	default:
		values["paused_by"], values["paused_at"] = nil, nil
	}
	return nil
}

// access lets administrators pause a provider, and say how often it is asked.
func access() orm.Access {
	access := record.Readers()
	access[base.GroupSystem] |= orm.Write
	return access
}

// Part is what this room adds to a registry.
func Part() orm.Part { return orm.Part{Models: []orm.Model{model}} }

// inWords says in the user's language what providers cost and keep.
func inWords(env *orm.Env, batch *orm.Batch) error {
	rows, err := env.Sudo().Read(record.Providers, batch.IDs(), "cost_words", "retention_words")
	if err != nil {
		return err
	}
	for i := range batch.Len() {
		row, ok := rows.ByID(batch.ID(i))
		for _, field := range []string{"cost", "retention"} {
			var text any
			if ok {
				text = record.OrNoText(record.WordsOf(row.Str(field+"_words"), env.Context().Lang()))
			}
			batch.Set(i, field, text)
		}
	}
	return nil
}
