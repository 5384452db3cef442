package account

import (
	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
)

// rounding rounds amounts to their currency, halves away from zero, as Odoo shows
// what it computes; amounts that are stored stay as they are.
type rounding struct {
	env    *orm.Env
	digits map[int64]int // by currency
}

// to rounds an amount. A currency is looked at only where it can matter.
func (r *rounding) to(currency int64, d decimal.Decimal) (decimal.Decimal, error) {
	if currency == 0 || d.Trim(0).Scale() == 0 {
		return d, nil
	}
	digits, known := r.digits[currency]
	if !known {
		rows, err := r.env.Sudo().Read("res.currency", []int64{currency}, "decimal_places")
		if err != nil || rows.Len() == 0 {
			return d, err
		}
		digits = int(rows.At(0).Int("decimal_places"))
		if r.digits == nil {
			r.digits = map[int64]int{}
		}
		r.digits[currency] = digits
	}
	return halfUp(d, digits)
}

func halfUp(d decimal.Decimal, digits int) (decimal.Decimal, error) {
	if d.Scale() <= digits {
		return d, nil
	}
	half, err := decimal.New(5, digits+1)
	if err == nil {
		d, err = d.Add(half.CopySign(d))
	}
	if err != nil {
		return d, fault.Wrap(err, "round to digits", digits)
	}
	return d.Trunc(digits), nil
}

// residual is the part of a line that is not reconciled, as it would stand on the
// other side: all of it with the other sign, or nothing.
func residual(env *orm.Env, batch *orm.Batch) error {
	rows, err := batch.Rows("amount", "amount_currency", "currency_id", "foreign_currency_id", "is_reconciled")
	if err != nil {
		return err
	}
	round := rounding{env: env}
	for i := range rows.Len() {
		row := rows.At(i)
		open, currency := decimal.Zero, row.Ref("currency_id")
		if !row.Bool("is_reconciled") {
			open = row.Decimal("amount").Neg()
			if foreign := row.Ref("foreign_currency_id"); foreign != 0 {
				open, currency = row.Decimal("amount_currency").Neg(), foreign
			}
		}
		if open, err = round.to(currency, open); err != nil {
			return err
		}
		shown, _ := open.Float64() // an amount that is stored fits
		batch.Set(i, "amount_residual", shown)
	}
	return nil
}
