package e2e

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// cashBook is a file in the format of testdata/girosync-provider-cashbook; its
// sixth line cannot be read.
const cashBook = `CASHBOOK 1
ACCOUNT BE68539007547034 EUR
FROM 2026-06-01 100.00
2026-06-02 -2.50 Corner Bakery | Bread
2026-06-02 -2.50 Corner Bakery | Bread
2026-06-31 -1.00 Nobody | No such day
2026-06-03 +40.00 J. Janssens | Invoice 7
TO 2026-06-30 135.00
`

// TestThirdPartysFormat adds a format by a program of its own, which a host
// discovers, refuses until it is trusted, and then reads files with.
func TestThirdPartysFormat(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, on database) {
		h := newHost(t, on)
		h.ownPlugins(t)
		program := filepath.Join(h.plugin, "girosync-provider-cashbook")
		if err := copyFile(filepath.Join(built.dir, "girosync-provider-cashbook"), program); err != nil {
			t.Fatal(err)
		}
		h.init(t, "books")
		h.serve(t)
		c := h.client()
		var journal int64
		c.call(t, &journal, "account.journal", "create", list{object{"name": "Cash", "code": "CASH1", "type": "bank"}}, nil)
		if _, err := c.sendFile(journal, "june.book", cashBook); err == nil || !strings.Contains(err.Error(), "known format") {
			t.Errorf("read by a program that nobody trusts: %v", err)
		}
		h.girosync(t, "", "plugin", "trust", program)
		var report object
		until(t, "the program that is trusted now", func() (read bool) {
			var err error
			report, err = c.sendFile(journal, "june.book", cashBook)
			return err == nil
		})
		if report["reader"] != "cashbook" || report["format"] != "cashbook" || report["new"] != 3.0 {
			t.Errorf("the report: %v", report)
		}
		if refused, _ := json.Marshal(report["refused"]); string(refused) != `[{"line":6,"reason":"2026-06-31 is no day"}]` {
			t.Errorf("refused: %s", refused)
		}
		lines := c.rows(t, "account.bank.statement.line", list{leaf("journal_id", "=", journal)}, "date", "amount", "partner_name",
			"payment_ref", "running_balance")
		if len(lines) != 3 || lines[2]["amount"] != 40.0 || lines[2]["partner_name"] != "J. Janssens" ||
			lines[2]["payment_ref"] != "Invoice 7" || lines[2]["running_balance"] != 135.0 {
			t.Errorf("the lines: %v", lines)
		}
		for text, says := range map[string]string{
			strings.Replace(cashBook, "ACCOUNT", "ACCONT", 1):                    "Line 2: the account must come first",
			strings.Replace(cashBook, "TO 2026-06-30 135.00\n", "", 1):           "Line 7: the cash book ends without its closing balance",
			strings.Repeat(cashBook, 2):                                          "Line 9: nothing may follow the closing balance",
			strings.Replace(cashBook, "CASHBOOK 1", "CASHBOOK 2", 1):             "known format",
			strings.Replace(cashBook, "BE68539007547034", "BE71096123456769", 1): "BE71096123456769",
		} {
			if _, err := c.sendFile(journal, "broken.book", text); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("a broken file: %v, want %q", err, says)
			}
		}
		h.importsCashBook(t)
		if n := c.count(t, "account.bank.statement.line", list{leaf("journal_id", "=", journal)}); n != 3 {
			t.Errorf("%d lines after importing the same file again", n)
		}
	})
}

// sendFile imports a file by JSON-RPC and returns the report.
func (c *client) sendFile(journal int64, name, text string) (report object, err error) {
	err = c.try(&report, "account.journal", "import_statement_file",
		list{list{journal}, name, base64.StdEncoding.EncodeToString([]byte(text))}, nil)
	return report, err
}

// importsCashBook reads and imports files in the third party's format on the
// command line.
func (h *host) importsCashBook(t *testing.T) {
	t.Helper()
	good := filepath.Join(filepath.Dir(h.dir), "june.book")
	broken := filepath.Join(filepath.Dir(h.dir), "broken.book")
	for path, text := range map[string]string{good: cashBook, broken: strings.Replace(cashBook, "TO 2026-06-30", "TO june", 1)} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var found struct {
		Format   string
		Accounts []struct{ Sum, Opening, Closing string }
	}
	inspect := func(path string, more ...string) (string, error) {
		cmd := exec.Command(built.program, append([]string{"inspect", path, "--plugins", h.plugin}, more...)...)
		cmd.Env = append(h.env[:len(h.env):len(h.env)], "GIROSYNC_SERVER_DATA_DIR="+h.dir, "GIROSYNC_DATABASE_URL="+h.store)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	out, err := inspect(good, "--json")
	if err == nil {
		err = json.Unmarshal([]byte(out), &found)
	}
	if err != nil || found.Format != "cashbook" || len(found.Accounts) != 1 ||
		found.Accounts[0].Sum != "35.00" || found.Accounts[0].Opening != "100.00" || found.Accounts[0].Closing != "135.00" {
		t.Errorf("inspect: %s %v", out, err)
	}
	if out := h.girosync(t, "", "import", good, "--db", h.db, "--journal", "CASH1"); !strings.Contains(out, "new 0, known 3, refused 1") {
		t.Errorf("import of the same file: %s", out)
	}
	if out, err := inspect(broken); err == nil || !strings.Contains(out, "line 8: june is no day") {
		t.Errorf("inspect of a broken file: %v\n%s", err, out)
	}
	cmd := exec.Command(built.program, append([]string{"import", broken, "--db", h.db, "--journal", "CASH1"}, h.place()...)...)
	cmd.Env = h.env
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "Line 8: june is no day") {
		t.Errorf("import of a broken file: %v\n%s", err, out)
	}
}
