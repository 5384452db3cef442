package base

import (
	"github.com/bojanz/currency"
	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

var currencyModel = orm.Model{
	Name: "res.currency", Label: "Currency", Order: "active desc, name",
	Fields: schema.Fields{
		schema.Char("name", "Currency").Required().Max(3).Unique().Help("Currency Code (ISO 4217)"),
		schema.Char("full_name", "Name"),
		schema.Char("symbol", "Symbol").Required(),
		schema.Selection("position", "Symbol Position",
			schema.Option{Value: "after", Label: "After Amount"},
			schema.Option{Value: "before", Label: "Before Amount"}).DefaultTo("after"),
		schema.Float("rounding", "Rounding Factor").DefaultTo(0.01),
		schema.Integer("decimal_places", "Decimal Places").DependsOn("rounding"),
		schema.Boolean("active", "Active").DefaultTo(true),
	},
	Bound: orm.Bound{
		Computes:  []orm.Compute{{Fields: []string{"decimal_places"}, Do: decimalPlaces}},
		Access:    readable(),
		SQLUnique: []orm.Unique{{Columns: []string{"name"}, Message: "The currency code must be unique!"}},
	},
}

func decimalPlaces(_ *orm.Env, batch *orm.Batch) error {
	rows, err := batch.Rows("rounding")
	if err != nil {
		return err
	}
	for i := range rows.Len() {
		places := int64(0)
		for step := rows.At(i).Float("rounding"); step > 0 && step < 0.99999 && places < 6; step *= 10 {
			places++
		}
		batch.Set(i, "decimal_places", places)
	}
	return nil
}

// CurrencyID returns the currency with an ISO 4217 code, active or not, and
// makes it active: money in it is about to be booked. An unknown code is a
// fault, never a default (complaint 36).
func CurrencyID(env *orm.Env, code string) (int64, error) {
	rows, err := env.Sudo().SearchRead("res.currency", domain.Where("name", domain.Eq, code),
		[]string{"active"}, orm.SearchOptions{Archived: true, Limit: 1})
	if err != nil {
		return 0, err
	}
	if rows.Len() == 0 {
		return 0, fault.New(fault.Invalid, "Unknown currency: %s", code)
	}
	row := rows.At(0)
	if !row.Bool("active") {
		err = env.Sudo().Write("res.currency", []int64{row.ID()}, orm.Values{"active": true})
	}
	return row.ID(), err
}

// currencies are all of ISO 4217 that circulate, with the digits of the standard.
func currencies() []orm.Values {
	codes := currency.GetCurrencyCodes()
	rows := make([]orm.Values, 0, len(codes))
	locale := currency.NewLocale("en")
	for _, code := range codes {
		digits, _ := currency.GetDigits(code)
		symbol, ok := currency.GetSymbol(code, locale)
		if !ok || symbol == "" {
			symbol = code
		}
		position := "before"
		if code == "EUR" {
			position = "after"
		}
		rows = append(rows, orm.Values{
			"name": code, "symbol": symbol, "position": position,
			"rounding": roundingStep(int(digits)), "active": code == "USD" || code == "EUR",
		})
	}
	return rows
}

func roundingStep(digits int) float64 {
	step, err := decimal.New(1, digits)
	if err != nil {
		return 0.01
	}
	f, _ := step.Float64()
	return f
}
