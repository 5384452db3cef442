package account

import (
	"strings"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// unassignedDown lists a marked line and those before it, down to the last
// that is in no statement (D16). It is a fault of kind User when the marked
// line is in one already.
func unassignedDown(env *orm.Env, id int64) ([]int64, error) {
	rows, err := env.Read("account.bank.statement.line", []int64{id}, "journal_id", "statement_id", "internal_index", "name")
	if err != nil {
		return nil, err
	}
	if rows.Len() == 0 {
		return nil, fault.Say(fault.Missing, "fault.missing", nil)
	}
	row := rows.At(0)
	if row.Ref("statement_id") != 0 {
		return nil, fault.Say(fault.User, "statements.assigned", fault.Args{"line": row.Str("name")})
	}
	before := domain.All(domain.Where("journal_id", domain.Eq, row.Ref("journal_id")),
		domain.Where("internal_index", domain.Le, row.Str("internal_index")))
	last, err := env.SearchRead("account.bank.statement.line", domain.All(before, domain.Where("statement_id", domain.Ne, nil)),
		[]string{"internal_index"}, orm.SearchOptions{Order: "internal_index desc", Limit: 1})
	if err != nil {
		return nil, err
	}
	if last.Len() > 0 {
		before = domain.All(before, domain.Where("internal_index", domain.Gt, last.At(0).Str("internal_index")))
	}
	return env.Search("account.bank.statement.line", before, orm.SearchOptions{})
}

// linesOfNewStatement fills a new statement from the line that the context
// marks (st_line_id), as Odoo's form does.
func linesOfNewStatement(env *orm.Env) (any, error) {
	id, ok := env.Context()["st_line_id"].(float64)
	if !ok {
		return nil, nil
	}
	ids, err := unassignedDown(env, int64(id))
	if err != nil {
		return nil, err
	}
	return []orm.Command{{Op: orm.CommandSet, IDs: ids}}, nil
}

// statementFromLine is create_statement(name, balance_start, balance_end_real)
// of a marked line. What does not agree is told, and stops nothing (D17).
func statementFromLine(env *orm.Env, call *orm.Call) (any, error) {
	line, err := call.One()
	if err != nil {
		return nil, err
	}
	ids, err := unassignedDown(env, line)
	if err != nil {
		return nil, err
	}
	values := orm.Values{"line_ids": []orm.Command{{Op: orm.CommandSet, IDs: ids}}}
	for _, field := range []string{"name", "balance_start", "balance_end_real"} {
		if v := call.Value(field); v != nil && v != false {
			values[field] = v
		}
	}
	made, err := env.Create("account.bank.statement", values)
	if err != nil {
		return nil, err
	}
	rows, err := env.Read("account.bank.statement", made, "name", "is_valid", "is_complete", "problem_description")
	if err != nil {
		return nil, err
	}
	row := rows.At(0)
	return map[string]any{"statement_id": made[0], "name": row.Str("name"), "lines": len(ids), "is_valid": row.Bool("is_valid"),
		"is_complete": row.Bool("is_complete"), "problem_description": row.Str("problem_description")}, nil
}

// addBankAccount is action_add_bank_account(account_number, bank_name, bic,
// currency): an account that is not synchronised (D04). Its journal is named
// after the account number; it answers the journal's id, also when there is
// one already.
func addBankAccount(env *orm.Env, call *orm.Call) (any, error) {
	text := map[string]string{}
	for _, name := range []string{"account_number", "bank_name", "bic", "currency"} {
		v, err := textArgument(call, name)
		if err != nil {
			return nil, err
		}
		text[name] = strings.TrimSpace(v)
	}
	number := text["account_number"]
	if base.SanitizeAccountNumber(number) == "" {
		return nil, fault.Say(fault.User, "journal.number_needed", nil)
	}
	currency, err := foreignCurrency(env, text["currency"])
	if err != nil {
		return nil, err
	}
	account, err := companyAccount(env, env.Company(), number, currency)
	if err != nil {
		return nil, err
	}
	known, err := env.Search("account.journal", domain.Where("bank_account_id", domain.Eq, account),
		orm.SearchOptions{Limit: 1, Archived: true})
	if err != nil || len(known) > 0 {
		return first(known), err
	}
	bank, err := bankNamed(env, text["bank_name"], text["bic"])
	if err != nil {
		return nil, err
	}
	if bank != 0 {
		if err := env.Write("res.partner.bank", []int64{account}, orm.Values{"bank_id": bank}); err != nil {
			return nil, err
		}
	}
	made, err := env.Create("account.journal", orm.Values{"name": number, "type": "bank", "company_id": env.Company(),
		"bank_account_id": account, "currency_id": currency})
	return first(made), err
}

// foreignCurrency is a currency by its code; 0 for none and for the company's own.
func foreignCurrency(env *orm.Env, code string) (int64, error) {
	if code == "" {
		return 0, nil
	}
	money, err := base.CurrencyID(env.Sudo(), code)
	if err != nil {
		return 0, err
	}
	home, err := companyCurrencies(env, []int64{env.Company()})
	if err != nil || money == home[env.Company()] {
		return 0, err
	}
	return money, nil
}

// bankNamed finds a bank by its SWIFT code, else by its name, or makes it; 0
// when neither is told.
func bankNamed(env *orm.Env, name, bic string) (int64, error) {
	if name == "" && bic == "" {
		return 0, nil
	}
	where := domain.Where("name", domain.EqILike, name)
	if bic != "" {
		where = domain.Where("bic", domain.EqILike, bic)
	}
	known, err := env.Search("res.bank", where, orm.SearchOptions{Limit: 1})
	if err != nil || len(known) > 0 {
		return first(known), err
	}
	if name == "" {
		name = bic
	}
	values := orm.Values{"name": name}
	if bic != "" {
		values["bic"] = strings.ToUpper(bic)
	}
	made, err := env.Create("res.bank", values)
	return first(made), err
}
