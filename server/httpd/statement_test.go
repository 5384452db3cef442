package httpd_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/server/httpd"
)

// printing answers with a statement, or why there is none.
func printing(s httpd.Statement, err error) func(*httpd.Doors) {
	return func(d *httpd.Doors) {
		d.Statement = func(_ *http.Request, id int64) (httpd.Statement, error) {
			if id != 7 {
				return s, fault.New(fault.Missing, "none")
			}
			return s, err
		}
	}
}

func march() httpd.Statement {
	return httpd.Statement{Name: "BNK1/2025-03", Date: "2025-03-31", Company: "Mine & Yours", Journal: "Bank", Number: "BE71",
		Currency: "EUR", Digits: 2, Start: "-1234567.5", End: "10", Real: "11", Valid: true, Complete: false, Language: "en_US",
		Lines: []httpd.StatementLine{{Date: "2025-03-01", Name: "BNK1/2025/00001", Label: "<script>alert(1)</script>", Partner: "ACME",
			Amount: "-0.005", Balance: "1000"}}}
}

func TestAStatementIsShownToWhoMayReadIt(t *testing.T) {
	for _, c := range []struct {
		path   string
		err    error
		status int
	}{
		{"/report/statement/7", nil, 200},
		{"/report/statement/8", nil, 404},
		{"/report/statement/0", nil, 404},
		{"/report/statement/x", nil, 404},
		{"/report/statement/99999999999999999999", nil, 404},
		{"/report/statement/7", fault.New(fault.SessionExpired, "expired"), 303},
		{"/report/statement/7", fault.New(fault.Denied, "secret detail"), 403},
		{"/report/statement/7", errors.New("secret detail"), 500},
	} {
		w := ask(doors(printing(march(), c.err)), "GET", c.path)
		if w.Code != c.status || strings.Contains(w.Body.String(), "secret detail") || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s %v: %d %s", c.path, c.err, w.Code, w.Body)
		}
	}
}

func TestTheStatementsPage(t *testing.T) {
	page := func(s httpd.Statement) string {
		return ask(doors(printing(s, nil)), "GET", "/report/statement/7").Body.String()
	}
	for _, part := range []string{"<h1>Bank statement BNK1/2025-03</h1>", "Mine &amp; Yours", "−1,234,567.50", "−0.005", "1,000.00",
		"&lt;script&gt;alert(1)", "The ending balance is not what the lines come to.", ">11.00<", "@media print"} {
		if text := page(march()); !strings.Contains(text, part) {
			t.Errorf("the page lacks %q:\n%s", part, text)
		}
	}
	dutch := march()
	dutch.Language, dutch.Complete, dutch.Valid, dutch.Digits, dutch.Currency = "nl_BE", true, true, 0, "JPY"
	for _, part := range []string{`<html lang="nl">`, "Bankafschrift BNK1/2025-03", "−1.234.567,5", ">1.000<",
		"Beginsaldo, regels en eindsaldo kloppen."} {
		if text := page(dutch); !strings.Contains(text, part) {
			t.Errorf("the Dutch page lacks %q:\n%s", part, text)
		}
	}
	if text := page(httpd.Statement{Name: "Empty", Start: "0", End: "0", Real: "0", Digits: 3}); !strings.Contains(text, "This statement "+
		"has no lines.") || !strings.Contains(text, "0.000") {
		t.Errorf("an empty one: %s", text)
	}
}
