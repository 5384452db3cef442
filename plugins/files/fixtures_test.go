package files_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/girosync/girosync/plugins/files"
	"github.com/girosync/girosync/plugins/files/statement/statementtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// verdict is what independent implementations say of a file.
type verdict struct {
	Confidence string `json:"confidence"`
	Format     string `json:"format"`
	Expect     *struct {
		Count      int             `json:"count"`
		Sum        string          `json:"sum"`
		First      string          `json:"first_date"`
		Last       string          `json:"last_date"`
		Statements []statementSays `json:"statements"`
	} `json:"expect"`
}

type statementSays struct {
	Count int             `json:"count"`
	Sum   json.RawMessage `json:"sum"`
}

// sums returns the expected total: a number for most formats, one by currency
// for camt.
func (v verdict) sum() *big.Rat {
	total := new(big.Rat)
	if v.Format != "camt" {
		if v.Expect.Sum != "" {
			total.SetString(v.Expect.Sum)
		}
		return total
	}
	for _, s := range v.Expect.Statements {
		var by map[string]string
		if json.Unmarshal(s.Sum, &by) != nil {
			continue // an empty list when there is nothing
		}
		for _, amount := range by {
			part, _ := new(big.Rat).SetString(amount)
			total.Add(total, part)
		}
	}
	return total
}

// oracleErrs lists the files where we differ on purpose, with the reason.
var oracleErrs = map[string]string{
	"camt/genkgo_camt/test/data/camt052.v6.xml":                                  "the oracle counts a pending entry (status PDNG); it is told as pending, not as booked",
	"camt/viafintech_camt_parser/spec/fixtures/053/valid_example_with_debit.xml": "the oracle counts entries; one collective entry has two details that add up to it, so it is two transactions",
}

// oracleDates lists the files whose days we read otherwise, with the reason.
var oracleDates = map[string]string{
	"ofx/jseutter_ofxparse/tests/fixtures/investment_medium.ofx": "the oracle moves an evening at [-4:EST] to the next day in GMT; the day is the one written (row 12)",
}

// TestFixtures measures the readers against files that nobody here wrote.
func TestFixtures(t *testing.T) {
	root := fixtures(t)
	var verdicts map[string]verdict
	raw, err := os.ReadFile(filepath.Join(root, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &verdicts); err != nil {
		t.Fatal(err)
	}
	scores := map[string]*score{}
	for path, v := range verdicts {
		kind, _, _ := strings.Cut(path, "/")
		if kind != "camt" && kind != "mt940" && kind != "ofx" {
			continue
		}
		group := v.Confidence
		switch group {
		case "agree", "two of three agree", "settled by balance identity":
			group = "agreed"
		}
		key := kind + ", " + group
		if scores[key] == nil {
			scores[key] = &score{}
		}
		got, err := readFixture(filepath.Join(root, path))
		problem := judge(v, got, err)
		if wrong := judgeDates(v, got); wrong != "" && oracleDates[path] == "" {
			t.Errorf("%s: %s", path, wrong)
		}
		scores[key].of++
		switch {
		case problem == "":
			scores[key].right++
		case oracleErrs[path] != "":
			scores[key].explained++
		case v.Expect == nil:
			t.Errorf("%s: %s", path, problem)
		default:
			scores[key].wrong = append(scores[key].wrong, path+": "+problem)
		}
	}
	report(t, scores)
}

type score struct {
	right, explained, of int
	wrong                []string
}

func report(t *testing.T, scores map[string]*score) {
	agreed, right := 0, 0
	for _, key := range slices.Sorted(maps.Keys(scores)) {
		s := scores[key]
		t.Logf("SCORE %-24s %d of %d right, %d explained", key, s.right, s.of, s.explained)
		for _, w := range s.wrong {
			t.Errorf("%s: %s", key, w)
		}
		if strings.HasSuffix(key, "agreed") {
			agreed += s.of
			right += s.right
		}
	}
	t.Logf("SCORE with an agreed expectation: %d of %d right in number and sum", right, agreed)
	if right*10 < agreed*9 {
		t.Errorf("fewer than 90 %% of the agreed files are right: %d of %d", right, agreed)
	}
}

// judgeDates returns what is wrong with the days of a reading.
func judgeDates(v verdict, got *reading) string {
	if v.Expect == nil || v.Expect.First == "" || (got.first == v.Expect.First && got.last == v.Expect.Last) {
		return ""
	}
	return fmt.Sprintf("from %s to %s, want %s to %s", got.first, got.last, v.Expect.First, v.Expect.Last)
}

// reading is what was read of one file.
type reading struct {
	count       int
	sum         *big.Rat
	first, last string // day; of MT940, the value day, as the oracles have it
	batches     []sdk.StatementBatch
}

func (r *reading) day(format string, tx *sdk.Transaction) {
	day := tx.Date.String()
	if strings.HasPrefix(format, "mt94") {
		day = tx.ValueDate.String()
	}
	if r.first == "" || day < r.first {
		r.first = day
	}
	r.last = max(r.last, day)
}

func (r *reading) refused() (n int) {
	for _, b := range r.batches {
		n += len(b.Refused)
	}
	return n
}

// judge returns what is wrong with a reading, "" for nothing.
func judge(v verdict, got *reading, err error) string {
	var clean *sdk.Error
	if err != nil && (!errors.As(err, &clean) || clean.Kind != sdk.BadRequest || clean.Message == "") {
		return fmt.Sprintf("not a clean error: %v", err)
	}
	if v.Expect == nil {
		if err == nil && got.count == 0 && got.refused() == 0 && v.Confidence == "all parsers reject" {
			return "neither an error nor a result"
		}
		return ""
	}
	if err != nil && v.Expect.Count > 0 {
		return err.Error()
	}
	if want := v.sum(); got.count != v.Expect.Count || got.sum.Cmp(want) != 0 {
		return fmt.Sprintf("%d transactions of %s, want %d of %s; refused %d", got.count, got.sum.FloatString(2), v.Expect.Count, want.FloatString(2), got.refused())
	}
	return ""
}

func readFixture(path string) (*reading, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := &reading{sum: new(big.Rat)}
	err = files.Provider{}.ReadStatements(context.Background(), sdk.ReadRequest{Filename: filepath.Base(path)}, f, func(b sdk.StatementBatch) error {
		if err := statementtest.Check(b); err != nil {
			return err
		}
		r.batches = append(r.batches, b)
		for _, tx := range b.Booked {
			r.count++
			r.day(b.Format, &tx)
			amount, ok := new(big.Rat).SetString(tx.Amount)
			if !ok {
				return fmt.Errorf("amount %q", tx.Amount)
			}
			if tx.Direction == sdk.Out {
				amount.Neg(amount)
			}
			r.sum.Add(r.sum, amount)
		}
		return nil
	})
	return r, err
}

// fixtures returns the folder of real files, or skips.
func fixtures(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		t.Fatal("no go.mod above the test")
	}
	root := filepath.Join(dir, "..", "shared", "fixtures")
	if _, err := os.Stat(root); err != nil {
		t.Skip("the collection of real statement files, ../shared/fixtures, is not here")
	}
	return root
}
