package base

import (
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// cron shows what the host does by itself; the host's own jobs obey it.
var cron = orm.Model{
	Name: "ir.cron", Label: "Scheduled Actions", Order: "name, id",
	Fields: schema.Fields{
		schema.Char("name", "Name").Required(),
		schema.Char("code", "Job").Required().Readonly().Unique().Help("The job of the host that this action stands for."),
		schema.Boolean("active", "Active").DefaultTo(true),
		schema.Integer("interval_number", "Interval Number").DefaultTo(int64(1)),
		schema.Selection("interval_type", "Interval Unit",
			schema.Option{Value: "minutes", Label: "Minutes"}, schema.Option{Value: "hours", Label: "Hours"},
			schema.Option{Value: "days", Label: "Days"}, schema.Option{Value: "weeks", Label: "Weeks"},
			schema.Option{Value: "months", Label: "Months"}).DefaultTo("hours"),
		schema.Datetime("nextcall", "Next Execution Date"),
		schema.Datetime("lastcall", "Last Execution Date").Readonly(),
		schema.Many2one("user_id", "Scheduler User", "res.users"),
		schema.Integer("priority", "Priority").DefaultTo(int64(5)),
		schema.Selection("state", "Type", schema.Option{Value: "code", Label: "Execute Code"}).DefaultTo("code"),
	},
	Bound: orm.Bound{
		Access:      orm.Access{GroupSystem: orm.Read | orm.Write},
		Constraints: []orm.Constraint{{Fields: []string{"interval_number"}, Check: positiveInterval}},
		Methods: orm.Methods{
			"method_direct_trigger": {Needs: orm.Write, Do: triggerCron},
		},
	},
}

func positiveInterval(env *orm.Env, ids []int64) error {
	rows, err := env.Read("ir.cron", ids, "interval_number")
	if err != nil {
		return err
	}
	for row := range rows.All() {
		if row.Int("interval_number") <= 0 {
			return fault.New(fault.Invalid, "The interval number must be a strictly positive number.")
		}
	}
	return nil
}

// triggerCron makes actions due at once; the sweeper runs what is due.
func triggerCron(env *orm.Env, call *orm.Call) (any, error) {
	return true, env.Write("ir.cron", call.IDs, orm.Values{"nextcall": env.Now()})
}
