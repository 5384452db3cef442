package guide_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/orm/ormtest"
)

// TestHistory is about a bank that remembers three months.
func TestHistory(t *testing.T) {
	t.Parallel()
	o := open(t, ormtest.SQLite, withFurther("")) // with the program that reads statement files
	var link float64
	t.Run("S60 what the bank no longer remembers is said, and a file fills it", func(t *testing.T) {
		o := o.in(t)
		journal := o.call("account.journal", "create", object{"name": "Old books", "type": "bank", "code": "OLD"}).(float64)
		o.call("account.bank.statement.line", "create", object{"journal_id": journal, "date": "2025-06-16", "payment_ref": "last year",
			"amount": 1})
		link = o.intoJournal("demo-quarter", journal)
		limit := o.time.Now().Add(-90 * day).Format(time.DateOnly)
		saysTheLimit(t, o, link, limit)
		fillsTheGap(t, o, link, journal, limit)
	})
	t.Run("S64 one call makes a bundle without secrets", func(t *testing.T) { bundles(t, o.in(t), link) })
}

// intoJournal connects a bank and lets its first account feed a journal.
func (o *office) intoJournal(bank string, journal float64) float64 {
	o.t.Helper()
	at := o.begin(bank)
	for at["step"].(object)["type"] != "accounts" {
		at = o.submit(at, answer(at["step"].(object), 0, nil))
	}
	first := at["step"].(object)["accounts"].(list)[0].(object)["id"].(string)
	at = o.submit(at, object{"accounts": list{first}, "journals": object{first: journal}})
	if at["state"] != "done" {
		o.t.Fatalf("the flow: %v", at)
	}
	o.settle()
	return at["link_id"].(float64)
}

func saysTheLimit(t *testing.T, o *office, link float64, limit string) {
	run := o.row("account.online.run", list{leaf("link_id", "=", link)}, "outcome", "error_message", "history_limited_to")
	if words, _ := run["error_message"].(string); run["outcome"] != "ok" || run["history_limited_to"] != limit ||
		!strings.Contains(words, "History limited to "+limit) {
		t.Errorf("a year was wanted: %v", run)
	}
	if from := o.link(link, "history_from")["history_from"]; from != limit {
		t.Errorf("the connection's history begins on %v, not %s", from, limit)
	}
	account := o.row("account.online.account", list{leaf("id", "=", fed(o.accounts(link))[0]["id"])}, "history_limited_to", "coverage_gaps")
	gaps, _ := account["coverage_gaps"].(list)
	if account["history_limited_to"] != limit || len(gaps) != 1 || gaps[0].(object)["from"] != "2025-06-17" {
		t.Errorf("the account: %v", account)
	}
	said := func() (n int) {
		for _, body := range o.messages("account.online.link", link) {
			n += strings.Count(body, "History limited to")
		}
		return n
	}
	o.fetch(link)
	if n := said(); n != 1 {
		t.Errorf("said %d times", n)
	}
}

// fillsTheGap imports a statement file of days that the bank no longer tells.
func fillsTheGap(t *testing.T, o *office, link, journal float64, limit string) {
	lines := o.count("account.bank.statement.line", leaf("journal_id", "=", journal))
	file := "Date;Amount;Description\n2025-09-01;-12.50;An old bill\n2025-10-02;80.00;An old sale\n"
	report := o.call("account.journal", "import_statement_file", list{journal}, "older.csv",
		base64.StdEncoding.EncodeToString([]byte(file)), object{"decimal": "."}).(object)
	if report["new"] != 2.0 || len(report["refused"].(list)) != 0 {
		t.Fatalf("the file: %v", report)
	}
	run := o.fetch(link)
	if now := o.count("account.bank.statement.line", leaf("journal_id", "=", journal)); now < lines+2 || run["outcome"] == "failed" {
		t.Errorf("%d lines, %d before; afterwards %v", now, lines, run)
	}
	older := o.count("account.bank.statement.line", leaf("journal_id", "=", journal), leaf("date", "<", limit))
	if older != 3 { // the one typed by hand, and those of the file
		t.Errorf("%d lines of before %s", older, limit)
	}
}

// bundles reads what support gets, and looks for what it must not get.
func bundles(t *testing.T, o *office, link float64) {
	bundle := o.call("account.online.link", "action_support_bundle", list{link}).(object)
	runs := o.runs(link)
	if told := bundle["runs"].(list); len(told) != min(len(runs), 20) || len(bundle["connections"].(list)) != 1 {
		t.Errorf("%d runs, there were %d; %d connections", len(told), len(runs), len(bundle["connections"].(list)))
	}
	text, err := json.Marshal(bundle)
	if err != nil {
		t.Fatal(err)
	}
	whole := string(text)
	connection := o.link(link, "client_id", "name")
	client, bank := connection["client_id"].(string), connection["name"].(string) // which charges fees
	for _, needed := range []string{client, "demo-quarter", "window_from", `"fetched"`} {
		if !strings.Contains(whole, needed) {
			t.Errorf("the bundle lacks %s: %.600s", needed, whole)
		}
	}
	forbidden := []string{o.sealed(link), "jane"}
	for _, account := range o.accounts(link) {
		forbidden = append(forbidden, account["account_number"].(string))
	}
	for _, line := range o.rows("account.bank.statement.line", list{}, "payment_ref", "account_number", "partner_name") {
		for _, field := range []string{"payment_ref", "account_number", "partner_name"} {
			if value, _ := line[field].(string); len(value) > 8 && value != bank && !slices.Contains(forbidden, value) {
				forbidden = append(forbidden, value)
			}
		}
	}
	if len(forbidden) < 20 {
		t.Errorf("only %d texts to look for", len(forbidden))
	}
	for _, secret := range forbidden {
		if secret != "" && strings.Contains(whole, secret) {
			t.Errorf("the bundle tells %q", fmt.Sprintf("%.12s", secret))
		}
	}
}
