package statement

import (
	"fmt"
	"strconv"

	"github.com/girosync/girosync/plugins/sdk"
)

// Codes of findings. The host has words for them in its users' languages.
const (
	BalanceColumn     = "balance_column"        // proof: rows
	BalanceBreaks     = "balance_column_breaks" // doubt: agree, of, line
	BalanceBlank      = "balance_column_blank"  // proof, doubt: agree, of, blank
	ClosingBalance    = "closing_balance"       // proof: entries; doubt: opening, entries_sum, come, told
	Totals            = "totals"                // proof: entries; doubt: what, told, come, line
	Counts            = "counts"                // doubt: what, told, come, line
	StatementsGap     = "statements_gap"        // doubt: told, come, date
	StatementRepeated = "statement_repeated"    // doubt: number, opening, closing, entries
	DuplicateFile     = "duplicate_file"        // doubt: no values
	SplitsDiffer      = "splits_differ"         // doubt: told, come, line
	TypesDenySigns    = "types_deny_signs"      // doubt: against, of
	CardSigns         = "card_signs"            // doubt: line
	CorrectedRows     = "corrected_rows"        // choice: rows
	RejectedRows      = "rejected_rows"         // choice: rows
	BalanceRows       = "balance_rows"          // choice: rows
	OpeningRecord     = "opening_record"        // choice: amount, date, line
	BalanceUnproven   = "balance_unproven"      // choice: amount, date
)

// Values are a finding's, by name.
type Values = map[string]string

// Proof is a finding that shows that what was read is right.
func Proof(code string, values Values, text string, args ...any) sdk.Finding {
	return sdk.Finding{Kind: sdk.FindingProof, Code: code, Values: values, Text: fmt.Sprintf(text, args...)}
}

// Doubt is a finding of what does not agree.
func Doubt(code string, values Values, text string, args ...any) sdk.Finding {
	return sdk.Finding{Kind: sdk.FindingDoubt, Code: code, Values: values, Text: fmt.Sprintf(text, args...)}
}

// Choice is a finding of what was taken for what.
func Choice(code string, values Values, text string, args ...any) sdk.Finding {
	return sdk.Finding{Kind: sdk.FindingChoice, Code: code, Values: values, Text: fmt.Sprintf(text, args...)}
}

// Number writes a count as a value.
func Number(n int) string { return strconv.Itoa(n) }

// Things is a count with its noun.
func Things(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Number(n) + " " + many
}

// ClosingAgrees is the proof that a closing balance is what the opening one and
// the entries come to.
func ClosingAgrees(entries int) sdk.Finding {
	return Proof(ClosingBalance, Values{"entries": Number(entries), "statements": "1"},
		"the closing balance agrees with the opening balance and %s", Things(entries, "entry", "entries"))
}

// ClosingDiffers is the doubt that it is something else.
func ClosingDiffers(opening, told string, come *Sum, entries int) sdk.Finding {
	return Doubt(ClosingBalance, Values{"opening": opening, "told": told, "come": come.String(), "entries": Number(entries)},
		"the opening balance %s and %s come to %s, but the file gives %s as its closing balance", opening,
		Things(entries, "entry", "entries"), come, told)
}

// TotalsAgree is the proof that the totals which the file tells are what its
// entries come to.
func TotalsAgree(entries int) sdk.Finding {
	return Proof(Totals, Values{"entries": Number(entries), "statements": "1"},
		"the totals in the file agree with %s", Things(entries, "entry", "entries"))
}

// TotalDiffers is the doubt that one of them is something else. what is
// "credits", "debits", "entries" or "net"; line 0 is unknown.
func TotalDiffers(line int, what, told, come string) sdk.Finding {
	return Doubt(Totals, Values{"what": what, "told": told, "come": come, "line": Number(line)},
		"the file gives %s as the total of its %s, but what was read comes to %s", told, what, come)
}

// CountDiffers is the doubt that something is missing. what is "entries",
// "records", "accounts" or "groups"; line 0 is unknown.
func CountDiffers(line int, what string, told, come int) sdk.Finding {
	return Doubt(Counts, Values{"what": what, "told": Number(told), "come": Number(come), "line": Number(line)},
		"the file counts %d %s, but there are %d", told, what, come)
}

// BalancesLeftOut tells of rows that were taken for balances or sums.
func BalancesLeftOut(rows int) sdk.Finding {
	return Choice(BalanceRows, Values{"rows": Number(rows)}, "%s taken for a payment",
		Things(rows, "row tells a balance or a sum and was not", "rows tell balances or sums and were not"))
}

// RejectedLeftOut tells of rows that never touched the account.
func RejectedLeftOut(rows int) sdk.Finding {
	return Choice(RejectedRows, Values{"rows": Number(rows)}, "%s left out",
		Things(rows, "row of a rejected payment was", "rows of rejected payments were"))
}
