package record

import (
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
)

// Bounds of "interval_hours", of a connection or a provider. 0 is neither: the
// next wider setting then holds.
const (
	leastHours = 1
	mostHours  = 30 * 24
)

// IntervalWithinBounds refuses an interval that no bank can be asked at.
func IntervalWithinBounds(model string) orm.Constraint {
	return orm.Constraint{Fields: []string{"interval_hours"}, Check: func(env *orm.Env, ids []int64) error {
		rows, err := env.Read(model, ids, "interval_hours")
		if err != nil {
			return err
		}
		for row := range rows.All() {
			if h := row.Int("interval_hours"); h != 0 && (h < leastHours || h > mostHours) {
				return fault.Say(fault.Invalid, "sync.interval_bounds", fault.Args{"least": leastHours, "most": mostHours})
			}
		}
		return nil
	}}
}
