package coda

import (
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// communication takes what the parties tell each other: 2.1 to 2.3, else the
// information records.
func (e *entry) communication(tx *sdk.Transaction) {
	text := e.first.at(63, 115)
	if e.second != nil {
		text += e.second.at(11, 63)
	}
	if e.third != nil {
		text += e.third.at(83, 125)
	}
	if e.first.at(62, 62) == "1" {
		tx.Reference = structured(text, tx)
	} else {
		tx.Reference = statement.Words(text)
	}
	if tx.Reference == "" {
		tx.Reference = e.informationText()
	}
	if tx.Reference == "" {
		tx.Reference = tx.EndToEndID
	}
}

// informationText joins the information records that are not structured.
func (e *entry) informationText() string {
	var b strings.Builder
	plain := false
	for i := range e.information {
		r := &e.information[i]
		switch r.kind() {
		case "31":
			if plain = r.at(40, 40) != "1"; plain {
				b.WriteString(" " + r.at(41, 113))
			}
		case "32":
			if plain {
				b.WriteString(r.at(11, 115))
			}
		case "33":
			if plain {
				b.WriteString(r.at(11, 100))
			}
		}
	}
	return statement.Words(b.String())
}

// structured reads a communication that begins with its type, and returns what
// the holder reads of it.
func structured(text string, tx *sdk.Transaction) string {
	chars := []rune(text)
	at := func(from, to int) string {
		from, to = min(from, len(chars)), min(to, len(chars))
		return statement.Words(string(chars[from:to]))
	}
	kind := at(0, 3)
	switch kind {
	case "101", "102":
		if r := at(3, 15); len(r) == 12 && strings.Trim(r, "0123456789") == "" {
			written := "+++" + r[:3] + "/" + r[3:7] + "/" + r[7:] + "+++"
			statement.Fact(&tx.Details, "structured_reference", written)
			return statement.Words(written + " " + at(15, len(chars)))
		}
	case "127": // European direct debit
		statement.Fact(&tx.Details, "creditor_id", at(12, 47))
		statement.Fact(&tx.Details, "mandate_id", at(47, 82))
		if text := at(82, 144); text != "" {
			return text
		}
		return at(47, 82)
	}
	statement.Fact(&tx.Details, "communication_type", kind)
	return at(3, len(chars))
}
