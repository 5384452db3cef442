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
	Count    int             `json:"count"`
	Sum      json.RawMessage `json:"sum"`
	Opening  *balanceSays    `json:"opening"`
	Closing  *balanceSays    `json:"closing"`
	Balances []balanceSays   `json:"balances"` // of camt
}

type balanceSays struct {
	Type   string `json:"type"`
	Amount string `json:"amount"`
}

// UnmarshalJSON reads an amount alone, too.
func (b *balanceSays) UnmarshalJSON(raw []byte) error {
	if json.Unmarshal(raw, &b.Amount) == nil {
		return nil
	}
	type plain balanceSays
	return json.Unmarshal(raw, (*plain)(b))
}

// balances returns the opening and closing amounts that must be told.
func (v verdict) balances() (amounts []string) {
	for _, s := range v.Expect.Statements {
		for _, b := range append([]*balanceSays{s.Opening, s.Closing}, kinds(s.Balances)...) {
			if b != nil {
				amounts = append(amounts, rational(b.Amount))
			}
		}
	}
	return amounts
}

// kinds keeps opening and closing balances.
func kinds(list []balanceSays) (kept []*balanceSays) {
	for i := range list {
		if list[i].Type == "opening" || list[i].Type == "closing" {
			kept = append(kept, &list[i])
		}
	}
	return kept
}

// rational writes an amount so that equal ones are the same text.
func rational(amount string) string {
	r, ok := new(big.Rat).SetString(amount)
	if !ok {
		return amount
	}
	return r.RatString()
}

// sum returns the expected total: a number for most formats, one by currency
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
	"camt/genkgo_camt/test/data/camt052.v6.xml": "the oracle counts a pending entry (status PDNG); " +
		"it is told as pending, not as booked",
	"bai2/moov-io_bai2/test/testdata/sample3.txt": "the oracle misses a record that stands behind another " +
		"on its line; the file's own control totals hold with it",
	"csv/reubano_csv2ofx/data/test/xero.csv": "a journal of many accounts, which the oracle joins to " +
		"five splits; it is no statement, its rows add up to nothing",
	"camt/viafintech_camt_parser/spec/fixtures/053/valid_example_with_debit.xml": "the oracle counts entries; one collective entry has " +
		"two details that add up to it, so it is two transactions",
}

// choices are what a user would be asked about a file and choose.
var choices = map[string]map[string]string{
	"csv/reubano_csv2ofx/data/test/payoneer.csv": {"date_order": "dmy"},
	"csv/reubano_csv2ofx/data/test/xero.csv":     {"columns": `{"date":"JournalDate","amount":"NetAmount","reference":"Description"}`},
}

// oracleBalances lists the files whose balances we tell otherwise, with the reason.
var oracleBalances = map[string]string{
	"camt/genkgo_camt/test/data/camt053.v2.all-balance-types.xml":                otherDay,
	"camt/viafintech_camt_parser/spec/fixtures/053/valid_example_with_batch.xml": otherDay,
	"camt/genkgo_camt/test/data/camt053.v2.minimal.xml":                          otherCurrency,
	"camt/genkgo_camt/test/data/camt053.v2.with-party-ids.xml":                   otherCurrency,
	"camt/genkgo_camt/test/data/camt053.v4.xml":                                  otherCurrency,
	"camt/genkgo_camt/test/data/camt053.v8.xml":                                  otherCurrency,
	"camt/hbci4j_hbci4java/src/test/resources/org/kapott/hbci4java/sepa/test-camt-parse-5200108-invalid-saldo.xml": "the oracle rounds " +
		"100.0000000000005; what the file says is told",
	"mt940/wolph_mt940/mt940_tests/self-provided/raphaelm.sta": "closing balances " +
		"without currency: the oracle takes their first digits for one, and loses the amount",
}

const (
	otherDay      = "the oracle lists two opening balances (OPBD and PRCD); a statement has one, and OPBD goes before"
	otherCurrency = "the closing balance is in another currency (SEK) than the account (EUR), so it says nothing of its entries"
)

// oracleDates lists the files whose days we read otherwise, with the reason.
var oracleDates = map[string]string{
	"ofx/jseutter_ofxparse/tests/fixtures/investment_medium.ofx": "the oracle moves an evening at [-4:EST] to the next day in GMT; " +
		"the day is the one written (row 12)",
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
		if !slices.Contains([]string{"camt", "mt940", "ofx", "qif", "csv", "bai2"}, kind) {
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
		got, err := readFixture(filepath.Join(root, path), choices[path])
		problem := judge(v, got, err)
		if wrong := judgeDates(v, got); wrong != "" && oracleDates[path] == "" {
			t.Errorf("%s: %s", path, wrong)
		}
		if wrong := judgeBalances(v, got); wrong != "" && oracleBalances[path] == "" {
			t.Errorf("%s: %s", path, wrong)
		}
		scores[key].of++
		scores[key].count += got.count
		scores[key].refused += got.refused()
		scores[key].sum.Add(&scores[key].sum, got.sum)
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
	count, refused       int
	sum                  big.Rat
	wrong                []string
}

func report(t *testing.T, scores map[string]*score) {
	agreed, right := 0, 0
	t.Logf("SCORE %-26s %5s %5s %9s %12s %7s %16s", "format, what oracles say", "files", "right", "explained", "transactions",
		"refused", "sum")
	for _, key := range slices.Sorted(maps.Keys(scores)) {
		s := scores[key]
		t.Logf("SCORE %-26s %5d %5d %9d %12d %7d %16s", key, s.of, s.right, s.explained, s.count, s.refused, s.sum.FloatString(2))
		for _, w := range s.wrong {
			t.Errorf("%s: %s", key, w)
		}
		if strings.HasSuffix(key, "agreed") {
			agreed += s.of
			right += s.right
		}
	}
	t.Logf("SCORE with an agreed expectation: %d of %d right in number and sum", right, agreed)
}

// judgeDates returns what is wrong with the days of a reading.
func judgeDates(v verdict, got *reading) string {
	if v.Expect == nil || v.Expect.First == "" || (got.first == v.Expect.First && got.last == v.Expect.Last) {
		return ""
	}
	return fmt.Sprintf("from %s to %s, want %s to %s", got.first, got.last, v.Expect.First, v.Expect.Last)
}

// judgeBalances returns which opening or closing balances were not told.
func judgeBalances(v verdict, got *reading) string {
	if v.Expect == nil {
		return ""
	}
	told := map[string]int{}
	for _, b := range got.batches {
		for _, balance := range []*sdk.Balance{b.Opening, b.Closing} {
			if balance != nil {
				told[rational(balance.Amount)]++
			}
		}
	}
	var missing []string
	for _, amount := range v.balances() {
		if told[amount]--; told[amount] < 0 {
			missing = append(missing, amount)
		}
	}
	if len(missing) == 0 {
		return ""
	}
	return fmt.Sprintf("balances not told: %v", missing)
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
	want := v.sum()
	if v.Format == "bai2" { // its oracle gives no sums; the file's own totals are checked by the reader
		want = got.sum
	}
	if got.count != v.Expect.Count || got.sum.Cmp(want) != 0 {
		return fmt.Sprintf("%d transactions of %s, want %d of %s; refused %d", got.count, got.sum.FloatString(2), v.Expect.Count,
			want.FloatString(2), got.refused())
	}
	return ""
}

func readFixture(path string, options map[string]string) (*reading, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := &reading{sum: new(big.Rat)}
	err = files.Provider{}.ReadStatements(context.Background(), sdk.ReadRequest{Filename: filepath.Base(path), Options: options}, f,
		func(b sdk.StatementBatch) error {
			if err := statementtest.Check(b); err != nil {
				return err
			}
			return r.add(b)
		})
	return r, err
}

// add counts a batch.
func (r *reading) add(b sdk.StatementBatch) error {
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
