package coda

import (
	"errors"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// width is how many characters a record has.
const width = 128

// record is one line, filled up with blanks.
type record struct {
	text []rune
	line int
}

func newRecord(text string, line int) record {
	r := record{text: []rune(text), line: line}
	for len(r.text) < width {
		r.text = append(r.text, ' ')
	}
	return r
}

// at returns the characters from one position to another, counted from 1 and
// both included, as the standard counts them.
func (r *record) at(from, to int) string { return string(r.text[from-1 : to]) }

// words is at with blanks made one space.
func (r *record) words(from, to int) string { return statement.Words(r.at(from, to)) }

// kind names a record: "21" for the first part of a movement.
func (r *record) kind() string {
	switch r.text[0] {
	case '2', '3':
		return r.at(1, 2)
	}
	return r.at(1, 1)
}

var (
	errNoDigits = errors.New("the amount is not fifteen digits")
	errSign     = errors.New("the sign is neither 0 nor 1")
)

// amount reads a sign (1 is debit) and fifteen digits, three of them decimals.
func (r *record) amount(sign, from int) (statement.Amount, error) {
	a, err := r.figure(from)
	if err != nil {
		return a, err
	}
	switch r.at(sign, sign) {
	case "0":
	case "1":
		a.Negative = strings.Trim(a.Digits, "0.") != ""
	default:
		return a, errSign
	}
	return a, nil
}

// figure reads fifteen digits, three of them decimals.
func (r *record) figure(from int) (statement.Amount, error) {
	digits := r.at(from, from+14)
	if strings.Trim(digits, "0123456789") != "" {
		return statement.Amount{}, errNoDigits
	}
	return statement.ParseMoney(digits[:12]+"."+strings.TrimSuffix(digits[12:], "0"), statement.Point, nil)
}

// day reads DDMMYY; six zeros or blanks are no day.
func (r *record) day(from int) (sdk.Date, error) {
	text := r.at(from, from+5)
	if strings.Trim(text, "0 ") == "" {
		return sdk.Date{}, nil
	}
	if strings.Trim(text, "0123456789") != "" {
		return sdk.Date{}, errors.New("date " + text + ": want DDMMYY")
	}
	return statement.ParseShort(text[4:] + text[2:4] + text[:2])
}
