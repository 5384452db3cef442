package files_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	gocmp "github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/files"
	"github.com/girosync/girosync/plugins/files/statement/statementtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// fewest is how many variants of each kind of trouble there must be.
const fewest = 3

// variant is one way in which a kind of trouble comes, and what must come of it:
// lines as the tests show them, a question, or a refusal of the whole file.
type variant struct {
	Kind, Name, Text string
	File             string // its name; a table's is that of a CSV file
	Options          map[string]string
	Lines            []string
	Asks             string   // the option that is asked for
	Refused          string   // words of the error
	Findings         []string // all that are told; none where a test does not look
	Details          []string // some of the transactions' details
	Accounts         []string // the names of the statements' accounts
	raw              []byte   // what is no text
}

// variants reads those of tables and of other formats, and adds what is built.
func variants(t *testing.T) []variant {
	t.Helper()
	var list struct{ Table, Statement []variant }
	for _, file := range []string{"testdata/tables.toml", "testdata/statements.toml"} {
		meta, err := toml.DecodeFile(file, &list)
		if err != nil {
			t.Fatal(err)
		}
		if unknown := meta.Undecoded(); len(unknown) > 0 {
			t.Fatalf("%s: %s is no key of a variant", file, unknown[0])
		}
	}
	return slices.Concat(list.Table, list.Statement, books(t))
}

// TestKinds reads every kind of trouble that banks' files make, in at least three
// variants.
func TestKinds(t *testing.T) {
	var known struct {
		Kind []struct{ Name, Means string }
	}
	if _, err := toml.DecodeFile("testdata/kinds.toml", &known); err != nil {
		t.Fatal(err)
	}
	count, texts := map[string]int{}, map[string]string{}
	for _, k := range known.Kind {
		if _, twice := count[k.Name]; twice || k.Means == "" {
			t.Errorf("kind %q: it stands twice, or says nothing", k.Name)
		}
		count[k.Name] = 0
	}
	all := variants(t)
	for _, v := range all {
		if _, ok := count[v.Kind]; !ok {
			t.Errorf("%q is of the kind %q, which kinds.toml does not list", v.Name, v.Kind)
		}
		if other, twice := texts[v.Text]; twice && v.raw == nil && v.Options == nil {
			t.Errorf("%q has the text of %q", v.Name, other)
		}
		texts[v.Text] = v.Name
		count[v.Kind]++
		t.Run(v.Kind+"/"+v.Name, v.check)
	}
	for _, k := range known.Kind {
		if t.Logf("%3d %s", count[k.Name], k.Name); count[k.Name] < fewest {
			t.Errorf("%d variants of %q, want %d at least", count[k.Name], k.Name, fewest)
		}
	}
	t.Logf("SCORE %d variants of %d kinds", len(all), len(known.Kind))
}

// check reads a variant through the provider.
func (v variant) check(t *testing.T) {
	if v.raw == nil {
		v.raw = []byte(v.Text)
	}
	var batches []sdk.StatementBatch
	request := sdk.ReadRequest{Filename: cmp.Or(v.File, "table.csv"), Options: v.Options}
	err := files.Provider{}.ReadStatements(context.Background(), request, bytes.NewReader(v.raw), func(b sdk.StatementBatch) error {
		batches = append(batches, b)
		return statementtest.Check(b)
	})
	if v.Asks != "" || v.Refused != "" {
		var told *sdk.Error
		if !errors.As(err, &told) || told.Kind != sdk.BadRequest || told.Field != v.Asks || !strings.Contains(told.Message, v.Refused) {
			t.Fatalf("error %v, want a bad request about %q that says %q; read %v", err, v.Asks, v.Refused, statementtest.Lines(batches))
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(v.Lines, statementtest.Lines(batches)); diff != "" {
		t.Error(diff)
	}
	if diff := gocmp.Diff(v.Findings, statementtest.Findings(batches)); v.Findings != nil && diff != "" {
		t.Error(diff)
	}
	v.checkRest(t, batches)
}

func (v variant) checkRest(t *testing.T, batches []sdk.StatementBatch) {
	var details, accounts []string
	for _, b := range batches {
		accounts = append(accounts, b.Account.Name)
		for i := range b.Booked {
			details = append(details, statementtest.Details(&b.Booked[i])...)
		}
	}
	for _, want := range v.Details {
		if !slices.Contains(details, want) {
			t.Errorf("no detail %q in %q", want, details)
		}
	}
	if diff := gocmp.Diff(v.Accounts, accounts); v.Accounts != nil && diff != "" {
		t.Error(diff)
	}
}
