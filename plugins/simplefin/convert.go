package simplefin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

// word is a text; a number is taken as its digits, and null as "".
type word string

// UnmarshalJSON implements json.Unmarshaler.
func (w *word) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err == nil {
		*w = word(text)
		return nil
	}
	var number json.Number
	if err := json.Unmarshal(b, &number); err != nil {
		return fmt.Errorf("want a text, not %.40s", b)
	}
	*w = word(number)
	return nil
}

// moment is seconds since 1970, as a number or a text; 0 when not told.
type moment int64

// UnmarshalJSON implements json.Unmarshaler.
func (m *moment) UnmarshalJSON(b []byte) error {
	var n rest.Number
	if err := n.UnmarshalJSON(b); err != nil {
		return err
	}
	whole, _, _ := strings.Cut(n.String(), ".")
	if whole == "" {
		*m = 0
		return nil
	}
	seconds, err := strconv.ParseInt(whole, 10, 64)
	const year9999 = 253_402_300_799
	if err != nil || seconds < -year9999 || seconds > year9999 {
		return fmt.Errorf("%.40s is no moment", b)
	}
	*m = moment(seconds)
	return nil
}

// time is the instant, zero when not told.
func (m moment) time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.Unix(int64(m), 0).UTC()
}

// sayings are what a server tells users, in whatever form.
type sayings []json.RawMessage

// UnmarshalJSON implements json.Unmarshaler.
func (s *sayings) UnmarshalJSON(b []byte) error {
	b = bytes.TrimSpace(b)
	var list []json.RawMessage
	if err := json.Unmarshal(b, &list); err != nil {
		list = []json.RawMessage{bytes.Clone(b)}
	}
	*s = list
	return nil
}

// day is the civil day of an instant that a server tells as posted.
//
// Banks book by days, and so most servers know a day only, which the protocol
// makes them tell as an instant. They choose midnight or noon in Greenwich: noon,
// since it is the same day in all of America and Europe. Those two are taken as
// the day that they stand for, in Greenwich. Any other instant is a clock's, and
// is read in the time zone of the configuration: in Greenwich the evening of an
// American bank would be the next day.
//
// The rule looks at nothing but the instant and the configuration, so that the
// same transaction is of the same day in every answer.
func (c config) day(at time.Time) sdk.Date {
	if at = at.UTC(); at.Second() == 0 && at.Minute() == 0 && at.Hour()%12 == 0 {
		return sdk.DateOf(at)
	}
	return sdk.DateOf(at.In(c.zone))
}

// span is from when to when a server has to be asked for all that day says is
// from one day to another, both inclusive. It may bring some more.
func (c config) span(from, to sdk.Date) (start, end time.Time) {
	begins := func(d sdk.Date, zone *time.Location) time.Time {
		return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
	}
	start, end = begins(from, time.UTC), begins(to.AddDays(1), time.UTC)
	if local := begins(from, c.zone); local.Before(start) {
		start = local
	}
	if local := begins(to.AddDays(1), c.zone); local.After(end) {
		end = local
	}
	return start, end
}

// currencyOf is a currency by ISO 4217; "" when it is none, such as an address.
func currencyOf(w word) string {
	code := strings.ToUpper(strings.TrimSpace(string(w)))
	if len(code) != 3 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return ""
	}
	return code
}

// kindOf guesses what an account is by its name, since the protocol does not say.
func kindOf(a *account) sdk.AccountKind {
	name := " " + strings.ToLower(string(a.Name)) + " "
	for _, guess := range []struct {
		kind  sdk.AccountKind
		words string
	}{
		{sdk.Checking, "checking|chequing|current account"},
		{sdk.Savings, "saving|money market"},
		{sdk.CreditCard, " card|visa|mastercard|amex|american express"},
		{sdk.Loan, "loan|mortgage|line of credit"},
		{sdk.Investment, "invest|brokerage|retirement|401k|401(k)| ira | roth "},
	} {
		for words := range strings.SplitSeq(guess.words, "|") {
			if strings.Contains(name, words) {
				return guess.kind
			}
		}
	}
	if len(a.Holdings) > 0 {
		return sdk.Investment
	}
	return sdk.OtherKind
}

// convert makes a movement of the server's one of the sdk's. A pending one is of
// the day on which it happened, or of today when that is not told. raw is the
// server's own record.
func (s *session) convert(raw json.RawMessage) (t sdk.Transaction, pending bool, err error) {
	var told transaction
	if err := json.Unmarshal(raw, &told); err != nil {
		return t, false, err
	}
	amount, direction, err := rest.Amount(told.Amount, rest.InPositive)
	switch {
	case err != nil:
		return t, false, err
	case told.ID == "":
		return t, false, fmt.Errorf("the id is missing")
	}
	pending = told.Pending || told.Posted == 0
	at := told.Posted.time()
	if pending {
		at = s.call.Now
		if told.Transacted != 0 {
			at = told.Transacted.time()
		}
	}
	t = sdk.Transaction{ID: string(told.ID), Date: s.config.day(at), Amount: amount, Direction: direction,
		Counterparty: tidy(told.Payee), Reference: reference(told), Raw: raw, Details: map[string]string{}}
	if told.Transacted != 0 {
		t.Details["transacted_at"] = told.Transacted.time().Format(time.RFC3339)
	}
	if told.MCC != "" {
		t.Details["mcc"] = tidy(told.MCC)
	}
	return t, pending, nil
}

// reference is what the holder reads: the description, and the memo where it says more.
func reference(t transaction) string {
	description, memo := tidy(t.Description), tidy(t.Memo)
	switch {
	case memo == "" || strings.Contains(description, memo):
		return description
	case description == "":
		return memo
	}
	return description + " – " + memo
}

func tidy(w word) string { return rest.Text(string(w), 500) }
