package camt

import (
	"errors"
	"io"
	"strings"

	"github.com/girosync/girosync/plugins/files/markup"
	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// Bounds on what a hostile or damaged file may make the reader hold.
const (
	maxDepth = 64
	maxNodes = 1 << 20
	maxBytes = 32 << 20
)

// Read reads a message of UTF-8 text and emits its statements in batches. An
// entry that cannot be read is refused with its line. Text that is no well-formed
// XML, or ends early, is BadRequest with the line.
func Read(r io.Reader, emit func(sdk.StatementBatch) error) error {
	d := &document{scan: markup.New(r, markup.XML), out: statement.NewBuilder(emit)}
	err := d.read()
	var broken *markup.Error
	if errors.As(err, &broken) {
		return &sdk.Error{Kind: sdk.BadRequest, Line: broken.Line, Message: "CAMT file: " + broken.What, Cause: err}
	}
	return err
}

// document is a message being read.
type document struct {
	scan  *markup.Scanner
	out   *statement.Builder
	open  []string // names of the elements around the next token
	tree  tree
	stmt  *account // the statement being read
	depth int      // of the statement's element
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
			err = d.start(&tok)
		case markup.End:
			err = d.end(&tok)
		}
		if err != nil {
			return err
		}
	}
}

// finish checks that the text was whole.
func (d *document) finish() error {
	if len(d.open) > 0 {
		return d.broken("the file ends inside <" + d.open[len(d.open)-1] + ">")
	}
	return d.out.Finish("camt", d.scan.Line())
}

func (d *document) broken(what string) error {
	return &markup.Error{Line: d.scan.Line(), What: what}
}

func (d *document) start(tok *markup.Token) error {
	if d.stmt != nil && len(d.open) == d.depth && isPart(tok.Name) {
		return d.part(tok)
	}
	if len(d.open) >= maxDepth {
		return d.broken("elements are nested too deeply")
	}
	d.open = append(d.open, tok.Name)
	format := formatOf(d.open)
	if format == "" || d.stmt != nil {
		return nil
	}
	d.depth = len(d.open)
	d.stmt = &account{out: d.out, whole: format == "camt.053"}
	return d.out.Begin(format)
}

func (d *document) end(tok *markup.Token) error {
	if len(d.open) == 0 || d.open[len(d.open)-1] != tok.Name {
		return d.broken("</" + statement.Clip(tok.Name, 60) + "> closes nothing")
	}
	if d.stmt != nil && len(d.open) == d.depth {
		d.stmt.settle()
		proven := d.stmt.prove()
		d.stmt = nil
		if err := errors.Join(proven, d.out.End()); err != nil {
			return err
		}
	}
	d.open = d.open[:len(d.open)-1]
	return nil
}

// formatOf says which statement begins at the innermost of the open elements.
func formatOf(open []string) string {
	n := len(open)
	if n < 2 || !strings.HasPrefix(open[n-2], "BkToCstmr") {
		return ""
	}
	switch open[n-1] {
	case "Rpt":
		return "camt.052"
	case "Stmt":
		return "camt.053"
	case "Ntfctn":
		return "camt.054"
	}
	return ""
}

// isPart reports whether a child of a statement is read.
func isPart(name string) bool {
	switch name {
	case "Id", "ElctrncSeqNb", "CreDtTm", "FrToDt", "Acct", "Bal", "Ntry", "TxsSummry", "StmtPgntn":
		return true
	}
	return false
}

// part reads one child of a statement into the tree and hands it on.
func (d *document) part(tok *markup.Token) error {
	name := tok.Name
	if name == "Ntry" {
		d.scan.Mark(statement.MaxRaw)
	}
	whole, err := d.load(tok)
	if err != nil {
		return err
	}
	part := d.tree.root()
	switch name {
	case "Ntry":
		d.stmt.settle()
		raw := d.scan.Recorded()
		d.stmt.totals.elements++
		if !whole {
			d.stmt.totals.lost = true
			return d.out.Refuse(part.line(), "the entry is too large")
		}
		return d.stmt.entry(part, raw)
	case "Bal":
		return d.stmt.balance(part)
	case "Acct":
		d.stmt.identify(part)
	default:
		d.stmt.describe(name, part)
	}
	return nil
}

// load reads the element that tok begins. It is not whole when it exceeds the
// bounds; it is then read past without being kept.
func (d *document) load(tok *markup.Token) (whole bool, err error) {
	d.tree.reset()
	at := d.tree.open(tok.Name, tok.Attr("Ccy"), 0, tok.Line)
	base, whole := len(d.open), true
	d.open = append(d.open, tok.Name)
	for len(d.open) > base {
		tok, err := d.scan.Next()
		if err == io.EOF {
			return false, d.broken("the file ends inside <" + d.open[len(d.open)-1] + ">")
		}
		if err != nil {
			return false, err
		}
		whole = whole && len(d.tree.nodes) < maxNodes && len(d.tree.text) < maxBytes
		switch tok.Kind {
		case markup.Start:
			if len(d.open) >= maxDepth {
				return false, d.broken("elements are nested too deeply")
			}
			d.open = append(d.open, tok.Name)
			if whole {
				currency := ""
				if strings.HasSuffix(tok.Name, "Amt") {
					currency = tok.Attr("Ccy")
				}
				at = d.tree.open(tok.Name, currency, at, tok.Line)
			}
		case markup.Text:
			if whole {
				d.tree.write(at, tok.Text)
			}
		case markup.End:
			if d.open[len(d.open)-1] != tok.Name {
				return false, d.broken("</" + statement.Clip(tok.Name, 60) + "> closes nothing")
			}
			d.open = d.open[:len(d.open)-1]
			if whole {
				at = d.tree.nodes[at].parent
			}
		}
	}
	return whole, nil
}
