package httpd

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"github.com/girosync/girosync/addon/fault"
)

// Statement is a bank statement as it is printed. Amounts are decimals in text.
type Statement struct {
	Name, Date, Company, Journal, Number, Bank, BIC, Currency string
	Digits                                                    int
	Start, End, Real                                          string
	Valid, Complete                                           bool
	Lines                                                     []StatementLine
	Language                                                  string // the reader's, such as "nl_NL"
}

// StatementLine is a line of it.
type StatementLine struct {
	Date, Name, Label, Partner, Number, Amount, Balance, Foreign string
}

//go:embed statement.html
var statementHTML string

var statementTemplate = template.Must(template.New("statement").Parse(statementHTML))

// statement is the page of one bank statement, for who is logged in and may
// read it; it prints well and runs no scripts.
func (d Doors) statement(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		reply(w, http.StatusNotFound, "there is no such statement")
		return
	}
	s, err := d.Statement(r, id)
	switch {
	case fault.Is(err, fault.SessionExpired, fault.Unauthenticated):
		http.Redirect(w, r, "/", http.StatusSeeOther) // where one logs in
		return
	case fault.Is(err, fault.Denied):
		reply(w, http.StatusForbidden, "you may not read this statement")
		return
	case fault.Is(err, fault.Missing):
		reply(w, http.StatusNotFound, "there is no such statement")
		return
	case err != nil:
		d.Log.Error("page of statement", "statement", id, "error", err)
		reply(w, http.StatusInternalServerError, "the statement cannot be shown now")
		return
	}
	var out bytes.Buffer
	if err := statementTemplate.Execute(&out, sheet{s, sheetWordsFor(s.Language)}); err != nil {
		d.Log.Error("page of statement", "statement", id, "error", err)
		reply(w, http.StatusInternalServerError, "the statement cannot be shown")
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Referrer-Policy", "no-referrer")
	_, _ = out.WriteTo(w) // a client that is gone needs no answer
}

// sheet is what the template shows.
type sheet struct {
	Statement
	Words sheetWords
}

// Money writes an amount as its currency and the reader's language do.
func (s sheet) Money(text string) string {
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "−", text[1:]
	}
	whole, part, _ := strings.Cut(text, ".")
	part = strings.TrimRight(part, "0")
	if len(part) < s.Digits {
		part += strings.Repeat("0", s.Digits-len(part))
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + s.Words.Thousands + whole[i:]
	}
	if part != "" {
		part = s.Words.Decimal + part
	}
	return sign + whole + part
}

// Negative reports whether an amount leaves the account.
func (s sheet) Negative(text string) bool { return strings.HasPrefix(text, "-") }

// sheetWords are the page's texts in one language.
type sheetWords struct {
	Language, Thousands, Decimal                           string
	Statement, Account, Bank, Date, Journal                string
	Label, Partner, Amount, Balance, Start, End, Real      string
	Invalid, Incomplete, Complete, None, Signature, Number string
}

func sheetWordsFor(lang string) sheetWords {
	if strings.HasPrefix(strings.ToLower(lang), "nl") {
		return sheetWords{
			Language: "nl", Thousands: ".", Decimal: ",", Statement: "Bankafschrift", Account: "Rekening", Bank: "Bank", Date: "Datum",
			Journal: "Dagboek",
			Label:   "Omschrijving", Partner: "Tegenpartij", Amount: "Bedrag", Balance: "Saldo", Start: "Beginsaldo",
			End: "Eindsaldo volgens de regels", Real: "Eindsaldo",
			Invalid:    "Het beginsaldo is niet het eindsaldo van het vorige afschrift, of er ontbreekt een eerder afschrift.",
			Incomplete: "Het eindsaldo is niet wat de regels opleveren.", Complete: "Beginsaldo, regels en eindsaldo kloppen.",
			None: "Dit afschrift heeft geen regels.", Number: "Nummer",
		}
	}
	return sheetWords{
		Language: "en", Thousands: ",", Decimal: ".", Statement: "Bank statement", Account: "Account", Bank: "Bank", Date: "Date",
		Journal: "Journal",
		Label:   "Label", Partner: "Counterparty", Amount: "Amount", Balance: "Balance", Start: "Starting balance",
		End: "Ending balance by the lines", Real: "Ending balance",
		Invalid:    "The starting balance is not the ending balance of the previous statement, or an earlier statement is missing.",
		Incomplete: "The ending balance is not what the lines come to.", Complete: "Starting balance, lines and ending balance agree.",
		None: "This statement has no lines.", Number: "Number",
	}
}
