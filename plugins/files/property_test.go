package files_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/girosync/girosync/plugins/files"
	"github.com/girosync/girosync/plugins/files/statement/statementtest"
	"github.com/girosync/girosync/plugins/files/table"
	"github.com/girosync/girosync/plugins/files/words"
	"github.com/girosync/girosync/plugins/sdk"
)

// layout is how a made-up bank writes its tables.
type layout struct {
	sign                    string // signed, brackets, letters, words, two, trailing, beside
	balance, fee, status    bool
	footer, cut, damage     bool
	order                   string // of dates; named is with the month's name
	comma, grouped, preface bool
}

// made is a table and what is true of it, by the text of each row.
type made struct {
	text string
	day  map[string]string
	out  map[string]bool
	not  map[string]bool // rows that were never booked
}

// TestNoSilentWrongSign makes tables in every language, permuted, cut, with
// footers and damaged values: what is booked has the right sign and day, or the
// table is asked about or refused. One in five of them; GIROSYNC_TEST_THOROUGH
// takes all.
func TestNoSilentWrongSign(t *testing.T) {
	thorough := os.Getenv("GIROSYNC_TEST_THOROUGH") != ""
	lib, err := words.Load("", table.RoleNames())
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	tables, asked, failed, booked := 0, map[string]int{}, 0, 0
	t.Run("in", func(t *testing.T) {
		for n, l := range lib.Languages {
			t.Run(l.Language, func(t *testing.T) {
				t.Parallel()
				for bits := range 64 {
					for s, sign := range []string{"signed", "brackets", "letters", "words", "two", "trailing", "beside"} {
						if !thorough && (n+bits+s)%5 != 0 {
							continue
						}
						r := rand.New(rand.NewPCG(uint64(n*1000+bits), uint64(s)))
						lay := layoutOf(r, bits, sign, l)
						m := lay.make(r, l)
						got, field, wrong := m.judge()
						if wrong != "" {
							t.Errorf("%+v: %s\n%s", lay, wrong, m.text)
						}
						mu.Lock()
						tables++
						booked += got
						if field != "" {
							asked[field]++
						} else if got == 0 {
							failed++
						}
						mu.Unlock()
					}
				}
			})
		}
	})
	t.Logf("SCORE %d tables in %d languages: %d transactions right, asked %v, nothing booked %d", tables, len(lib.Languages), booked, asked,
		failed)
}

// layoutOf is one of the layouts, told apart by bits.
func layoutOf(r *rand.Rand, bits int, sign string, l *words.Language) layout {
	dayFirst := l.DayFirst
	lay := layout{sign: sign, balance: bits&1 != 0, fee: bits&3 == 3, status: bits&4 != 0, footer: bits&8 != 0, cut: bits&16 != 0,
		damage: bits&32 != 0, comma: dayFirst, grouped: r.IntN(2) == 0, preface: r.IntN(2) == 0, order: "dmy"}
	if !dayFirst {
		lay.order = []string{"dmy", "mdy", "ymd"}[r.IntN(3)]
	}
	if len(l.Months) == 12 && r.IntN(5) == 0 {
		lay.order = "named"
	}
	return lay
}

// judge reads a table and returns how many rows were booked, which option was
// asked for, and what is wrong.
func (m *made) judge() (booked int, asked, wrong string) {
	err := files.Provider{}.ReadStatements(context.Background(), sdk.ReadRequest{Filename: "x.csv"}, bytes.NewReader([]byte(m.text)),
		func(b sdk.StatementBatch) error {
			for _, tx := range b.Booked {
				booked++
				key := tx.Reference
				day, known := m.day[key]
				switch {
				case !known:
					continue // the text itself was cut or damaged
				case m.not[key]:
					wrong = fmt.Sprintf("%s was never booked", key)
				case day != tx.Date.String():
					wrong = fmt.Sprintf("%s on %s, want %s", key, tx.Date, day)
				case m.out[key] != (tx.Direction == sdk.Out):
					wrong = fmt.Sprintf("%s is %s", key, tx.Direction)
				}
			}
			return statementtest.Check(b)
		})
	if err != nil && sdk.KindOf(err) != sdk.BadRequest {
		return booked, "", err.Error()
	}
	if err != nil {
		asked = "file"
		var e *sdk.Error
		if e, _ = err.(*sdk.Error); e != nil && e.Field != "" {
			asked = e.Field
		}
	}
	return booked, asked, wrong
}

func first(list []string, other string) string {
	if len(list) > 0 {
		return list[0]
	}
	return other
}

func (lay layout) make(r *rand.Rand, l *words.Language) *made {
	m := &made{day: map[string]string{}, out: map[string]bool{}, not: map[string]bool{}}
	columns := []string{"date", "text", "amount"}
	switch lay.sign {
	case "letters", "words":
		columns = append(columns, "sign")
	case "two":
		columns = []string{"date", "text", "debit", "credit"}
	}
	for _, c := range []struct {
		name string
		has  bool
	}{{"balance", lay.balance}, {"fee", lay.fee}, {"status", lay.status}} {
		if c.has {
			columns = append(columns, c.name)
		}
	}
	r.Shuffle(len(columns), func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
	var rows [][]string
	heads := map[string]string{"date": first(l.Headings["date"], "Date"), "text": first(l.Headings["reference"], "Description"),
		"amount": first(l.Headings["amount"], "Amount"), "debit": first(l.Headings["debit"], "Debit"),
		"credit": first(l.Headings["credit"], "Credit"), "sign": first(l.Headings["sign"], "D/C"),
		"balance": first(l.Headings["balance"], "Balance"),
		"fee":     first(l.Headings["fee"], "Fee"), "status": first(l.Headings["status"], "Status")}
	rows = append(rows, pick(columns, heads))
	balance := 100_000
	for i := range 3 + r.IntN(8) {
		rows = append(rows, lay.row(r, l, m, columns, i, &balance))
	}
	if lay.damage {
		row, at, value := rows[1+r.IntN(len(rows)-1)], r.IntN(len(columns)), []string{"", "?", "x"}[r.IntN(3)]
		if columns[at] == "status" && value == "" {
			delete(m.not, row[slices.Index(columns, "text")]) // nothing says any more that it waits
		}
		row[at] = value
	}
	if lay.preface {
		m.text = "Example Bank\n\n"
	}
	for _, row := range rows {
		m.text += strings.Join(row, ";") + "\n"
	}
	if lay.cut {
		last := strings.LastIndex(strings.TrimSuffix(m.text, "\n"), "\n")
		m.text = m.text[:last+2+r.IntN(len(m.text)-last-2)]
	} else if lay.footer {
		m.text += first(l.Balances.Closing, "Closing balance") + ";" + lay.money(balance) + "\n"
	}
	return m
}

func pick(columns []string, values map[string]string) []string {
	var row []string
	for _, c := range columns {
		row = append(row, values[c])
	}
	return row
}

func (lay layout) row(r *rand.Rand, l *words.Language, m *made, columns []string, i int, balance *int) []string {
	cents, out, fee := 200+r.IntN(500_000), r.IntN(2) == 0, 0 // more than any fee
	key := fmt.Sprintf("payment %c%c", 'a'+rune(i), 'a'+rune(r.IntN(26)))
	y, month, d := 2024, 1+r.IntN(12), 1+r.IntN(28)
	m.day[key], m.out[key] = fmt.Sprintf("%d-%02d-%02d", y, month, d), out
	values := map[string]string{"text": key, "status": first(l.States.Booked, "Booked"), "fee": lay.money(0)}
	switch lay.order {
	case "dmy":
		values["date"] = fmt.Sprintf("%02d/%02d/%d", d, month, y)
	case "named":
		values["date"] = fmt.Sprintf("%02d %s %d", d, l.Months[month-1][0], y)
	case "mdy":
		values["date"] = fmt.Sprintf("%02d/%02d/%d", month, d, y)
	default:
		values["date"] = m.day[key]
	}
	if kind := r.IntN(5); lay.status && kind < 2 {
		m.not[key] = true
		values["status"] = [][]string{{first(l.States.Pending, "Pending")}, {first(l.States.Rejected, "Rejected")}}[kind][0]
	} else {
		if lay.fee && r.IntN(2) == 0 {
			fee = 100
			values["fee"] = lay.money(fee)
		}
		*balance += map[bool]int{true: -cents, false: cents}[out] - fee
	}
	values["balance"] = lay.money(*balance)
	lay.signed(values, l, cents, out)
	return pick(columns, values)
}

// signed writes an amount as the bank does.
func (lay layout) signed(values map[string]string, l *words.Language, cents int, out bool) {
	plain := lay.money(cents)
	values["amount"] = plain
	switch {
	case lay.sign == "beside" && out:
		values["amount"] = plain + " " + first(l.Signs.Debit, "Debit")
	case lay.sign == "beside":
		values["amount"] = plain + " " + first(l.Signs.Credit, "Credit")
	case lay.sign == "two" && out:
		values["debit"] = plain
	case lay.sign == "two":
		values["credit"] = plain
	case lay.sign == "letters":
		values["sign"] = map[bool]string{true: "D", false: "C"}[out]
	case lay.sign == "words" && out:
		values["sign"] = first(l.Signs.Debit, "Debit")
	case lay.sign == "words":
		values["sign"] = first(l.Signs.Credit, "Credit")
	case lay.sign == "brackets" && out:
		values["amount"] = "(" + plain + ")"
	case lay.sign == "trailing" && out:
		values["amount"] = plain + "-"
	case lay.sign == "signed" && out:
		values["amount"] = "-" + plain
	}
}

func (lay layout) money(cents int) string {
	minus := ""
	if cents < 0 {
		minus, cents = "-", -cents
	}
	whole, mark, group := fmt.Sprint(cents/100), ".", ","
	if lay.comma {
		mark, group = ",", "."
	}
	if lay.grouped && len(whole) > 3 {
		whole = whole[:len(whole)-3] + group + whole[len(whole)-3:]
	}
	return minus + whole + mark + fmt.Sprintf("%02d", cents%100)
}
