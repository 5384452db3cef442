package account_test

import (
	"testing"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/addon/secret"
)

// Users of the tests: who may see the books, who may keep them, and who may not
// see them.
const (
	invoicer = 3
	keeper   = 4
	stranger = 5
)

func installed() (orm.Directory, []addon.Addon) {
	people := base.New(secret.NewHasher(secret.Cost{Memory: 64, Passes: 1, Threads: 1}))
	return people.Directory(), []addon.Addon{people.Addon(), bus.Addon(), mail.Addon(), account.Addon()}
}

// books runs a conversation on both databases, with two journals: Bank (BNK1,
// USD) and Euro (EUR1).
func books(t *testing.T, steps ...ormtest.Step) {
	t.Helper()
	ormtest.EachInstalled(t, installed, func(t *testing.T, db *orm.Database) {
		ormtest.Within(t, db, func(env *orm.Env) error {
			for _, p := range []struct{ login, group string }{{"invoicer", account.GroupInvoice}, {"keeper", account.GroupBasic},
				{"stranger", base.GroupUser}} {
				group, err := base.Ref(env, p.group)
				if err != nil {
					return err
				}
				if _, err := env.Create("res.users", orm.Values{"login": p.login, "name": p.login, "company_id": int64(1),
					"company_ids": []orm.Command{{Op: orm.CommandSet, IDs: []int64{1}}},
					"groups_id":   []orm.Command{{Op: orm.CommandSet, IDs: []int64{group}}}}); err != nil {
					return err
				}
			}
			euro, err := base.CurrencyID(env, "EUR")
			if err != nil {
				return err
			}
			_, err = env.Create("account.journal", orm.Values{"name": "Bank", "type": "bank", "company_id": int64(1)},
				orm.Values{"name": "Euro", "type": "bank", "code": "EUR1", "currency_id": euro, "company_id": int64(1)})
			return err
		})
		ormtest.Converse(t, db, steps)
	})
}

const (
	lines      = "account.bank.statement.line"
	statements = "account.bank.statement"
	journals   = "account.journal"
)

// march are lines 1 to 4 of the bank: 1000, −250.5, 99.99 and, before them, 0.01.
var march = ormtest.Step{Model: lines, Method: "create", Want: `[1,2,3,4]`, Args: `[[
	{"journal_id":1,"date":"2025-03-01","payment_ref":"opening","amount":1000},
	{"journal_id":1,"date":"2025-03-02","payment_ref":"rent","amount":-250.5},
	{"journal_id":1,"date":"2025-03-02","payment_ref":"sale","amount":99.99},
	{"journal_id":1,"date":"2025-02-27","payment_ref":"early","amount":0.01}]]`}

func TestRunningBalance(t *testing.T) {
	read := func(domain, want string) ormtest.Step {
		return ormtest.Step{Model: lines, Method: "search_read", Args: `[` + domain + `,["running_balance"]]`, Want: want}
	}
	books(t, march,
		read(`[]`, `[{"id":3,"running_balance":849.5},{"id":2,"running_balance":749.51},{"id":1,"running_balance":1000.01},`+
			`{"id":4,"running_balance":0.01}]`),
		// It is the journal's, whatever is searched, in whatever order it is read.
		read(`[["amount","<",0]]`, `[{"id":2,"running_balance":749.51}]`),
		read(`[["payment_ref","in",["sale","early"]]]`, `[{"id":3,"running_balance":849.5},{"id":4,"running_balance":0.01}]`),
		read(`[["running_balance",">",1000000]]`, `[{"id":3,"running_balance":849.5},{"id":2,"running_balance":749.51},`+
			`{"id":1,"running_balance":1000.01},{"id":4,"running_balance":0.01}]`),
		ormtest.Step{Model: lines, Method: "search_read", Args: `{"args":[[],["running_balance"]],"kwargs":{"order":"amount","limit":2,` +
			`"offset":1}}`, Want: `[{"id":4,"running_balance":0.01},{"id":3,"running_balance":849.5}]`},
		ormtest.Step{Model: lines, Method: "search", Args: `{"args":[[]],"kwargs":{"order":"running_balance"}}`, Kind: fault.Value},
		ormtest.Step{Model: lines, Method: "read_group", Args: `[[],["running_balance:sum"],["journal_id"]]`, Kind: fault.Value},
		// Another journal counts for itself.
		ormtest.Step{Model: lines, Method: "create", Args: `[{"journal_id":2,"date":"2025-03-01","amount":55.5}]`, Want: `5`},
		read(`[["journal_id","=",2]]`, `[{"id":5,"running_balance":55.5}]`),
		// A line moves, changes, and goes.
		ormtest.Step{Model: lines, Method: "write", Args: `[[4],{"date":"2025-03-03"}]`, Want: `true`},
		ormtest.Step{Model: lines, Method: "write", Args: `[[2],{"amount":-300.25}]`, Want: `true`},
		read(`[["journal_id","=",1]]`, `[{"id":4,"running_balance":799.75},{"id":3,"running_balance":799.74},`+
			`{"id":2,"running_balance":699.75},{"id":1,"running_balance":1000.0}]`),
		ormtest.Step{Model: lines, Method: "unlink", Args: `[[1]]`, Want: `true`},
		read(`[["journal_id","=",1]]`, `[{"id":4,"running_balance":-200.25},{"id":3,"running_balance":-200.26},`+
			`{"id":2,"running_balance":-300.25}]`),
		// Within a day the sequence counts: the higher comes first.
		ormtest.Step{Model: lines, Method: "write", Args: `[[3],{"sequence":5}]`, Want: `true`},
		read(`[["journal_id","=",1]]`, `[{"id":4,"running_balance":-200.25},{"id":2,"running_balance":-200.26},`+
			`{"id":3,"running_balance":99.99}]`),
		// It restarts at every statement's starting balance.
		ormtest.Step{Model: statements, Method: "create", Args: `[{"name":"S","balance_start":500,"line_ids":[[6,0,[2]]]}]`, Want: `1`},
		read(`[["journal_id","=",1]]`, `[{"id":4,"running_balance":199.76},{"id":2,"running_balance":199.75},`+
			`{"id":3,"running_balance":99.99}]`),
	)
}

func TestStatementsBalance(t *testing.T) {
	read := func(id, want string) ormtest.Step {
		return ormtest.Step{Model: statements, Method: "read", Want: `[{"id":` + id + `,` + want + `}]`,
			Args: `[[` + id + `],["balance_start","balance_end","balance_end_real","is_complete","is_valid","date"]]`}
	}
	books(t, march,
		ormtest.Step{Model: statements, Method: "create", Args: `[{"name":"March","line_ids":[[6,0,[1,2,3]]]}]`, Want: `1`},
		read("1", `"balance_start":0.01,"balance_end":849.5,"balance_end_real":849.5,"is_complete":true,"is_valid":true,`+
			`"date":"2025-03-02"`),
		ormtest.Step{Model: statements, Method: "read", Args: `[[1],["journal_id","line_ids","first_line_index","problem_description"]]`,
			Want: `[{"id":1,"journal_id":[1,"Bank"],"line_ids":[3,2,1],"first_line_index":"2025030121474836460000000001",` +
				`"problem_description":false}]`},
		ormtest.Step{Model: statements, Method: "write", Args: `[[1],{"balance_end_real":5}]`, Want: `true`},
		read("1", `"balance_start":0.01,"balance_end":849.5,"balance_end_real":5.0,"is_complete":false,"is_valid":true,`+
			`"date":"2025-03-02"`),
		// Rewriting the start computes the end anew.
		ormtest.Step{Model: statements, Method: "write", Args: `[[1],{"balance_start":77}]`, Want: `true`},
		read("1", `"balance_start":77.0,"balance_end":926.49,"balance_end_real":926.49,"is_complete":true,"is_valid":true,`+
			`"date":"2025-03-02"`),
		// The next one does not start where it ended.
		ormtest.Step{Model: statements, Method: "create", Args: `[{"name":"April","balance_start":500,"balance_end_real":545.5,"line_ids":[
			[0,0,{"journal_id":1,"date":"2025-04-01","amount":20.25}],
			[0,0,{"journal_id":1,"date":"2025-04-02","amount":25.25}]]}]`, Want: `2`},
		read("2", `"balance_start":500.0,"balance_end":545.5,"balance_end_real":545.5,"is_complete":true,"is_valid":false,`+
			`"date":"2025-04-02"`),
		ormtest.Step{Model: statements, Method: "search", Args: `[[["journal_id","=",1],["is_valid","=",false]]]`, Want: `[2]`},
		ormtest.Step{Model: statements, Method: "search", Args: `[[["is_valid","=",true]]]`, Want: `[1]`},
		// A line that is added makes it incomplete, one that goes complete again.
		ormtest.Step{Model: lines, Method: "create", Args: `[{"journal_id":1,"date":"2025-04-03","amount":1,"statement_id":2}]`, Want: `7`},
		read("2", `"balance_start":500.0,"balance_end":546.5,"balance_end_real":545.5,"is_complete":false,"is_valid":false,`+
			`"date":"2025-04-03"`),
		ormtest.Step{Model: lines, Method: "unlink", Args: `[[7]]`, Want: `true`},
		read("2", `"balance_start":500.0,"balance_end":545.5,"balance_end_real":545.5,"is_complete":true,"is_valid":false,`+
			`"date":"2025-04-02"`),
		// Made right, the chain is whole.
		ormtest.Step{Model: statements, Method: "write", Args: `[[2],{"balance_start":926.49}]`, Want: `true`},
		read("2", `"balance_start":926.49,"balance_end":971.99,"balance_end_real":971.99,"is_complete":true,"is_valid":true,`+
			`"date":"2025-04-02"`),
		// A statement without lines belongs to no journal.
		ormtest.Step{Model: statements, Method: "create", Args: `[{}]`, Want: `3`},
		ormtest.Step{Model: statements, Method: "read", Args: `[[3],["journal_id","currency_id","date","balance_start","balance_end",` +
			`"is_complete","is_valid","line_ids"]]`,
			Want: `[{"id":3,"journal_id":false,"currency_id":false,"date":false,"balance_start":0.0,"balance_end":0.0,` +
				`"is_complete":false,"is_valid":true,"line_ids":[]}]`},
		ormtest.Step{Model: statements, Method: "search_count", Args: `[[["name","=like","Statement 20__-__-__"]]]`, Want: `1`},
		// Lines stay when their statement goes.
		ormtest.Step{Model: statements, Method: "unlink", Args: `[[1]]`, Want: `true`},
		ormtest.Step{Model: lines, Method: "read", Args: `[[1,2],["statement_id","running_balance"]]`,
			Want: `[{"id":1,"statement_id":false,"running_balance":1000.01},{"id":2,"statement_id":false,"running_balance":749.51}]`},
		ormtest.Step{Model: statements, Method: "create", Args: `[{"name":"bad","line_ids":"abc"}]`, Kind: fault.Value,
			Want: "Wrong value for account.bank.statement.line_ids: abc"},
		ormtest.Step{Model: lines, Method: "create", Args: `[{"journal_id":2,"date":"2025-03-01","amount":1,"statement_id":2}]`,
			Kind: fault.Value, Want: "Wrong value for account.bank.statement.journal_id: account.journal(1, 2)"},
		ormtest.Step{Model: lines, Method: "write", Args: `[[5],{"journal_id":2}]`, Kind: fault.Value},
	)
}

func TestLinesAreChecked(t *testing.T) {
	books(t,
		ormtest.Step{Model: lines, Method: "create", Args: `[[
			{"journal_id":1,"date":"2024-12-31","amount":10.005},{"journal_id":1,"date":"2025-01-01","amount":"12.34"},
			{"journal_id":2,"date":"2025-01-01","amount":0},{"journal_id":1,"date":"2025-06-01 10:11:12","amount":3},
			{"journal_id":1,"date":"2024-01-05","amount":1}]]`, Want: `[1,2,3,4,5]`},
		// Numbered per journal and year, as they come; the name is what a line is called.
		ormtest.Step{Model: lines, Method: "read", Args: `[[1,2,3,4,5],["name","display_name","amount","date","currency_id"]]`,
			Want: `[{"id":1,"name":"BNK1/2024/00001","display_name":"BNK1/2024/00001","amount":10.005,"date":"2024-12-31",` +
				`"currency_id":[10,"USD"]},` +
				`{"id":2,"name":"BNK1/2025/00001","display_name":"BNK1/2025/00001","amount":12.34,"date":"2025-01-01",` +
				`"currency_id":[10,"USD"]},` +
				`{"id":3,"name":"EUR1/2025/00001","display_name":"EUR1/2025/00001","amount":0.0,"date":"2025-01-01",` +
				`"currency_id":[4,"EUR"]},` +
				`{"id":4,"name":"BNK1/2025/00002","display_name":"BNK1/2025/00002","amount":3.0,"date":"2025-06-01",` +
				`"currency_id":[10,"USD"]},` +
				`{"id":5,"name":"BNK1/2024/00002","display_name":"BNK1/2024/00002","amount":1.0,"date":"2024-01-05",` +
				`"currency_id":[10,"USD"]}]`},
		// No date is today, no journal the first bank's.
		ormtest.Step{Model: lines, Method: "create", Args: `[{"amount":1}]`, Want: `6`},
		ormtest.Step{Model: lines, Method: "search_count", Args: `[[["id","=",6],["journal_id","=",1],["date","!=",false]]]`, Want: `1`},
		// A number is not given twice, not even when its line is gone.
		ormtest.Step{Model: lines, Method: "unlink", Args: `[[5]]`, Want: `true`},
		ormtest.Step{Model: lines, Method: "create", Args: `[{"journal_id":1,"date":"2024-02-01","amount":1}]`, Want: `7`},
		ormtest.Step{Model: lines, Method: "read", Args: `[[7],["name"]]`, Want: `[{"id":7,"name":"BNK1/2024/00003"}]`},
		// Amounts in another currency.
		ormtest.Step{Model: lines, Method: "create", Args: `[{"journal_id":1,"date":"2025-03-09","amount":100,"foreign_currency_id":4,` +
			`"amount_currency":90}]`, Want: `8`},
		ormtest.Step{Model: lines, Method: "read", Args: `[[8],["foreign_currency_id","amount_currency","amount"]]`,
			Want: `[{"id":8,"foreign_currency_id":[4,"EUR"],"amount_currency":90.0,"amount":100.0}]`},
		ormtest.Step{Model: lines, Method: "create", Args: `[{"journal_id":1,"date":"2025-03-09","amount":100,"amount_currency":90}]`,
			Kind: fault.Invalid, Want: "You can't provide an amount in foreign currency without specifying a foreign currency."},
		ormtest.Step{Model: "res.currency", Method: "write", Args: `[[4],{"active":false}]`, Want: `true`},
		ormtest.Step{Model: lines, Method: "create", Args: `[{"journal_id":1,"date":"2025-03-09","amount":100,"foreign_currency_id":4,` +
			`"amount_currency":90}]`, Kind: fault.User,
			Want: "You cannot validate a document with an inactive currency: EUR"},
		ormtest.Step{Model: lines, Method: "create", Args: `[{"journal_id":1,"date":"2025-13-45","amount":1}]`, Kind: fault.Value},
		ormtest.Step{Model: lines, Method: "create", Args: `[{"journal_id":99999999,"date":"2025-03-08","amount":1}]`, Kind: fault.Missing},
		ormtest.Step{Model: lines, Method: "message_post", Args: `{"args":[[1]],"kwargs":{"body":"x"}}`, Kind: fault.Attribute},
	)
}

func TestJournals(t *testing.T) {
	books(t,
		ormtest.Step{Model: journals, Method: "create", Args: `[[{"name":"A","type":"bank"},{"name":"B","type":"bank"},` +
			`{"name":"C","type":"cash"},{"name":"G","type":"general"}]]`, Want: `[3,4,5,6]`},
		ormtest.Step{Model: journals, Method: "read", Args: `[[1,3,4,5,6],["code"]]`,
			Want: `[{"id":1,"code":"BNK1"},{"id":3,"code":"BNK2"},{"id":4,"code":"BNK3"},{"id":5,"code":"CSH1"},{"id":6,"code":"MISC1"}]`},
		ormtest.Step{Model: journals, Method: "create", Args: `[{"name":"N","type":"bank","bank_acc_number":"BE71 0961 2345 6769"}]`,
			Want: `7`},
		ormtest.Step{Model: journals, Method: "read", Args: `[[7],["code","bank_acc_number","bank_account_id"]]`,
			Want: `[{"id":7,"code":"BNK4","bank_acc_number":"BE71 0961 2345 6769","bank_account_id":[1,"BE71 0961 2345 6769"]}]`},
		ormtest.Step{Model: "res.partner.bank", Method: "read", Args: `[[1],["partner_id"]]`,
			Want: `[{"id":1,"partner_id":[1,"My Company"]}]`},
		// The same number is the same account; none takes it off.
		ormtest.Step{Model: journals, Method: "write", Args: `[[3],{"bank_acc_number":"be71096123456769"}]`, Want: `true`},
		ormtest.Step{Model: journals, Method: "read", Args: `[[3],["bank_account_id"]]`,
			Want: `[{"id":3,"bank_account_id":[1,"BE71 0961 2345 6769"]}]`},
		ormtest.Step{Model: journals, Method: "write", Args: `[[3],{"bank_acc_number":false}]`, Want: `true`},
		ormtest.Step{Model: journals, Method: "read", Args: `[[3],["bank_account_id"]]`, Want: `[{"id":3,"bank_account_id":false}]`},
		ormtest.Step{Model: journals, Method: "name_search", Args: `["Euro"]`, Want: `[[2,"Euro (EUR)"]]`},
		ormtest.Step{Model: lines, Method: "create", Args: `[{"journal_id":1,"date":"2025-03-01","amount":1}]`, Want: `1`},
		ormtest.Step{Model: journals, Method: "unlink", Args: `[[1]]`, Kind: fault.Invalid},
		ormtest.Step{Model: journals, Method: "unlink", Args: `[[4]]`, Want: `true`},
		ormtest.Step{Model: journals, Method: "write", Args: `[[5],{"code":"BNK1"}]`, Kind: fault.Invalid,
			Want: "The operation cannot be completed: Journal codes must be unique per company."},
		ormtest.Step{Model: journals, Method: "write", Args: `[[5],{"code":"TOOLONG"}]`, Want: `true`},
		ormtest.Step{Model: journals, Method: "read", Args: `[[5],["code"]]`, Want: `[{"id":5,"code":"TOOLO"}]`}, // as Odoo cuts it
		ormtest.Step{Model: journals, Method: "create", Args: `[{"name":"No type","code":"NTY"}]`, Kind: fault.Invalid},
	)
}

func TestTheJournalTellsWhatBecameOfItsLines(t *testing.T) {
	messages := func(want string) ormtest.Step {
		return ormtest.Step{Model: "mail.message", Method: "search_read", Want: want,
			Args: `{"args":[[["model","=","account.journal"],["res_id","=",1]],["body","author_id"]],"kwargs":{"order":"id desc",` +
				`"limit":1}}`}
	}
	books(t, march,
		ormtest.Step{Model: "res.partner", Method: "create", Args: `[{"name":"ACME <b>"}]`},
		ormtest.Step{As: keeper, Model: lines, Method: "write",
			Args: `[[2],{"amount":-300.25,"payment_ref":"rent <b>","date":"2025-03-02"}]`, Want: `true`},
		messages(`[{"id":1,"body":"<p>1 bank transactions were changed:</p><ul><li>BNK1/2025/00002 – Amount: -250.50 → -300.25; Label: `+
			`rent → rent &lt;b&gt;</li></ul>","author_id":[5,"keeper"]}]`),
		// In Dutch, several at once, each with its own past.
		ormtest.Step{Model: lines, Method: "write", Args: `{"args":[[1,3],{"payment_ref":"sale","account_number":"NL91"}],` +
			`"kwargs":{"context":{"lang":"nl_NL"}}}`, Want: `true`},
		messages(`[{"id":2,"body":"<p>2 banktransacties zijn gewijzigd:</p><ul><li>BNK1/2025/00001 – Omschrijving: opening → sale; `+
			`Rekeningnummer: – → NL91</li>`+
			`<li>BNK1/2025/00003 – Rekeningnummer: – → NL91</li></ul>","author_id":[3,"Administrator"]}]`),
		// What changes nothing, or is no fact of the bank's, tells nothing.
		ormtest.Step{Model: lines, Method: "write", Args: `[[3],{"payment_ref":"sale","is_reconciled":true}]`, Want: `true`},
		ormtest.Step{Model: statements, Method: "create", Args: `[{"name":"S","line_ids":[[6,0,[1,2,3]]]}]`, Want: `1`},
		ormtest.Step{Model: "mail.message", Method: "search_count", Args: `[[]]`, Want: `2`},
		// A line that goes leaves everything it was.
		ormtest.Step{Model: lines, Method: "unlink", Args: `[[3]]`, Want: `true`},
		messages(`[{"id":3,"body":"<p>1 bank transactions were deleted:</p><ul><li>BNK1/2025/00003 – Date: 2025-03-02; Amount: 99.99; `+
			`Label: sale; Account number: NL91; Statement: S</li></ul>","author_id":[3,"Administrator"]}]`),
		ormtest.Step{Model: lines, Method: "write", Args: `[[2],{"statement_id":false}]`, Want: `true`},
		messages(`[{"id":4,"body":"<p>1 bank transactions were changed:</p><ul><li>BNK1/2025/00002 – Statement: S → –</li></ul>",`+
			`"author_id":[3,"Administrator"]}]`),
	)
}

func TestWhoKeepsTheBooks(t *testing.T) {
	books(t, march,
		ormtest.Step{As: invoicer, Model: lines, Method: "search_count", Args: `[[]]`, Want: `4`},
		ormtest.Step{As: invoicer, Model: journals, Method: "name_search", Args: `["Bank"]`, Want: `[[1,"Bank"]]`},
		ormtest.Step{As: invoicer, Model: lines, Method: "write", Args: `[[1],{"amount":1}]`, Kind: fault.Denied},
		ormtest.Step{As: invoicer, Model: statements, Method: "create", Args: `[{"name":"x"}]`, Kind: fault.Denied},
		ormtest.Step{As: invoicer, Model: journals, Method: "unlink", Args: `[[2]]`, Kind: fault.Denied},
		ormtest.Step{As: keeper, Model: lines, Method: "write", Args: `[[1],{"payment_ref":"kept"}]`, Want: `true`},
		ormtest.Step{As: keeper, Model: statements, Method: "create", Args: `[{"name":"x","line_ids":[[6,0,[1]]]}]`, Want: `1`},
		ormtest.Step{As: stranger, Model: lines, Method: "search_read", Args: `[[]]`, Kind: fault.Denied},
		ormtest.Step{As: stranger, Model: journals, Method: "read", Args: `[[1],["name"]]`, Kind: fault.Denied},
		ormtest.Step{As: stranger, Model: journals, Method: "message_post", Args: `{"args":[[1]],"kwargs":{"body":"x"}}`,
			Kind: fault.Denied},
		ormtest.Step{Model: journals, Method: "message_post", Args: `{"args":[[1]],"kwargs":{"body":"synchronised"}}`, Want: `2`},
		ormtest.Step{As: stranger, Model: "mail.message", Method: "search", Args: `[[]]`, Want: `[]`},
		ormtest.Step{As: invoicer, Model: "mail.message", Method: "search", Args: `[[]]`, Want: `[2,1]`},
		ormtest.Step{Model: "account.journal.numbering", Method: "search_read", Args: `[[]]`, Kind: fault.Denied},
	)
}
