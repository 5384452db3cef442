package onlinesync

import (
	"time"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// dateOf is a provider's date as ours; "" when it does not exist.
func dateOf(d sdk.Date) schema.Date {
	if !d.Valid() {
		return ""
	}
	return schema.Date(d.String())
}

// sdkDate is our date as a provider's.
func sdkDate(d schema.Date) sdk.Date {
	if d == "" {
		return sdk.Date{}
	}
	return sdk.DateOf(d.Time())
}

// dayOf is the civil date of an instant, in UTC.
func dayOf(t time.Time) schema.Date { return schema.DateOf(t.UTC()) }

// amountOf reads a provider's signed decimal.
func amountOf(text string) (decimal.Decimal, bool) {
	d, err := decimal.Parse(text)
	if err != nil || d.Trim(0).Scale() > 4 {
		return decimal.Decimal{}, false
	}
	return d, true
}

func orNoDate(d schema.Date) any {
	if d == "" {
		return nil
	}
	return d
}

func orNoText(s string) any {
	if s == "" {
		return nil
	}
	return s
}
