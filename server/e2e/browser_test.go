package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// TestBrowser runs the dashboard's own browser tests against a real host, where
// one journal takes files and has a line that was typed.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("not with -short")
	}
	t.Parallel()
	web := filepath.Join(built.root, "server", "web")
	for _, needed := range []string{"/usr/bin/chromium", filepath.Join(web, "node_modules", ".bin", "playwright")} {
		if _, err := os.Stat(needed); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
	h := newHost(t, onSQLite)
	h.start(t, "demo")
	h.waitReady(t)
	c := h.client()
	c.login(t)
	var journal int64
	c.call(t, &journal, "account.journal", "create", list{object{"name": "By file", "code": "FILE", "type": "bank"}}, nil)
	c.call(t, nil, "account.bank.statement.line", "create",
		list{object{"journal_id": journal, "date": "2026-04-16", "amount": -25, "payment_ref": "flowers, typed"}}, nil)

	command := exec.CommandContext(t.Context(), "npx", "--no-install", "playwright", "test", "--output",
		filepath.Join(t.TempDir(), "results"))
	command.Dir = web
	command.Env = append(cleanEnvironment(), "BASE_URL="+h.url)
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)

	// filing.spec.ts imported two tables and said that one of their payments was typed before
	var lines []struct {
		Text string `json:"payment_ref"`
	}
	c.call(t, &lines, "account.bank.statement.line", "search_read", list{list{list{"journal_id", "=", journal}}},
		object{"fields": list{"payment_ref"}, "order": "date"})
	var texts []string
	for _, line := range lines {
		texts = append(texts, line.Text)
	}
	if want := []string{"Rent April", "Baker", "flowers, typed"}; !slices.Equal(texts, want) {
		t.Errorf("the books after the import: %q, want %q", texts, want)
	}
	var answered, remembered int
	c.call(t, &answered, "account.online.review", "search_count",
		list{list{list{"journal_id", "=", journal}, list{"state", "=", "accepted"}}}, nil)
	c.call(t, &remembered, "account.online.file.mapping", "search_count",
		list{list{list{"journal_id", "=", journal}, list{"date_order", "=", "dmy"}}}, nil)
	if answered != 1 || remembered != 1 {
		t.Errorf("%d questions answered and %d mappings kept, want one each", answered, remembered)
	}
}
