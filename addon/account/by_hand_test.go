package account_test

import (
	"testing"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

func TestAStatementIsMadeFromALineDown(t *testing.T) {
	grouped := func(want string) ormtest.Step {
		return ormtest.Step{Model: statements, Method: "search_read",
			Args: `{"args":[[],["name","balance_start","balance_end_real","line_ids"]],"kwargs":{"order":"id"}}`, Want: want}
	}
	books(t, march, // in order: 4, 1, 2, 3
		ormtest.Step{As: invoicer, Model: lines, Method: "create_statement", Args: `[[1]]`, Kind: fault.Denied},
		ormtest.Step{As: keeper, Model: lines, Method: "create_statement", Args: `[[1],"First"]`,
			Want: `{"is_complete":true,"is_valid":true,"lines":2,"name":"First","problem_description":"","statement_id":1}`},
		grouped(`[{"id":1,"name":"First","balance_start":0.0,"balance_end_real":1000.01,"line_ids":[1,4]}]`),
		ormtest.Step{Model: lines, Method: "create_statement", Args: `[[4]]`, Kind: fault.User,
			Want: "BNK1/2025/00004 is in a statement already. Mark a line that is in none."},
		// What does not agree is told, and stops nothing.
		ormtest.Step{Model: lines, Method: "create_statement", Args: `{"args":[[2]],"kwargs":{"balance_start":5,"balance_end_real":7}}`,
			Want: `{"is_complete":false,"is_valid":false,"lines":1,"name":"BNK1 Statement 2025-03-02",` +
				`"problem_description":"The starting balance doesn't match the ending balance of the previous statement, ` +
				`or an earlier statement is missing.","statement_id":2}`},
		// As Odoo's form does it: from the line that the context marks, down to the last unassigned one.
		ormtest.Step{Model: lines, Method: "create", Args: `[{"journal_id":1,"date":"2025-03-09","amount":1}]`, Want: `5`},
		ormtest.Step{Model: statements, Method: "create", Args: `{"args":[{"name":"Last"}],"kwargs":{"context":{"st_line_id":5}}}`,
			Want: `3`},
		ormtest.Step{Model: statements, Method: "read", Args: `[[3],["balance_start","balance_end_real","line_ids"]]`,
			Want: `[{"id":3,"balance_start":7.0,"balance_end_real":107.99,"line_ids":[5,3]}]`},
		ormtest.Step{Model: statements, Method: "create", Args: `[{"name":"None marked"}]`, Want: `4`},
		ormtest.Step{Model: statements, Method: "read", Args: `[[4],["line_ids"]]`, Want: `[{"id":4,"line_ids":[]}]`},
	)
}

func TestAStatementIsPrinted(t *testing.T) {
	books(t, march,
		ormtest.Step{Model: journals, Method: "write", Args: `[[1],{"bank_acc_number":"BE71 0961 2345 6769"}]`, Want: `true`},
		ormtest.Step{Model: lines, Method: "write",
			Args: `[[2],{"partner_name":"Landlord","account_number":"NL91","foreign_currency_id":4,"amount_currency":-230}]`, Want: `true`},
		ormtest.Step{Model: statements, Method: "create", Args: `[{"name":"March","line_ids":[[6,0,[1,2]]]}]`, Want: `1`},
		ormtest.Step{As: invoicer, Model: statements, Method: "print_data", Args: `{"args":[[1]],"kwargs":{"context":{"lang":"nl_NL"}}}`,
			Want: `{"id":1,"name":"March","date":"2025-03-02","company":"My Company","journal":"Bank",` +
				`"account_number":"BE71 0961 2345 6769","bank":"","bic":"","currency":"USD","digits":2,` +
				`"balance_start":0.01,"balance_end":749.51,"balance_end_real":749.51,"is_valid":true,"is_complete":true,"lines":[` +
				`{"date":"2025-03-01","name":"BNK1/2025/00001","payment_ref":"opening","partner_name":"","account_number":"",` +
				`"amount":1000.00,"balance":1000.01},` +
				`{"date":"2025-03-02","name":"BNK1/2025/00002","payment_ref":"rent","partner_name":"Landlord","account_number":"NL91",` +
				`"amount":-250.50,"balance":749.51,"foreign":"-230.00 EUR"}],"language":"nl_NL"}`},
		ormtest.Step{As: stranger, Model: statements, Method: "print_data", Args: `[[1]]`, Kind: fault.Denied},
		ormtest.Step{Model: statements, Method: "print_data", Args: `[[99]]`, Kind: fault.Missing},
	)
}

func TestABankAccountIsAddedByHand(t *testing.T) {
	books(t,
		ormtest.Step{As: invoicer, Model: journals, Method: "action_add_bank_account", Args: `["BE71 0961 2345 6769"]`, Kind: fault.Denied},
		ormtest.Step{Model: journals, Method: "action_add_bank_account", Args: `["BE71 0961 2345 6769","Savings Bank","gkccbebb","EUR"]`,
			Want: `3`},
		ormtest.Step{Model: journals, Method: "read", Args: `[[3],["name","type","code","currency_id","bank_acc_number","bank_id",` +
			`"bank_statements_source"]]`,
			Want: `[{"id":3,"name":"BE71 0961 2345 6769","type":"bank","code":"BNK2","currency_id":[4,"EUR"],` +
				`"bank_acc_number":"BE71 0961 2345 6769","bank_id":[1,"Savings Bank - GKCCBEBB"],"bank_statements_source":"undefined"}]`},
		ormtest.Step{Model: "res.bank", Method: "read", Args: `[[1],["bic"]]`, Want: `[{"id":1,"bic":"GKCCBEBB"}]`},
		// The same account is the same journal; a bank is known by its SWIFT code.
		ormtest.Step{Model: journals, Method: "action_add_bank_account", Args: `["be71096123456769"]`, Want: `3`},
		ormtest.Step{Model: journals, Method: "action_add_bank_account", Args: `["NL91 ABNA 0417 1643 00",false,"GKCCBEBB"]`, Want: `4`},
		ormtest.Step{Model: journals, Method: "read", Args: `[[4],["currency_id","bank_id"]]`,
			Want: `[{"id":4,"currency_id":false,"bank_id":[1,"Savings Bank - GKCCBEBB"]}]`},
		ormtest.Step{Model: journals, Method: "action_add_bank_account", Args: `[" "]`, Kind: fault.User, Want: "Give the account number."},
	)
}
