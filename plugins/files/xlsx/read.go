package xlsx

import (
	"slices"
	"strconv"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/table"
	"github.com/girosync/girosync/plugins/files/words"
	"github.com/girosync/girosync/plugins/sdk"
)

// Read reads one sheet of a workbook and emits batches; see table.Read for
// what is refused and asked. Of the options it knows "sheet", a name; without
// it the only sheet that is shown is taken whose columns are known, else the first. Of several
// such sheets one is asked for, since each may be about another account.
func Read(a Archive, options map[string]string, lib *words.Library, emit func(sdk.StatementBatch) error) error {
	m, err := table.ParseMapping(options)
	if err != nil {
		return err
	}
	m.Words = lib
	b, err := open(a)
	if err != nil {
		return err
	}
	s, err := b.choose(options["sheet"], lib)
	if err != nil {
		return err
	}
	r, err := b.rows(s)
	if err != nil {
		return err
	}
	defer r.in.Close()
	return table.Read("xlsx", r, m, map[string]string{"sheet": s.name}, emit)
}

func (b *book) choose(name string, lib *words.Library) (sheet, error) {
	if len(b.sheets) == 0 {
		return sheet{}, sdk.Errorf(sdk.BadRequest, "XLSX file: it has no sheet")
	}
	if name != "" {
		for _, s := range b.sheets {
			if statement.Fold(s.name) == statement.Fold(name) {
				return s, nil
			}
		}
		return sheet{}, &sdk.Error{Kind: sdk.BadRequest, Field: "sheet",
			Message: "XLSX file: it has no sheet of that name, but " + b.names()}
	}
	var found []sheet
	for i := range b.sheets[:min(len(b.sheets), 16)] {
		if !b.sheets[i].hidden && b.recognises(b.sheets[i], lib) {
			found = append(found, b.sheets[i])
		}
	}
	switch len(found) {
	case 0:
	case 1:
		return found[0], nil
	default:
		return sheet{}, &sdk.Error{Kind: sdk.BadRequest, Field: "sheet",
			Message: "XLSX file: " + strconv.Itoa(len(found)) + " of its sheets hold transactions: choose one of " + b.names()}
	}
	return b.sheets[max(0, slices.IndexFunc(b.sheets, func(s sheet) bool { return !s.hidden }))], nil
}

func (b *book) names() string {
	var names []string
	for _, s := range b.sheets {
		names = append(names, s.name)
	}
	return statement.Clip(strings.Join(names, ", "), 300)
}

// recognises looks at the first rows of a sheet.
func (b *book) recognises(s sheet, lib *words.Library) bool {
	r, err := b.rows(s)
	if err != nil {
		return false
	}
	defer r.in.Close()
	var head []table.Row
	for len(head) < 60 {
		row, err := r.Next()
		if err != nil {
			break
		}
		head = append(head, row)
	}
	return table.Recognises(head, lib)
}
