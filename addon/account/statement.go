package account

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/query"
	"github.com/girosync/girosync/addon/orm/schema"
)

var statement = mail.Threaded(orm.Model{
	Name: "account.bank.statement", Label: "Bank Statement", Order: "first_line_index desc",
	Fields: schema.Fields{
		schema.Char("name", "Reference"),
		schema.Char("reference", "External Reference").NotCopied(),
		schema.Day("date", "Date").DependsOn("line_ids.internal_index"),
		schema.Char("first_line_index", "First Line Index").DependsOn("line_ids.internal_index"),
		schema.Many2one("journal_id", "Journal", "account.journal").DependsOn("line_ids.journal_id").Indexed(),
		schema.Many2one("company_id", "Company", "res.company").DependsOn("line_ids.journal_id"),
		schema.Many2one("currency_id", "Currency", "res.currency").DependsOn("line_ids.journal_id"),
		schema.Monetary("balance_start", "Starting Balance", "currency_id"),
		schema.Monetary("balance_end", "Computed Balance", "currency_id").DependsOn("balance_start", "line_ids.amount", "currency_id"),
		schema.Monetary("balance_end_real", "Ending Balance", "currency_id").DependsOn("balance_start").Editable(),
		schema.One2many("line_ids", "Statement lines", "account.bank.statement.line", "statement_id"),
		schema.Boolean("is_complete", "Is Complete").DependsOn("balance_end", "balance_end_real", "line_ids", "first_line_index"),
		schema.Boolean("is_valid", "Is Valid").DependsOn("balance_end", "balance_end_real").NotKept(),
		schema.Text("problem_description", "Problem Description").DependsOn("is_complete").NotKept(),
	},
	Indexes: []schema.Index{{Name: "journal_order", Columns: []string{"journal_id", "first_line_index"}}},
	Bound: orm.Bound{
		Computes: []orm.Compute{
			{Fields: []string{"date", "first_line_index", "journal_id", "company_id", "currency_id"}, Do: statementLines},
			{Fields: []string{"balance_end"}, Do: balanceEnd},
			{Fields: []string{"balance_end_real"}, Do: balanceEndReal},
			{Fields: []string{"is_complete"}, Do: isComplete},
			{Fields: []string{"is_valid"}, Do: isValid},
			{Fields: []string{"problem_description"}, Do: problems},
		},
		Searches: orm.Searches{"is_valid": searchValid},
		Defaults: orm.Defaults{"line_ids": linesOfNewStatement},
		Methods: orm.Methods{"print_data": {Needs: orm.Read, Tx: orm.TxRead, Do: printStatement,
			Doc: "What one printed statement shows: whose it is, its balances and its lines, worded in the language of the call."}},
		Hooks:  orm.Hooks{AfterCreate: completeStatements},
		Access: books(),
		Rules:  []orm.Rule{{Name: "Statement: company", Domain: ownStatements}},
	},
})

// ownStatements are those of the allowed companies. One that never had a line
// has no company: it is its maker's.
func ownStatements(env *orm.Env) (domain.Node, error) {
	return domain.Or{
		domain.Where("company_id", domain.In, list(env.Companies())),
		domain.All(domain.Where("company_id", domain.Eq, nil), domain.Where("create_uid", domain.Eq, env.UID())),
	}, nil
}

// statementLines takes from a statement's first line its journal, and from its
// last the day. The index of a statement's lines answers which those are.
func statementLines(env *orm.Env, batch *orm.Batch) error {
	env = env.Sudo()
	of := domain.Where("statement_id", domain.In, list(batch.IDs()))
	groups, err := env.Group("account.bank.statement.line", of, []query.GroupBy{{Field: "statement_id"}},
		[]query.Aggregate{{Field: "internal_index", Func: "min"}, {Field: "internal_index", Func: "max"}}, orm.GroupOptions{})
	if err != nil {
		return err
	}
	ends := make(map[int64][]any, len(groups.List))
	var indexes []any
	for _, g := range groups.List {
		ends[g.Keys[0].(int64)] = g.Figures
		indexes = append(indexes, g.Figures...)
	}
	found, err := env.SearchRead("account.bank.statement.line", domain.All(of, domain.Where("internal_index", domain.In, indexes)),
		[]string{"internal_index", "date", "journal_id", "company_id", "currency_id"}, orm.SearchOptions{Order: "internal_index"})
	if err != nil {
		return err
	}
	byIndex := make(map[any]orm.Row, found.Len())
	for row := range found.All() {
		byIndex[row.Str("internal_index")] = row
	}
	for i := range batch.Len() {
		end := ends[batch.ID(i)]
		if end == nil { // it stays where its lines were
			batch.Keep(i, "journal_id", "company_id", "currency_id")
			continue
		}
		first := byIndex[end[0]]
		batch.Set(i, "first_line_index", end[0])
		batch.Set(i, "date", byIndex[end[1]].Date("date"))
		for _, field := range []string{"journal_id", "company_id", "currency_id"} {
			batch.Set(i, field, first.Ref(field))
		}
	}
	return nil
}

// balanceEnd is the starting balance and the sum of the lines.
func balanceEnd(env *orm.Env, batch *orm.Batch) error { return ends(env, batch, "balance_end") }

// balanceEndReal follows the computed balance when the starting balance is
// written; what a user writes afterwards stays.
func balanceEndReal(env *orm.Env, batch *orm.Batch) error {
	return ends(env, batch, "balance_end_real")
}

func ends(env *orm.Env, batch *orm.Batch, field string) error {
	rows, err := batch.Rows("balance_start", "currency_id")
	if err != nil {
		return err
	}
	round := rounding{env: env}
	groups, err := env.Sudo().Group("account.bank.statement.line",
		domain.Where("statement_id", domain.In, list(batch.IDs())), []query.GroupBy{{Field: "statement_id"}},
		[]query.Aggregate{{Field: "amount", Func: "sum"}}, orm.GroupOptions{})
	if err != nil {
		return err
	}
	sums := map[int64]decimal.Decimal{}
	for _, g := range groups.List {
		sums[g.Keys[0].(int64)], _ = g.Figures[0].(decimal.Decimal)
	}
	for i := range rows.Len() {
		end, err := rows.At(i).Decimal("balance_start").Add(sums[batch.ID(i)])
		if err != nil {
			return fault.Wrap(err, "balance of statement", batch.ID(i))
		}
		if end, err = round.to(rows.At(i).Ref("currency_id"), end); err != nil {
			return err
		}
		batch.Set(i, field, end)
	}
	return nil
}

func isComplete(_ *orm.Env, batch *orm.Batch) error {
	rows, err := batch.Rows("first_line_index", "balance_end", "balance_end_real")
	if err != nil {
		return err
	}
	for i := range rows.Len() {
		row := rows.At(i)
		agree := row.Decimal("balance_end").Cmp(row.Decimal("balance_end_real")) == 0
		batch.Set(i, "is_complete", agree && row.IsSet("first_line_index"))
	}
	return nil
}

func problems(env *orm.Env, batch *orm.Batch) error {
	rows, err := env.Sudo().Read("account.bank.statement", batch.IDs(),
		"is_complete", "is_valid", "balance_end", "currency_id")
	if err != nil {
		return err
	}
	for i := range batch.Len() {
		row, ok := rows.ByID(batch.ID(i))
		if !ok {
			continue
		}
		switch {
		case !row.Bool("is_valid"):
			batch.Set(i, "problem_description",
				"The starting balance doesn't match the ending balance of the previous statement, or an earlier statement is missing.")
		case !row.Bool("is_complete"):
			batch.Set(i, "problem_description", fmt.Sprintf(
				"The running balance (%s) doesn't match the specified ending balance.", row.Decimal("balance_end").Round(2).Pad(2)))
		}
	}
	return nil
}

// startOfNew is where a new statement starts (as observed on Odoo 18): at the end
// of the statement before it, as it is written there, and what the lines between
// them come to.
func startOfNew(env *orm.Env, journal int64, index string) (decimal.Decimal, error) {
	previous, start, err := Between(env, journal, index)
	if err != nil || previous == 0 {
		return start, err
	}
	rows, err := env.Read("account.bank.statement", []int64{previous}, "balance_end_real")
	if err != nil || rows.Len() == 0 {
		return start, err
	}
	return start.Add(rows.At(0).Decimal("balance_end_real"))
}

// Between is the statement of the last line before an index that is in one, 0 if
// there is none, and the sum of the lines after that line and before the index.
func Between(env *orm.Env, journal int64, index string) (statement int64, sum decimal.Decimal, err error) {
	of := domain.Where("journal_id", domain.Eq, journal)
	last, err := env.SearchRead("account.bank.statement.line", domain.All(of, domain.Where("internal_index", domain.Lt, index),
		domain.Where("statement_id", domain.Ne, nil)), []string{"internal_index", "statement_id"},
		orm.SearchOptions{Order: "internal_index desc", Limit: 1})
	if err != nil {
		return 0, sum, err
	}
	from := ""
	if last.Len() > 0 {
		from, statement = last.At(0).Str("internal_index"), last.At(0).Ref("statement_id")
	}
	sum, err = sumLines(env, domain.All(of, domain.Where("internal_index", domain.Gt, from),
		domain.Where("internal_index", domain.Lt, index)))
	return statement, sum, err
}

// completeStatements fills in what a new statement leaves open: where it starts,
// that it ends where its lines end, and a name after its journal and day.
func completeStatements(env *orm.Env, ids []int64, values []orm.Values) error {
	env = env.Sudo()
	for i, id := range ids {
		rows, err := env.Read("account.bank.statement", []int64{id}, "name", "date", "journal_id", "first_line_index")
		if err != nil {
			return err
		}
		row := rows.At(0)
		change := orm.Values{}
		if _, given := values[i]["balance_start"]; !given && row.Ref("journal_id") != 0 {
			start, err := startOfNew(env, row.Ref("journal_id"), row.Str("first_line_index"))
			if err != nil {
				return err
			}
			change["balance_start"] = start
		}
		if row.Str("name") == "" {
			name, err := statementName(env, row)
			if err != nil {
				return err
			}
			change["name"] = name
		}
		if len(change) > 0 {
			if err := env.Write("account.bank.statement", ids[i:i+1], change); err != nil {
				return err
			}
		}
		if err := endOfNew(env, id, values[i]); err != nil {
			return err
		}
	}
	return nil
}

// endOfNew sets the ending balance of a new statement: what was given, or what
// its lines come to.
func endOfNew(env *orm.Env, id int64, values orm.Values) error {
	if given, ok := values["balance_end_real"]; ok && given != nil && given != false {
		return env.Write("account.bank.statement", []int64{id}, orm.Values{"balance_end_real": given})
	}
	rows, err := env.Read("account.bank.statement", []int64{id}, "balance_end")
	if err != nil {
		return err
	}
	return env.Write("account.bank.statement", []int64{id}, orm.Values{"balance_end_real": rows.At(0).Decimal("balance_end")})
}

// statementName names a statement without lines by the day in UTC on which it was
// made, as Odoo does, whatever the day is where the user is.
func statementName(env *orm.Env, row orm.Row) (string, error) {
	if row.Ref("journal_id") == 0 {
		return "Statement " + string(schema.DateOf(env.Now().UTC())), nil
	}
	journals, err := env.Read("account.journal", []int64{row.Ref("journal_id")}, "code")
	if err != nil || journals.Len() == 0 {
		return "", err
	}
	return journals.At(0).Str("code") + " Statement " + string(row.Date("date")), nil
}

// oneJournalPerStatement refuses lines of two journals in one statement. A
// statement's lines agreed before, so that changed ones need only agree with its
// oldest: the cost does not grow with the statement.
func oneJournalPerStatement(env *orm.Env, ids []int64) error {
	env = env.Sudo()
	journals, err := journalsByStatement(env,
		domain.All(domain.Where("id", domain.In, list(ids)), domain.Where("statement_id", domain.Ne, nil)))
	if err != nil || len(journals) == 0 {
		return err
	}
	oldest, err := oldestLines(env, journals)
	if err != nil {
		return err
	}
	var others, whole []any // whole: statements whose oldest line is touched: all lines are compared
	for statement, id := range oldest {
		if slices.Contains(ids, id) {
			whole = append(whole, statement)
		} else {
			others = append(others, id)
		}
	}
	return oneJournal(env, journals, domain.Or{domain.Where("id", domain.In, others), domain.Where("statement_id", domain.In, whole)})
}

// oneJournalOfNew is oneJournalPerStatement for new lines: a statement whose
// oldest line is new has new lines only.
func oneJournalOfNew(env *orm.Env, fresh *orm.Batch) error {
	rows, err := fresh.Rows("statement_id", "journal_id")
	if err != nil {
		return err
	}
	journals := map[int64][]int64{}
	for row := range rows.All() {
		if statement := row.Ref("statement_id"); statement != 0 {
			together(journals, statement, row.Ref("journal_id"))
		}
	}
	oldest, err := oldestLines(env.Sudo(), journals)
	if err != nil {
		return err
	}
	var others []any
	for _, id := range oldest {
		if id < fresh.ID(0) {
			others = append(others, id)
		}
	}
	return oneJournal(env.Sudo(), journals, domain.Where("id", domain.In, others))
}

// oldestLines finds the line of each statement that was made first.
func oldestLines(env *orm.Env, journals map[int64][]int64) (map[int64]int64, error) {
	statements := make([]any, 0, len(journals))
	for id := range journals {
		statements = append(statements, id)
	}
	groups, err := env.Group("account.bank.statement.line", domain.Where("statement_id", domain.In, statements),
		[]query.GroupBy{{Field: "statement_id"}}, []query.Aggregate{{Field: "id", Func: "min"}}, orm.GroupOptions{})
	if err != nil {
		return nil, err
	}
	oldest := make(map[int64]int64, len(groups.List))
	for _, g := range groups.List {
		statement, _ := g.Keys[0].(int64)
		oldest[statement], _ = g.Figures[0].(int64)
	}
	return oldest, nil
}

// oneJournal refuses statements in which journals and those of more lines differ.
func oneJournal(env *orm.Env, journals map[int64][]int64, more domain.Node) error {
	among, err := journalsByStatement(env, more)
	if err != nil {
		return err
	}
	for id, found := range journals {
		found = append(found, among[id]...)
		slices.Sort(found)
		if found = slices.Compact(found); len(found) > 1 {
			names := make([]string, len(found))
			for i, journal := range found {
				names[i] = strconv.FormatInt(journal, 10)
			}
			sort.Strings(names)
			return fault.New(fault.Value, "Wrong value for account.bank.statement.journal_id: account.journal(%s)",
				strings.Join(names, ", "))
		}
	}
	return nil
}

// journalsByStatement lists the journals of lines, by their statement.
func journalsByStatement(env *orm.Env, where domain.Node) (map[int64][]int64, error) {
	rows, err := env.SearchRead("account.bank.statement.line", where, []string{"statement_id", "journal_id"},
		orm.SearchOptions{Order: "id"})
	if err != nil {
		return nil, err
	}
	journals := map[int64][]int64{}
	for row := range rows.All() {
		together(journals, row.Ref("statement_id"), row.Ref("journal_id"))
	}
	return journals, nil
}

// together notes a journal of a statement, once.
func together(journals map[int64][]int64, statement, journal int64) {
	if !slices.Contains(journals[statement], journal) {
		journals[statement] = append(journals[statement], journal)
	}
}
