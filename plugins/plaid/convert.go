package plaid

import (
	"fmt"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

// convert makes a movement of Plaid's one of the sdk's. Plaid's day is that of
// posting; for what is pending, the day on which it happened. The day on which it
// was authorised becomes the value date of what has posted, where it is not later.
func (h heard) convert() (out sdk.Transaction, err error) {
	day, err := sdk.ParseDate(h.Date)
	if err != nil {
		return out, err
	}
	out = sdk.Transaction{ID: h.ID, PendingID: h.PendingID, Date: day, Code: h.Code, Raw: h.raw}
	if out.Amount, out.Direction, err = rest.Amount(h.Amount, rest.OutPositive); err != nil {
		return out, err
	}
	switch {
	case h.ISO != "" && isoCurrency.MatchString(h.ISO):
		out.Currency = h.ISO
	case h.Unofficial != "":
		return out, fmt.Errorf("the currency is %.20q, which is not one of a country", h.Unofficial)
	default:
		return out, fmt.Errorf("the currency is %.20q", h.ISO)
	}
	if made, err := sdk.ParseDate(h.Authorized); err == nil && !h.Pending && !made.After(day) {
		out.ValueDate = made
	}
	out.Reference = rest.Text(or(h.Original, h.Name), 1000)
	out.Counterparty, out.CounterNumber = h.other(out.Direction)
	out.Details = h.details()
	return out, nil
}

// other is the other party's name and account number. Plaid makes names out of the
// bank's words; what the bank itself tells of a transfer goes first.
func (h heard) other(way sdk.Direction) (name, number string) {
	name = h.Meta.Payee
	if way == sdk.In {
		name = or(h.Meta.Payer, h.Meta.OrderOf)
	}
	name = or(name, h.Merchant)
	for _, p := range h.Counterparties {
		name = or(name, p.Name)
		number = or(number, p.Numbers.International.IBAN)
		if bacs := p.Numbers.BACS; number == "" && bacs.Account != "" {
			number = bacs.SortCode + bacs.Account
		}
	}
	return tidy(name), tidy(number)
}

// details are further facts, by name.
func (h heard) details() map[string]string {
	list := map[string]string{}
	for name, value := range map[string]string{
		"name": h.Name, "merchant": h.Merchant, "check_number": h.Check, "channel": h.Channel, "authorized_date": h.Authorized,
		"category": h.Category.Detailed, "website": h.Website, "account_owner": h.Owner, "reference_number": h.Meta.Reference,
		"ppd_id": h.Meta.PPD, "payment_method": h.Meta.Method, "payment_processor": h.Meta.Processor, "reason": h.Meta.Reason,
		"by_order_of": h.Meta.OrderOf, "city": h.Location.City, "region": h.Location.Region, "country": h.Location.Country,
	} {
		if value = tidy(value); value != "" {
			list[name] = value
		}
	}
	return list
}

func tidy(text string) string { return rest.Text(text, 500) }

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
