package table

import (
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// Cell is one value. Number says that Text is a number with a point before its
// decimals whatever the table's own mark is; a Day, if set, is the value.
type Cell struct {
	Text   string
	Number bool
	Day    sdk.Date
}

func (c Cell) blank() bool { return c.Day.IsZero() && strings.TrimSpace(c.Text) == "" }

func (c Cell) text() string {
	if !c.Day.IsZero() {
		return c.Day.String()
	}
	return statement.Words(c.Text)
}

func (c Cell) day(months *statement.Months, order statement.DateOrder, epoch Epoch) (sdk.Date, error) {
	day, err := c.anyDay(months, order, epoch)
	if err == nil {
		err = statement.CheckYear(day)
	}
	return day, err
}

func (c Cell) anyDay(months *statement.Months, order statement.DateOrder, epoch Epoch) (sdk.Date, error) {
	if !c.Day.IsZero() {
		return c.Day, nil
	}
	if day := c.serial(epoch); !day.IsZero() {
		return day, nil
	}
	return months.ParseDay(c.Text, order)
}

// money reads an amount; see statement.ParseMoney.
func (c Cell) money(mark statement.Mark, debit statement.DebitWord) (statement.Amount, error) {
	if c.Number {
		mark = statement.Point
	}
	return statement.ParseMoney(c.Text, mark, debit)
}

// Row is a row and the line where it begins, 1-based.
type Row struct {
	Line  int
	Cells []Cell
	Cut   bool  // the file ends in it, without an end of line
	Epoch Epoch // of a sheet: what its numbers count days from
	Title bool  // a text above a table of a page, outside of it
}

// Epoch is the day from which a sheet counts.
type Epoch uint8

// The epochs; NoEpoch is that of tables whose numbers are no days.
const (
	NoEpoch Epoch = iota
	Epoch1900
	Epoch1904
)

// Day returns the day that a number counts to. The day 60 of the older epoch,
// 29 February 1900, did not exist.
func (e Epoch) Day(number float64) (sdk.Date, bool) {
	if e == NoEpoch || !(number >= 1) || number > 2_958_465 { // the year 9999
		return sdk.Date{}, false
	}
	n := int(number)
	start := sdk.Date{Year: 1899, Month: time.December, Day: 30}
	if e == Epoch1904 {
		start = sdk.Date{Year: 1904, Month: time.January, Day: 1}
	} else if n < 61 {
		n++
	}
	d := start.AddDays(n)
	return d, d.Year >= 1900
}

// serial returns the day of a number that no format shows as one, when it lies
// between 1990 and 2079; else none.
func (c Cell) serial(e Epoch) sdk.Date {
	if !c.Number || e == NoEpoch {
		return sdk.Date{}
	}
	number, err := strconv.ParseFloat(c.Text, 64)
	if err != nil {
		return sdk.Date{}
	}
	if d, ok := e.Day(number); ok && d.Year >= 1990 && d.Year < 2080 {
		return d
	}
	return sdk.Date{}
}

// at returns a cell; a blank one where there is none.
func (r *Row) at(i int) Cell {
	if i < 0 || i >= len(r.Cells) {
		return Cell{}
	}
	return r.Cells[i]
}

// length is how many values a row has up to the last that is not blank.
func (r *Row) length() int {
	n := len(r.Cells)
	for n > 0 && r.Cells[n-1].blank() {
		n--
	}
	return n
}

// alone reports whether a row has one cell that is not blank.
func (r *Row) alone() bool {
	n := 0
	for _, c := range r.Cells {
		if !c.blank() {
			n++
		}
	}
	return n == 1
}

func (r *Row) blank() bool {
	for _, c := range r.Cells {
		if !c.blank() {
			return false
		}
	}
	return true
}

// Source gives rows; io.EOF after the last.
type Source interface {
	Next() (Row, error)
}

// What is looked at before anything is decided.
const (
	headRows  = 200
	headBytes = 1 << 20
)

// headed is a source whose first rows were looked at.
type headed struct {
	src  Source
	head []Row
	at   int
}

// look reads the first rows.
func look(src Source) (*headed, error) {
	h := &headed{src: src}
	for bytes := 0; len(h.head) < headRows && bytes < headBytes; {
		row, err := src.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		for _, c := range row.Cells {
			bytes += len(c.Text) + 16
		}
		h.head = append(h.head, row)
	}
	return h, nil
}

// Next implements Source.
func (h *headed) Next() (Row, error) {
	if h.at < len(h.head) {
		h.at++
		return h.head[h.at-1], nil
	}
	h.head, h.at = nil, 0
	return h.src.Next()
}
