package repair

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// twins are lines that may be one transaction, or are told so by the provider.
type twins struct {
	Reason string `json:"reason"` // same_id, same_content
	Words  string `json:"words"`
	// Likely is false when the same source told each of them in its own right:
	// two equal payments on one day are two.
	Likely bool   `json:"likely"`
	Lines  []twin `json:"lines"`
}

// twin is one line of a group. Keep is the one that a user should keep: what is
// reconciled before what the bank told, and the older before the younger.
type twin struct {
	ID          int64       `json:"id"`
	Name        string      `json:"name"`
	Date        schema.Date `json:"date"`
	Amount      json.Number `json:"amount"`
	Text        string      `json:"payment_ref"`
	Partner     string      `json:"partner_name"`
	Number      string      `json:"account_number"`
	Identifier  string      `json:"online_transaction_identifier"`
	Source      string      `json:"source"` // the provider, "files", or "user"
	Run         int64       `json:"run,omitempty"`
	Transaction int64       `json:"transaction_id,omitempty"`
	Reconciled  bool        `json:"is_reconciled"`
	Keep        bool        `json:"keep"`
}

// duplicateDays is how far back duplicates are looked for if not told.
const duplicateDays = 90

// findDuplicates is find_duplicate_transactions(date_from) of one journal
// (D13): groups of lines with the same provider's id, or with the same
// currency, amount, account number and date. It changes nothing.
func findDuplicates(env *orm.Env, call *orm.Call) (any, error) {
	id, err := record.OneJournal(env, call)
	if err != nil {
		return nil, err
	}
	from, err := record.DayArgument(call, "date_from")
	if err != nil {
		return nil, err
	}
	if from == "" {
		from = env.Today().AddDays(-duplicateDays)
	}
	rows, err := env.SearchRead(record.Lines, domain.All(domain.Where("journal_id", domain.Eq, id), domain.Where("date", domain.Ge, from)),
		[]string{"name", "date", "amount", "payment_ref", "partner_name", "account_number", "online_transaction_identifier",
			"online_account_id", "is_reconciled"},
		orm.SearchOptions{Order: "internal_index"})
	if err != nil {
		return nil, err
	}
	groups := group(env, rows)
	if err := tellSources(env.Sudo(), groups); err != nil {
		return nil, err
	}
	return map[string]any{"date_from": from, "groups": groups}, nil
}

// group gathers lines that have an id, else everything else, in common.
func group(env *orm.Env, rows *orm.Rows) []*twins {
	type key struct{ id, content string }
	at := map[key]*twins{}
	var order []*twins
	put := func(k key, reason, words string, row orm.Row) {
		g := at[k]
		if g == nil {
			g = &twins{Reason: reason, Words: words}
			at[k] = g
			order = append(order, g)
		}
		g.Lines = append(g.Lines, twin{ID: row.ID(), Name: row.Str("name"), Date: row.Date("date"),
			Amount: record.Number(row.Decimal("amount")), Text: row.Str("payment_ref"),
			Partner: row.Str("partner_name"), Number: row.Str("account_number"), Identifier: row.Str("online_transaction_identifier"),
			Reconciled: record.Reconciled(row), Source: "user"})
	}
	byID, byContent := record.Say(env, "duplicates.same_id", nil), record.Say(env, "duplicates.same_content", nil)
	for row := range rows.All() {
		if id := row.Str("online_transaction_identifier"); id != "" {
			put(key{id: id}, "same_id", byID, row)
		}
		put(key{content: string(row.Date("date")) + "|" + row.Decimal("amount").Trim(0).String() + "|" +
			base.SanitizeAccountNumber(row.Str("account_number"))},
			"same_content", byContent, row)
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(order, func(g *twins) bool {
		if len(g.Lines) < 2 {
			return true
		}
		text := ""
		for _, l := range g.Lines {
			text += l.Name + "|"
		}
		if seen[text] { // the same lines for another reason
			return true
		}
		seen[text] = true
		return false
	})
}

// tellSources fills in who told each line, with one query, and what to keep.
func tellSources(env *orm.Env, groups []*twins) error {
	var ids []any
	for _, g := range groups {
		for _, l := range g.Lines {
			ids = append(ids, l.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := env.SearchRead(record.Transactions, domain.Where("line_id", domain.In, ids),
		[]string{"line_id", "source", "run", "status"}, orm.SearchOptions{Order: "id"})
	if err != nil {
		return err
	}
	told := make(map[int64]orm.Row, rows.Len())
	for row := range rows.All() {
		told[row.Ref("line_id")] = row
	}
	for _, g := range groups {
		own := map[string]int{} // transactions by source
		for i := range g.Lines {
			l := &g.Lines[i]
			row, ok := told[l.ID]
			if !ok {
				continue
			}
			l.Source, l.Run, l.Transaction = row.Str("source"), row.Int("run"), row.ID()
			if row.Str("status") == string(importing.Posted) {
				own[l.Source]++
			}
		}
		g.Likely = true
		for _, n := range own {
			if n == len(g.Lines) && g.Reason == "same_content" {
				g.Likely = false
			}
		}
		best := slices.MinFunc(g.Lines, func(a, b twin) int {
			return cmp.Or(first(a.Reconciled, b.Reconciled), first(a.Transaction != 0, b.Transaction != 0), cmp.Compare(a.ID, b.ID))
		})
		for i := range g.Lines {
			g.Lines[i].Keep = g.Lines[i].ID == best.ID
		}
	}
	return nil
}

// first orders what has a quality before what has not.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// deleteDuplicates is delete_duplicate_transactions(line_ids) of one journal.
// What the bank told of them stays known, so that they do not come back. A
// reconciled line is refused, and nothing is deleted.
func deleteDuplicates(env *orm.Env, call *orm.Call) (any, error) {
	id, err := record.OneJournal(env, call)
	if err != nil {
		return nil, err
	}
	ids, err := call.Ids("line_ids")
	if err != nil {
		return nil, err
	}
	rows, err := env.Read(record.Lines, ids, "journal_id", "amount", "is_reconciled", "name")
	if err != nil {
		return nil, err
	}
	for row := range rows.All() {
		if row.Ref("journal_id") != id {
			return nil, fault.Say(fault.User, "duplicates.other_journal", fault.Args{"line": row.Str("name")})
		}
		if record.Reconciled(row) {
			return nil, fault.Say(fault.User, "duplicates.reconciled", fault.Args{"line": row.Str("name")})
		}
	}
	if err := env.Unlink(record.Lines, ids); err != nil {
		return nil, err
	}
	return rows.Len(), nil
}
