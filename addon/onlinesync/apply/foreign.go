package apply

import (
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
)

// ForeignValues are a line's fields about the currency that was paid in.
func (w *Writer) ForeignValues(env *orm.Env, e *importing.Entry) (orm.Values, error) {
	currency, amount, err := w.foreignOf(env, e)
	if err != nil {
		return nil, err
	}
	details, err := detailsOf(e)
	return orm.Values{"foreign_currency_id": currency, "amount_currency": amount, "transaction_details": details}, err
}

// foreignOf is the amount in the currency that was paid in. An unknown
// currency is kept among the details only.
func (w *Writer) foreignOf(env *orm.Env, e *importing.Entry) (currency, amount any, err error) {
	if e.ForeignCurrency == "" || e.Foreign.IsZero() {
		return nil, nil, nil
	}
	if w.foreign == nil {
		w.foreign = map[string]int64{}
	}
	id, known := w.foreign[e.ForeignCurrency]
	if !known {
		id, err = base.CurrencyID(env, e.ForeignCurrency)
		if err != nil && !fault.Is(err, fault.Invalid) {
			return nil, nil, err
		}
		w.foreign[e.ForeignCurrency] = id
	}
	if id == 0 {
		return nil, nil, nil
	}
	return id, e.Foreign, nil
}
