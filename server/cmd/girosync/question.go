package main

import (
	"errors"
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
)

// asksFor returns how the options are given of which an error of a reading
// names one: a line to show below it, or "" for any other error.
func asksFor(err error) string {
	var told *sdk.Error
	if !errors.As(err, &told) || told.Kind != sdk.BadRequest {
		return ""
	}
	switch told.Field {
	case "date_order":
		return "Say it with --option date_order=dmy, or mdy, or ymd."
	case "decimal":
		return "Say it with --option decimal=, (a comma) or --option decimal=. (a point)."
	case "columns":
		return `Say it with --option columns='{"date":"Datum","amount":"Bedrag"}': each is a heading, or a number from 1. ` +
			"All meanings: girosync inspect --help."
	case "debit_words":
		return "Say it with --option debit_words='Af,D': the words for a debit, parted by commas; every other word is a credit."
	case "invert":
		return "Say it with --option invert=yes, if positive amounts leave the account, or --option invert=no."
	case "sheet":
		return "Say it with --option sheet='NAME'."
	case "delimiter":
		return "Say it with --option delimiter=tab, or one of , ; | between quotes: --option delimiter=';'."
	case "skip_rows", "limit":
		return "Say it with --option " + told.Field + "=3: a number of rows."
	}
	return ""
}

// withOption adds to a text the line of asksFor.
func withOption(text string, err error) string {
	if how := asksFor(err); how != "" {
		return strings.TrimRight(text, "\n") + "\n" + how
	}
	return text
}
