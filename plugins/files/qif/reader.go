package qif

import (
	"errors"
	"io"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/textline"
	"github.com/girosync/girosync/plugins/files/words"
	"github.com/girosync/girosync/plugins/sdk"
)

// Options are a user's choices; zero values leave them to the file.
type Options struct {
	DateOrder statement.DateOrder
	Mark      statement.Mark // before decimals
	Words     *words.Library // nil: those that come with the program
	Explain   bool           // tell what was chosen, and why
}

// ReadAs returns the choices as options that give the same reading again.
func (o Options) ReadAs() map[string]string {
	as := map[string]string{}
	if o.DateOrder != statement.AnyOrder {
		as["date_order"] = string(o.DateOrder)
	}
	if o.Mark != statement.NoMark {
		as["decimal"] = string(rune(o.Mark))
	}
	return as
}

// Read reads a file of UTF-8 text and emits its accounts in batches. A record
// that cannot be read is refused with the line where it begins. When dates or
// amounts can be read in two ways and nothing decides, the file is BadRequest
// with Field "date_order" or "decimal". What was found out stands in ReadAs of
// each batch.
func Read(r io.Reader, o Options, emit func(sdk.StatementBatch) error) error {
	if o.Words == nil {
		o.Words = words.Known()
	}
	lines := textline.New(r, "QIF")
	given := o
	o, err := survey(lines.Head(), o)
	if err != nil {
		return err
	}
	if o.Explain {
		emit = statement.Ahead(emit, statement.ChoseOrder(o.DateOrder, whyOr(given.DateOrder != statement.AnyOrder, "dates")),
			statement.ChoseMark(o.Mark, whyOr(given.Mark != statement.NoMark, "amounts")))
	}
	as := o.ReadAs()
	d := &document{lines: lines, options: o, out: statement.NewBuilder(func(b sdk.StatementBatch) error {
		b.ReadAs = as
		return emit(b)
	})}
	return d.read()
}

func whyOr(chosen bool, what string) string {
	if chosen {
		return "chosen"
	}
	return "by " + what + " that can be read in one way only"
}

// section is what the records after a "!" line are.
type section int

const (
	transactions section = iota
	accounts             // the account that follows, or a list of all
	investments
	lists   // categories, prices and the like
	unknown // not a section's name that we know
)

func sectionOf(header string) section {
	kind, isType := strings.CutPrefix(strings.ToLower(strings.TrimSpace(header)), "!type:")
	if !isType {
		return accounts
	}
	switch strings.TrimSpace(kind) {
	case "bank", "cash", "ccard", "oth a", "oth l":
		return transactions
	case "invst", "port", "401(k)/403(b)":
		return investments
	case "cat", "class", "memorized", "security", "prices", "budget", "tag", "invitem", "template":
		return lists
	}
	return unknown
}

// document is a file being read.
type document struct {
	lines   *textline.Reader
	options Options
	out     *statement.Builder
	in      section
	listing bool // between !Option:AutoSwitch and !Clear:AutoSwitch
	listed  int  // account records since the last "!Account" of a list
	begun   bool // a statement is open
	doubted bool // the signs of a card were doubted
	record  record
	account sdk.Account // named by an account record, for the sections after it
	passed  int         // records of an investment section
	section int         // the line where it began
}

const format = "qif"

var errLate = errors.New("the account has one already, or it stands too far behind")

func (d *document) read() error {
	for {
		text, err := d.lines.Next()
		if err == io.EOF {
			return d.finish()
		}
		if err != nil {
			return err
		}
		if err := d.line(text); err != nil {
			return err
		}
	}
}

func (d *document) line(text string) error {
	text = strings.TrimRight(text, " \t\x1a")
	switch {
	case strings.HasPrefix(text, "!"):
		return d.header(text)
	case strings.HasPrefix(text, "^"):
		return d.end()
	case text == "" || text[0] == '#':
		return nil
	}
	d.record.take(text, d.lines.Line())
	return nil
}

// header begins a section. A record that was not ended ends here.
func (d *document) header(text string) error {
	if err := d.end(); err != nil {
		return err
	}
	if err := d.passedOver(); err != nil {
		return err
	}
	switch strings.ToLower(text) {
	case "!option:autoswitch":
		d.listing, d.in = true, accounts
		return nil
	case "!clear:autoswitch":
		d.listing, d.listed, d.account = false, 0, sdk.Account{}
		return nil
	}
	d.in, d.section = sectionOf(text), d.lines.Line()
	switch d.in {
	case accounts:
		d.listed = 0
	case transactions:
		return d.begin(text)
	case unknown:
		return d.refuse(d.section, "the section %q is not known", statement.Clip(text, 40))
	}
	return nil
}

// begin starts the statement of the account last named.
func (d *document) begin(header string) error {
	if err := d.out.Begin(format); err != nil {
		return err
	}
	d.begun = true
	d.out.Account = d.account
	if d.out.Account.Kind == "" {
		d.out.Account.Kind = accountKind(header[len("!type:"):])
	}
	return nil
}

// refuse reports what belongs to no transaction.
func (d *document) refuse(line int, text string, args ...any) error {
	if !d.begun {
		if err := d.out.Begin(format); err != nil {
			return err
		}
		d.begun = true
	}
	return d.out.Refuse(line, text, args...)
}

// end takes the record that is complete.
func (d *document) end() error {
	r := d.record
	d.record = record{}
	if r.line == 0 {
		return nil
	}
	switch d.in {
	case transactions:
		return d.transaction(&r)
	case accounts:
		// Quicken begins a list again before each account's own section: there it
		// has one record. One of several is nobody's.
		d.listed++
		d.account = sdk.Account{}
		if !d.listing || d.listed == 1 {
			d.account = sdk.Account{ID: r.number, Name: r.number, Kind: accountKind(r.amount)}
		}
	case investments:
		d.passed++
	}
	return nil
}

func (d *document) transaction(r *record) error {
	if r.isOpening(d.out.Account.ID, d.options.Words) {
		return d.opening(r)
	}
	tx, err := r.transaction(d.options)
	if err == nil && d.options.Words.Tells(r.payee) != words.None && r.category == "" {
		err = errBalance
	}
	if err != nil {
		return d.refuse(r.line, "transaction: %v", err)
	}
	if !d.begun { // records before any header
		if err := d.begin("!type:bank"); err != nil {
			return err
		}
	}
	if err := d.holdSplits(r, &tx); err != nil {
		return err
	}
	if err := d.holdCard(r, &tx); err != nil {
		return err
	}
	return d.out.Book(tx, "")
}

// holdSplits doubts a transaction whose parts do not add up to it.
func (d *document) holdSplits(r *record, tx *sdk.Transaction) error {
	come, ok := r.splitSum(&d.options)
	told := tx.Amount
	if tx.Direction == sdk.Out {
		told = "-" + told
	}
	if !ok || come.Is(told) {
		return nil
	}
	return d.out.Find(statement.Doubt(statement.SplitsDiffer,
		statement.Values{"told": told, "come": come.String(), "line": statement.Number(r.line)},
		"the transaction of line %d is of %s, but its splits add up to %s", r.line, told, &come))
}

// holdCard doubts the signs of a card whose payment goes out as what was bought does.
func (d *document) holdCard(r *record, tx *sdk.Transaction) error {
	if d.doubted || tx.Direction != sdk.Out || d.out.Account.Kind != sdk.CreditCard ||
		!d.options.Words.PaysCard(r.payee) && !d.options.Words.PaysCard(r.memo) {
		return nil
	}
	d.doubted = true
	return d.out.Find(statement.Doubt(statement.CardSigns, statement.Values{"line": statement.Number(r.line)},
		"the record of line %d pays what the card owes, yet it leaves the account as what was bought does: the signs of the file may be "+
			"the other way round", r.line))
}

// opening takes the record that is a balance: the first one, or the last of a
// file that tells the newest first.
func (d *document) opening(r *record) error {
	tx, err := r.transaction(d.options)
	if err == nil && (d.out.Opening != nil || d.out.Sent()) {
		err = errLate
	}
	if err != nil {
		return d.refuse(r.line, "opening balance: %v", err)
	}
	if !d.begun { // records before any header
		if err := d.begin("!type:bank"); err != nil {
			return err
		}
	}
	balance := sdk.Balance{Kind: sdk.Opening, Amount: tx.Amount, Date: tx.Date}
	if tx.Direction == sdk.Out {
		balance.Amount = "-" + tx.Amount
	}
	d.out.Opening = &balance
	if err := d.out.Find(statement.Choice(statement.OpeningRecord,
		statement.Values{"amount": balance.Amount, "date": balance.Date.String(), "line": statement.Number(r.line)},
		"the record of line %d was taken for the opening balance of %s: %s", r.line, balance.Date, balance.Amount)); err != nil {
		return err
	}
	if name := strings.Trim(r.category, "[]"); d.out.Account.ID == "" {
		d.out.Account.ID, d.out.Account.Name = name, name
	}
	return nil
}

// passedOver tells of an investment section's records, which are no movements
// of a bank account.
func (d *document) passedOver() error {
	n := d.passed
	d.passed = 0
	if n == 0 {
		return nil
	}
	return d.refuse(d.section, "what an investment account tells is not read: %d of its records are no bank transactions", n)
}

func (d *document) finish() error {
	if line := d.record.line; line > 0 && d.in == transactions {
		d.record = record{}
		if err := d.refuse(line, "transaction: the file ends before its \"^\", so something is missing"); err != nil {
			return err
		}
	}
	if err := d.end(); err != nil {
		return err
	}
	if err := d.passedOver(); err != nil {
		return err
	}
	return d.out.Finish(format, d.lines.Line())
}

func accountKind(name string) sdk.AccountKind {
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "bank":
		return sdk.Checking
	case "ccard":
		return sdk.CreditCard
	case "oth l":
		return sdk.Loan
	case "invst", "port":
		return sdk.Investment
	case "":
		return ""
	}
	return sdk.OtherKind
}
