package orm

import (
	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/orm/schema"
)

// roundMoney rounds the amounts that a client wrote to their currencies' digits,
// where the client's edition of Odoo does so: rows are the values of all of ids,
// or of each. Amounts that need no rounding are left alone.
func (e *Env) roundMoney(model string, ids []int64, rows ...Values) error {
	if !editions[e.caller.Edition].money || len(ids) == 0 {
		return nil
	}
	on := e.db.reg.entities[model]
	for _, f := range on.Fields {
		if f.Type != schema.TypeMonetary || !f.HasColumn() || f.IsReadonly || !given(rows, f.Name) {
			continue
		}
		if err := e.roundField(on, f, ids); err != nil {
			return err
		}
	}
	return nil
}

func given(rows []Values, name string) bool {
	for _, row := range rows {
		if _, ok := row[name]; ok {
			return true
		}
	}
	return false
}

func (e *Env) roundField(on *entity, f *schema.Field, ids []int64) error {
	money, ok := on.Field(f.CurrencyField)
	if !ok {
		return nil
	}
	system := e.Sudo()
	rows, err := system.Read(on.Name, ids, f.Name, money.Name)
	if err != nil {
		return err
	}
	var used []int64
	for row := range rows.All() {
		used = append(used, row.Ref(money.Name))
	}
	digits, err := system.digits(money.Comodel, distinct(used))
	if err != nil {
		return err
	}
	for row := range rows.All() {
		places, known := digits[row.Ref(money.Name)]
		amount := row.Decimal(f.Name)
		rounded := halfUp(amount, places)
		if !known || rounded.Cmp(amount) == 0 {
			continue
		}
		if err := e.Write(on.Name, []int64{row.ID()}, Values{f.Name: rounded}); err != nil {
			return err
		}
	}
	return nil
}

// digits are the decimal places of currencies; nil where these have none.
func (e *Env) digits(model string, ids []int64) (map[int64]int, error) {
	if _, ok := e.db.reg.entities[model].Field("decimal_places"); !ok {
		return nil, nil
	}
	rows, err := e.Read(model, ids, "decimal_places")
	if err != nil {
		return nil, err
	}
	places := make(map[int64]int, len(ids))
	for row := range rows.All() {
		places[row.ID()] = int(row.Int("decimal_places"))
	}
	return places, nil
}

// halfUp rounds halves away from zero, as Odoo's currencies do.
func halfUp(d decimal.Decimal, places int) decimal.Decimal {
	down := d.Trunc(places)
	rest, err := d.Sub(down)
	if err != nil {
		return d
	}
	half := decimal.MustNew(5, places+1)
	if rest.Abs().Cmp(half) < 0 {
		return down
	}
	step := decimal.MustNew(1, places).CopySign(d)
	if up, err := down.Add(step); err == nil {
		return up
	}
	return d
}
