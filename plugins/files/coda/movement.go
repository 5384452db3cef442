package coda

import (
	"errors"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// maxParts bounds the parts of one movement that are gathered.
const maxParts = 5000

// movement is an amount with its parts.
type movement struct {
	sequence string
	entry
	parts []*entry
	lost  bool // there were more parts than are gathered
}

// entry is a record 2.1 with the records that belong to it.
type entry struct {
	first         record
	second, third *record
	information   []record
}

func (m *movement) addPart(r record) {
	if len(m.parts) >= maxParts {
		m.lost = true
		return
	}
	m.parts = append(m.parts, &entry{first: r})
}

// more takes a further record of the entry that was last begun.
func (m *movement) more(r record) {
	e := &m.entry
	if len(m.parts) > 0 {
		e = m.parts[len(m.parts)-1]
	}
	switch kind := r.kind(); {
	case kind == "22" && e.second == nil:
		e.second = &r
	case kind == "23" && e.third == nil:
		e.third = &r
	case kind[0] == '3' && len(e.information) < 9:
		e.information = append(e.information, r)
	}
}

// entries returns what becomes transactions: the parts of a totalled amount
// when they add up to it, else the movement itself.
func (m *movement) entries(total statement.Amount) []*entry {
	kind := m.first.at(54, 54)
	if m.lost || kind != "1" && kind != "2" {
		return []*entry{&m.entry}
	}
	var parts []*entry
	var amounts []statement.Amount
	for _, p := range m.parts {
		if of := p.first.at(54, 54); kind == "1" && of != "5" || kind == "2" && of != "6" && of != "7" {
			continue // a part of a part
		}
		amount, err := p.first.amount(32, 33)
		if err != nil {
			return []*entry{&m.entry}
		}
		parts, amounts = append(parts, p), append(amounts, amount)
	}
	if len(parts) == 0 || !statement.SumsTo(total, amounts) {
		return []*entry{&m.entry}
	}
	return parts
}

// transaction makes one of an entry. A single part tells more than the total
// that it is the whole of, and the total fills in what it leaves open; it keeps
// the total's reference, by which it is known.
func (m *movement) transaction(e *entry, only bool, account *sdk.Account) (sdk.Transaction, string, error) {
	tx, err := e.transaction(account)
	if err != nil || !only || e == &m.entry {
		return tx, e.first.words(11, 31), err
	}
	whole, err := m.entry.transaction(account)
	if err != nil {
		return tx, "", err
	}
	whole.Raw = append(whole.Raw, tx.Raw...)
	tx.Date, tx.ValueDate, tx.Code, tx.Raw = whole.Date, whole.ValueDate, whole.Code, whole.Raw
	for _, text := range []struct{ to, from *string }{{&tx.Counterparty, &whole.Counterparty}, {&tx.CounterNumber, &whole.CounterNumber},
		{&tx.EndToEndID, &whole.EndToEndID}, {&tx.Reference, &whole.Reference}} {
		if *text.to == "" {
			*text.to = *text.from
		}
	}
	for name, value := range whole.Details {
		statement.Fact(&tx.Details, name, value)
	}
	if whole.Reference != tx.Reference {
		statement.Fact(&tx.Details, "booking_text", whole.Reference)
	}
	return tx, m.first.words(11, 31), nil
}

var errNoDay = errors.New("it has neither an entry date nor a value date")

func (e *entry) transaction(account *sdk.Account) (sdk.Transaction, error) {
	amount, err := e.first.amount(32, 33)
	if err != nil {
		return sdk.Transaction{}, err
	}
	value, err := e.first.day(48)
	if err != nil {
		return sdk.Transaction{}, err
	}
	booked, err := e.first.day(116)
	if err != nil {
		return sdk.Transaction{}, err
	}
	if booked.IsZero() {
		booked = value
	}
	if booked.IsZero() {
		return sdk.Transaction{}, errNoDay
	}
	tx := sdk.Transaction{Date: booked, ValueDate: value, Amount: amount.Digits, Direction: sdk.In, Currency: account.Currency,
		Code: strings.TrimSpace(e.first.at(54, 61)), Raw: e.raw()}
	if amount.Negative {
		tx.Direction = sdk.Out
	}
	statement.Fact(&tx.Details, "bank_reference", statement.Reference(e.first.words(11, 31)))
	e.party(&tx, account)
	e.communication(&tx)
	return tx, nil
}

// party takes the other side from 2.2, 2.3 and, for its name, 3.1.
func (e *entry) party(tx *sdk.Transaction, account *sdk.Account) {
	if s := e.second; s != nil {
		tx.EndToEndID = statement.Reference(s.words(64, 98))
		statement.Fact(&tx.Details, "counterparty_bic", s.words(99, 109))
		statement.Fact(&tx.Details, "return_reason", s.words(114, 117))
		statement.Fact(&tx.Details, "purpose", s.words(122, 125))
	}
	if t := e.third; t != nil {
		if fields := strings.Fields(t.at(11, 44)); len(fields) > 0 {
			tx.CounterNumber = statement.AccountNumber(fields[0])
		}
		tx.Counterparty = t.words(48, 82)
	}
	for i := range e.information {
		if r := &e.information[i]; tx.Counterparty == "" && r.kind() == "31" && r.at(40, 43) == "1001" {
			tx.Counterparty = r.words(44, 113)
		}
	}
	if tx.CounterNumber == account.Number {
		tx.CounterNumber = ""
	}
	if account.Owner != "" && strings.EqualFold(tx.Counterparty, account.Owner) {
		tx.Counterparty = ""
	}
}

// raw is the entry's own records.
func (e *entry) raw() []byte {
	var b []byte
	add := func(r *record) {
		if r != nil && len(b)+4*width < statement.MaxRaw {
			b = append(append(b, strings.TrimRight(string(r.text), " ")...), '\n')
		}
	}
	add(&e.first)
	add(e.second)
	add(e.third)
	for i := range e.information {
		add(&e.information[i])
	}
	return b
}
