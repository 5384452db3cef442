package account_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/dialect/sqlite"
	"github.com/girosync/girosync/addon/secret"
)

// open makes a database with the addons up to account, as an administrator has it.
func open(t *testing.T, change ...func(*orm.Options)) *orm.Database {
	t.Helper()
	hasher := secret.NewHasher(secret.Cost{Memory: 64, Passes: 1, Threads: 1})
	people := base.New(hasher)
	ordered, registry, err := addon.Join(people.Addon(), bus.Addon(), mail.Addon(), account.Addon())
	if err != nil {
		t.Fatal(err)
	}
	store, err := sqlite.Open(filepath.Join(t.TempDir(), "test.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	options := orm.Options{Directory: people.Directory()}
	for _, f := range change {
		f(&options)
	}
	db, err := orm.Open(t.Context(), registry, store, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := db.Migrate(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if err := addon.Install(t.Context(), db, ordered, addon.Setup{Password: "admin"}); err != nil {
		t.Fatal(err)
	}
	return db
}

// call calls a method as the administrator and returns its result as JSON.
func call(t *testing.T, db *orm.Database, model, method string, args ...any) string {
	t.Helper()
	return callWith(t, db, nil, model, method, args...)
}

func callWith(t *testing.T, db *orm.Database, kwargs map[string]any, model, method string, args ...any) string {
	t.Helper()
	result, err := db.Call(t.Context(), orm.Principal{UID: base.AdminUser}, model, method, args, kwargs)
	if err != nil {
		t.Fatalf("%s.%s: %v", model, method, err)
	}
	text, err := json.Marshal(result)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func list(v ...any) []any { return v }

func object(pairs ...any) map[string]any {
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}

func TestLinesAndStatementsBalanceAsOnOdoo(t *testing.T) {
	db := open(t)
	if got := call(t, db, "account.journal", "create", object("name", "Bank", "type", "bank")); got != "1" {
		t.Fatalf("journal id %s", got)
	}
	call(t, db, "account.bank.statement.line", "create", list(
		object("journal_id", 1, "date", "2025-03-01", "payment_ref", "opening", "amount", 1000.0),
		object("journal_id", 1, "date", "2025-03-02", "payment_ref", "rent", "amount", -250.5),
		object("journal_id", 1, "date", "2025-03-02", "payment_ref", "sale", "amount", 99.99),
		object("journal_id", 1, "date", "2025-03-05", "payment_ref", "sale 2", "amount", 0.01),
	))
	got := callWith(t, db, map[string]any{"fields": list("payment_ref", "running_balance", "name")},
		"account.bank.statement.line", "search_read", list())
	want := `[{"id":4,"payment_ref":"sale 2","running_balance":849.5,"name":"BNK1/2025/00004"},` +
		`{"id":3,"payment_ref":"sale","running_balance":849.49,"name":"BNK1/2025/00003"},` +
		`{"id":2,"payment_ref":"rent","running_balance":749.5,"name":"BNK1/2025/00002"},` +
		`{"id":1,"payment_ref":"opening","running_balance":1000.0,"name":"BNK1/2025/00001"}]`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	call(t, db, "account.bank.statement", "create", object("name", "S1", "line_ids", list(list(6, 0, list(1, 2, 3)))))
	call(t, db, "account.bank.statement", "create", object("name", "S2", "balance_start", 500, "balance_end_real", 545.5,
		"line_ids", list(list(0, 0, object("journal_id", 1, "date", "2025-04-01", "amount", 20.25)),
			list(0, 0, object("journal_id", 1, "date", "2025-04-02", "amount", 25.25)))))
	fields := list("name", "date", "balance_start", "balance_end", "balance_end_real", "is_complete", "is_valid", "line_ids")
	got = call(t, db, "account.bank.statement", "read", list(1, 2), fields)
	want = `[{"id":1,"name":"S1","date":"2025-03-02","balance_start":0.0,"balance_end":849.49,"balance_end_real":849.49,` +
		`"is_complete":true,"is_valid":true,"line_ids":[3,2,1]},` +
		`{"id":2,"name":"S2","date":"2025-04-02","balance_start":500.0,"balance_end":545.5,"balance_end_real":545.5,"is_complete":true,` +
		`"is_valid":false,"line_ids":[6,5]}]`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
