package anonymise_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"github.com/girosync/girosync/plugins/files/anonymise"
	"github.com/girosync/girosync/plugins/files/charset"
	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
	"github.com/girosync/girosync/plugins/sdk"
)

// held are the files that the tests of the readers hold, by name.
func held(t *testing.T) map[string][]byte {
	t.Helper()
	list := map[string][]byte{}
	for _, pattern := range []string{"../*/testdata/*.xml", "../*/testdata/*.sta", "../*/testdata/*.ofx", "../*/testdata/*.qif",
		"../*/testdata/*.csv"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			list[filepath.Base(name)] = raw
		}
	}
	var tables struct {
		Table []struct {
			Kind, Name, Text string
			Options          map[string]string
		}
	}
	if _, err := toml.DecodeFile("../testdata/tables.toml", &tables); err != nil {
		t.Fatal(err)
	}
	for _, table := range tables.Table {
		if table.Options == nil {
			list[table.Kind+", "+table.Name+".csv"] = []byte(table.Text)
		}
	}
	for _, l := range words.Known().Languages {
		for _, e := range l.Examples {
			list[l.Language+", "+e.Name+".csv"] = []byte(e.Text)
		}
	}
	for i, e := range words.Known().Layouts()[0].Examples {
		list[fmt.Sprintf("layout %d.csv", i)] = []byte(e.Text)
	}
	list["rejected.csv"] = []byte(rejected)
	return list
}

// TestSample makes a sample of every file that the tests hold: it is read as
// the file is (Sample refuses any other), and no word of a text survives.
func TestSample(t *testing.T) {
	files := held(t)
	if len(files) < 40 {
		t.Fatalf("%d files", len(files))
	}
	for name, raw := range files {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := anonymise.Options{Filename: name, Key: []byte("a key of the test, " + name)}
			sample, err := anonymise.Sample(raw, o)
			if strings.Contains(name, "a file cut inside quotes") {
				if err == nil || !strings.Contains(err.Error(), "ends inside quotes") {
					t.Errorf("error %v", err)
				}
				return // it tells nothing before that
			}
			if err != nil {
				t.Fatalf("%v\n%s", err, raw)
			}
			if bytes.Equal(sample, raw) {
				t.Errorf("nothing was changed")
			}
			if again, err := anonymise.Sample(raw, o); err != nil || !bytes.Equal(again, sample) {
				t.Errorf("the same key gives another sample: %v", err)
			}
			survives(t, name, text(t, raw), text(t, sample))
			sameShape(t, text(t, raw), text(t, sample))
		})
	}
}

func text(t *testing.T, raw []byte) string {
	t.Helper()
	var b strings.Builder
	if _, err := bufio.NewReader(charset.NewReader(bufio.NewReaderSize(bytes.NewReader(raw), 64<<10), "")).WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var wordOf = regexp.MustCompile(`[\pL\pN]{4,}`)

// survives finds words of four letters or more that stand in both, and are no
// part of the format.
func survives(t *testing.T, name, before, after string) {
	t.Helper()
	structure := structureOf(name, before)
	if strings.HasSuffix(name, ".qif") { // a letter says what a line is
		letter := regexp.MustCompile(`(?m)^[A-Z$]`)
		before, after = letter.ReplaceAllString(before, ""), letter.ReplaceAllString(after, "")
	}
	if strings.HasSuffix(name, ".sta") {
		tag := regexp.MustCompile(`\?\d\d|[A-Z]{4}\+|/[A-Z]{3,4}/|:[0-9]{2}[A-Z]?:|N[A-Z0-9]{3}(?:NONREF|EREF)?|\{.*`)
		before, after = tag.ReplaceAllString(before, " "), tag.ReplaceAllString(after, " ")
	}
	own := map[string]bool{}
	for _, w := range wordOf.FindAllString(before, -1) {
		own[strings.ToLower(w)] = true
	}
	var left []string
	for _, w := range wordOf.FindAllString(after, -1) {
		if lower := strings.ToLower(w); own[lower] && !structure(w) && !slices.Contains(left, w) {
			left = append(left, w)
		}
	}
	if len(left) > 0 {
		t.Errorf("survived: %q in\n%s", left, after)
	}
}

// structureOf says which words belong to a format: tags, codes, headings, and
// what the library knows.
func structureOf(name, text string) func(string) bool {
	lib := words.Known()
	heads := map[string]bool{}
	if strings.HasSuffix(name, ".csv") {
		for _, cell := range regexp.MustCompile(`[;,\t|\r\n"]+`).Split(text, -1) {
			if cell = strings.TrimSpace(cell); len(lib.Headings(statement.Fold(cell))) > 0 || lib.Balance(cell) != words.None ||
				lib.State(cell) != words.None || lib.Sign(cell) != words.None || lib.Title(cell) != words.None || lib.IsAccount(cell) ||
				lib.Tells(cell) != words.None || lib.Answer(cell) != words.None || lib.IsSum(cell) || lib.BeginsCard(cell) ||
				lib.IsProduct(cell) || beside.MatchString(cell) {
				for _, w := range wordOf.FindAllString(cell, -1) {
					heads[strings.ToLower(w)] = true
				}
			}
			for _, w := range wordOf.FindAllString(cell, -1) {
				heads[strings.ToLower(w)] = heads[strings.ToLower(w)] || lib.NamesState(cell) != words.None && lib.State(w) != words.None ||
					lib.NamesDebit(cell) && lib.IsDebit(w) ||
					lib.PaysCard(strings.ReplaceAll(text, "\n", " ")) && lib.IsOfCardPayment(w) || isMonth(lib, w)
			}
		}
		first := strings.SplitN(strings.TrimLeft(text, "\r\n"), "\n", 2)[0]
		for _, w := range wordOf.FindAllString(first, -1) {
			heads[strings.ToLower(w)] = true
		}
	}
	tags := map[string]bool{}
	for _, m := range regexp.MustCompile(`<[?!/]?[\w:.]+[^<>]*>|^[A-Z]+:[^<]*|&#?\w+;|![^\r\n]*`).FindAllString(text, -1) {
		for _, w := range wordOf.FindAllString(m, -1) {
			tags[strings.ToLower(w)] = true
		}
	}
	return func(w string) bool {
		lower := strings.ToLower(w)
		return heads[lower] || tags[lower] || codes[w] || year.MatchString(w) || strings.Trim(w, "0") == "" || !statement.IsReference(w)
	}
}

// beside is an amount with a word; year is one of a day that was moved within it.
var (
	beside = regexp.MustCompile(`^[-−]?[\d.,' ]+ ?\pL+$|^\pL+ ?[-−]?[\d.,' ]+$`)
	year   = regexp.MustCompile(`^20[12]\d$`)
)

func isMonth(lib *words.Library, word string) bool {
	for language := -1; language < len(lib.Languages); language++ {
		if lib.Months(language).IsDay("1 " + word + " 2024") {
			return true
		}
	}
	return false
}

// codes are the codes of formats in the files of the tests.
var codes = map[string]bool{"BOOK": true, "PDNG": true, "CRDT": true, "DBIT": true, "OPBD": true, "CLBD": true, "PRCD": true, "CLAV": true,
	"ITBD": true, "PMNT": true, "ICDT": true, "ESCT": true, "true": true, "00100": true, "9253": true, "Opening": true, "Balance": true,
	"CASH": true, "INFO": true, "CHECKING": true, "DEBIT": true, "CREDIT": true, "20240230": true, "00012": true, "NL00": true}

// sameShape holds every line to its length without figures, and to its signs.
func sameShape(t *testing.T, before, after string) {
	t.Helper()
	a, b := strings.Split(before, "\n"), strings.Split(after, "\n")
	if len(a) != len(b) {
		t.Fatalf("%d lines, want %d", len(b), len(a))
	}
	for i := range a {
		if got, want := marks(b[i]), marks(a[i]); got != want {
			t.Errorf("line %d: %q is of another shape than %q", i+1, b[i], a[i])
		}
	}
}

// marks are a line's delimiters.
func marks(line string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(";\t|\"<>/?\r", r) {
			return r
		}
		return -1
	}, line)
}

// rejected is a table whose balances pass over a row that was never booked.
const rejected = "Rekening;NL91 ABNA 0417 1643 00\n" +
	"Transactiedatum;CreditDebet;Bedrag;Tegenrekeninghouder;Omschrijving;Status;Saldo na mutatie\n" +
	"05-03-2024;D;25,50;Bakkerij De Zon;Brood en gebak;Geboekt;1.074,50\n06-03-2024;C;1.200,00;Jansen & Zn;Factuur;Geboekt;2.274,50\n" +
	"07-03-2024;D;99,00;Energie;Stroom;Geweigerd;\n08-03-2024;D;850,00;Peeters;Huur NL20INGB0001234567;Geboekt;1.424,50\n"

// TestCut makes samples of files that end anywhere: each is a sample that reads
// alike, or refused in words.
func TestCut(t *testing.T) {
	made := 0
	for name, raw := range held(t) {
		for part := 1; part < 6; part++ {
			cut := raw[:len(raw)*part/6]
			_, err := anonymise.Sample(cut, anonymise.Options{Filename: name, Key: []byte(name)})
			switch {
			case err == nil:
				made++
			case sdk.KindOf(err) != sdk.BadRequest:
				t.Errorf("%s, %d of 6 parts: %v", name, part, err)
			}
		}
	}
	if made < 100 {
		t.Errorf("%d samples of files that are cut", made)
	}
}

// TestRefused says in words of what no sample can be made.
func TestRefused(t *testing.T) {
	for name, test := range map[string]struct{ text, says string }{
		"a letter":  {"Dear bank,", "known format"},
		"empty":     {"", "empty"},
		"CODA":      {string(coda(t)), "no sample can be made of files in the format coda yet"},
		"encodings": {"Date,Description,Amount\n2024-01-31,M\xfcller und M\u00fcller,1.00\n", "several encodings"},
		"web page":  {"<table><tr><td>Date<td>Amount</tr><tr><td>2024-01-31<td>1.00</tr></table>", "save the table as CSV"},
		"too large": {strings.Repeat(" ", anonymise.MostBytes+1), "larger than 32 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := anonymise.Sample([]byte(test.text), anonymise.Options{Filename: "a.txt", Key: []byte("key")})
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want %q", err, test.says)
			}
		})
	}
}

func coda(t *testing.T) []byte {
	t.Helper()
	raw, err := os.ReadFile("../coda/testdata/statement.cod")
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestConsistent maps equal names, accounts and amounts to equal ones, lets
// balances follow, and moves all days by as many.
func TestConsistent(t *testing.T) {
	const table = "Date,Name,IBAN,Description,Amount,Balance\n" +
		"2024-01-31,Ann Peeters,BE68539007547034,\"Rent, BE68 5390 0754 7034\",-850.00,150.00\n" +
		"2024-02-29,ANN PEETERS,BE68539007547034,Rent of ann peeters,-850.00,-700.00\n"
	sample, err := anonymise.Sample([]byte(table), anonymise.Options{Filename: "a.csv", Key: []byte("key")})
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(sample)), "\n")
	first, second := strings.Split(rows[1], ","), strings.Split(rows[2], ",")
	if rows[0] != "Date,Name,IBAN,Description,Amount,Balance" || first[2] != second[2] || !strings.HasPrefix(first[2], "BE") ||
		strings.ToUpper(first[1]) != second[1] || !strings.Contains(second[3], strings.ToLower(first[1])) ||
		strings.ReplaceAll(strings.TrimSuffix(first[4], "\""), " ", "") != first[2] || first[5] != second[4] ||
		!strings.HasPrefix(first[5], "-") {
		t.Errorf("sample:\n%s", sample)
	}
	from, err := statement.ParseISO(first[0])
	to, err2 := statement.ParseISO(second[0])
	if err != nil || err2 != nil || to.DaysSince(from) != 29 {
		t.Errorf("from %s to %s are not 29 days", first[0], second[0])
	}
	var balance [2]statement.Amount
	for i, text := range []string{first[6], second[5]} {
		if balance[i], err = statement.ParseAmount(text); err != nil {
			t.Fatal(err)
		}
	}
	rent, err := statement.ParseAmount(second[4])
	if err != nil || !statement.SumsTo(balance[1], []statement.Amount{balance[0], rent}) {
		t.Errorf("%v: %v is not %v and %v", err, balance[1], balance[0], rent)
	}
}
