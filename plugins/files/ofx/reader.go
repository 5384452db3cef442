package ofx

import (
	"errors"
	"io"

	"github.com/girosync/girosync/plugins/files/markup"
	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
	"github.com/girosync/girosync/plugins/sdk"
)

// Read reads a file of UTF-8 text and emits its statements in batches. A
// transaction that cannot be read is refused with its line. Text that ends
// inside a tag, or before its document does, is BadRequest with the line. lib
// knows the words for balances.
func Read(r io.Reader, lib *words.Library, emit func(sdk.StatementBatch) error) error {
	d := &document{scan: markup.New(r, markup.SGML), words: lib, out: statement.NewBuilder(emit)}
	err := d.read()
	var broken *markup.Error
	if errors.As(err, &broken) {
		return &sdk.Error{Kind: sdk.BadRequest, Line: broken.Line, Message: "OFX file: " + broken.What, Cause: err}
	}
	return err
}

// maxOpen bounds the nesting of aggregates; the standard needs about twelve.
const maxOpen = 64

// document is a file being read.
type document struct {
	scan  *markup.Scanner
	words *words.Library
	out   *statement.Builder
	open  []string // aggregates around the next token, known ones only
	leaf  string   // the tag whose value is awaited
	stmt  bool     // inside a statement
	tx    transaction
	bal   balance
	fail  failure
	rows  balanceRows
	seen  seen
	// corrections wait for what they are about.
	corrections []correction
	// whole is whether the text ended, so far, where an OFX document does.
	whole bool
}

// failure is what a bank answers in place of a statement.
type failure struct {
	code, severity, message string
	line                    int
}

func (d *document) read() error {
	for {
		tok, err := d.scan.Next()
		if err == io.EOF {
			return d.finish()
		}
		if err != nil {
			return err
		}
		switch tok.Kind {
		case markup.Start:
			err = d.start(tok.Name)
		case markup.End:
			d.leaf = ""
			err = d.end(tok.Name)
		case markup.Text:
			if d.leaf != "" {
				err = d.value(d.leaf, statement.Words(string(tok.Text)))
			}
			d.leaf = ""
		}
		if err != nil {
			return err
		}
	}
}

// finish ends what the file left open, if it was not cut.
func (d *document) finish() error {
	if !d.whole {
		return &markup.Error{Line: d.scan.Line(), What: "it ends before </OFX>, so something is missing"}
	}
	for len(d.open) > 0 {
		if err := d.shut(); err != nil {
			return err
		}
	}
	return d.out.Finish("ofx", d.scan.Line())
}

// refuseFile reports what concerns no account.
func (d *document) refuseFile(reason string) error {
	if err := d.out.Begin("ofx"); err != nil {
		return err
	}
	if err := d.out.Refuse(d.scan.Line(), "%s", reason); err != nil {
		return err
	}
	return d.out.End()
}

// isAggregate reports whether a tag holds others that are read here, or others
// that must not be mistaken for them.
func isAggregate(name string) bool {
	switch name {
	case "STMTTRNRS", "CCSTMTTRNRS", "INVSTMTTRNRS", "STMTRS", "CCSTMTRS", "INVSTMTRS",
		"BANKACCTFROM", "CCACCTFROM", "INVACCTFROM", "BANKACCTTO", "CCACCTTO",
		"BANKTRANLIST", "INVTRANLIST", "BANKTRANLISTP", "INVBANKTRAN", "STMTTRN", "STMTTRNP", "PAYEE", "CURRENCY", "ORIGCURRENCY",
		"LEDGERBAL", "AVAILBAL", "BALLIST", "STATUS", "INVPOSLIST", "INVOOLIST", "SECLIST", "INVBAL", "IMAGEDATA",
		"SIGNONMSGSRSV1", "INV401KBAL", "INV401K":
		return true
	}
	return false
}

func (d *document) start(name string) error {
	d.leaf = ""
	if isRoot(name) {
		d.whole = false
		return nil
	}
	if !isAggregate(name) {
		d.leaf = name
		return nil
	}
	// A transaction never holds another, nor a statement: its end tag is missing.
	if isTransaction(name) || isStatement(name) || name == "LEDGERBAL" || name == "AVAILBAL" {
		for d.inside("STMTTRN", "STMTTRNP", "LEDGERBAL", "AVAILBAL") {
			if err := d.shut(); err != nil {
				return err
			}
		}
	}
	if len(d.open) >= maxOpen {
		return &markup.Error{Line: d.scan.Line(), What: "aggregates are nested too deeply"}
	}
	d.open = append(d.open, name)
	switch {
	case isStatement(name):
		d.stmt, d.rows, d.seen = true, balanceRows{}, seen{}
		d.corrections = nil
		return d.out.Begin("ofx")
	case isTransaction(name):
		d.tx = transaction{line: d.scan.Line(), pending: name == "STMTTRNP"}
		d.scan.Mark(statement.MaxRaw)
	case name == "LEDGERBAL", name == "AVAILBAL":
		d.bal = balance{line: d.scan.Line()}
	case name == "STATUS":
		d.fail = failure{line: d.scan.Line()}
	}
	return nil
}

// isRoot reports whether a tag holds a whole document.
func isRoot(name string) bool { return name == "OFX" || name == "OFC" }

func isStatement(name string) bool {
	return name == "STMTRS" || name == "CCSTMTRS" || name == "INVSTMTRS"
}

func isTransaction(name string) bool { return name == "STMTTRN" || name == "STMTTRNP" }

// inside reports whether one of the aggregates is open.
func (d *document) inside(names ...string) bool {
	for _, open := range d.open {
		for _, name := range names {
			if open == name {
				return true
			}
		}
	}
	return false
}

// end closes an aggregate and those left open inside it. An end tag of
// something that is not open is passed over.
func (d *document) end(name string) error {
	if isRoot(name) {
		d.whole = true
	}
	if !isAggregate(name) || !d.inside(name) {
		return nil
	}
	for {
		closed := d.open[len(d.open)-1]
		if err := d.shut(); err != nil {
			return err
		}
		if closed == name {
			return nil
		}
	}
}

// shut closes the innermost aggregate.
func (d *document) shut() error {
	name := d.open[len(d.open)-1]
	d.open = d.open[:len(d.open)-1]
	switch {
	case isTransaction(name):
		return d.add()
	case name == "LEDGERBAL", name == "AVAILBAL":
		return d.balance(name)
	case name == "STATUS":
		return d.status()
	case isStatement(name):
		d.stmt = false
		if err := d.prove(); err != nil {
			return err
		}
		return d.out.End()
	}
	return nil
}

// status reports an error that the bank answers in place of a statement.
func (d *document) status() error {
	f := d.fail
	if f.severity != "ERROR" || d.stmt {
		return nil
	}
	reason := "the bank answered with an error instead of a statement"
	if f.message != "" {
		reason += ": " + f.message
	}
	return d.refuseFile(reason + " (code " + f.code + ")")
}

// value takes the value of a leaf in the innermost aggregate.
func (d *document) value(name, text string) error {
	if len(d.open) == 0 {
		return nil
	}
	in := d.open[len(d.open)-1]
	switch {
	case d.inside("STMTTRN", "STMTTRNP"):
		d.tx.set(in, name, text)
	case in == "STMTRS" || in == "CCSTMTRS" || in == "INVSTMTRS":
		if name == "CURDEF" {
			d.out.Account.Currency = statement.Currency(text)
		}
	case in == "BANKACCTFROM" || in == "CCACCTFROM" || in == "INVACCTFROM":
		d.account(in, name, text)
	case in == "BANKTRANLIST" && name == "DTEND":
		d.seen.end, _ = statement.ParseCompact(text) // unknown when unreadable
	case in == "LEDGERBAL" || in == "AVAILBAL":
		d.bal.set(name, text)
	case in == "STATUS":
		d.fail.set(name, text)
	}
	return nil
}

func (f *failure) set(name, text string) {
	switch name {
	case "CODE":
		f.code = statement.Clip(text, 20)
	case "SEVERITY":
		f.severity = text
	case "MESSAGE":
		f.message = statement.Clip(text, 200)
	}
}

// account takes the facts of the account that a statement is of.
func (d *document) account(in, name, text string) {
	if !d.stmt {
		return
	}
	a := &d.out.Account
	switch name {
	case "ACCTID":
		a.Number = text
		a.ID = text
		switch in {
		case "CCACCTFROM":
			a.Kind = sdk.CreditCard
		case "INVACCTFROM":
			a.Kind = sdk.Investment
		}
	case "ACCTTYPE":
		a.Kind = kindOf(text)
	}
}

func kindOf(code string) sdk.AccountKind {
	switch code {
	case "CHECKING":
		return sdk.Checking
	case "SAVINGS", "MONEYMRKT", "CD":
		return sdk.Savings
	case "CREDITLINE":
		return sdk.Loan
	}
	return ""
}
