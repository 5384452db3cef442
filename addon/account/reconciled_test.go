package account_test

import (
	"testing"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

// Of a line without an amount nothing is left to match, whatever is written.
func TestALineOfNothingIsReconciled(t *testing.T) {
	told := func(want string) ormtest.Step {
		return ormtest.Step{Model: lines, Method: "search_read", Want: want,
			Args: `{"args":[[],["is_reconciled"]],"kwargs":{"order":"id"}}`}
	}
	books(t,
		ormtest.Step{Model: lines, Method: "create", Want: `[1,2,3,4]`, Args: `[[
			{"journal_id":1,"date":"2027-01-01","amount":0},{"journal_id":1,"date":"2027-01-01"},
			{"journal_id":1,"date":"2027-01-01","amount":0,"is_reconciled":false},{"journal_id":1,"date":"2027-01-01","amount":5}]]`},
		told(`[{"id":1,"is_reconciled":true},{"id":2,"is_reconciled":true},{"id":3,"is_reconciled":true},{"id":4,"is_reconciled":false}]`),
		ormtest.Step{Model: lines, Method: "write", Args: `[[1,2,4],{"is_reconciled":false}]`, Want: `true`},
		ormtest.Step{Model: lines, Method: "action_undo_reconciliation", Args: `[[3,4]]`, Want: `null`},
		told(`[{"id":1,"is_reconciled":true},{"id":2,"is_reconciled":true},{"id":3,"is_reconciled":true},{"id":4,"is_reconciled":false}]`),
		// one that gets an amount is open; one that loses it is not; others stay as they were
		ormtest.Step{Model: lines, Method: "write", Args: `[[4],{"is_reconciled":true}]`, Want: `true`},
		ormtest.Step{Model: lines, Method: "write", Args: `[[1,4],{"amount":7}]`, Want: `true`},
		told(`[{"id":1,"is_reconciled":false},{"id":2,"is_reconciled":true},{"id":3,"is_reconciled":true},{"id":4,"is_reconciled":true}]`),
		ormtest.Step{Model: lines, Method: "write", Args: `[[1],{"amount":0}]`, Want: `true`},
		ormtest.Step{Model: lines, Method: "write", Args: `[[2],{"amount":3,"is_reconciled":true}]`, Want: `true`},
		told(`[{"id":1,"is_reconciled":true},{"id":2,"is_reconciled":true},{"id":3,"is_reconciled":true},{"id":4,"is_reconciled":true}]`),
	)
}

// What clients of Odoo 18 find on journals: Bank (1) is the company's currency, USD,
// and Euro (2) is not.
func TestJournalsAsOnOdoo(t *testing.T) {
	books(t,
		ormtest.Step{Model: journals, Method: "write", Args: `[[1],{"bank_acc_number":"US01"}]`, Want: `true`},
		ormtest.Step{Model: journals, Method: "write", Args: `[[2],{"bank_acc_number":"EU02"}]`, Want: `true`},
		ormtest.Step{Model: journals, Method: "create", Want: `3`,
			Args: `[{"name":"Third","type":"bank","bank_acc_number":"EU03","currency_id":4}]`},
		ormtest.Step{Model: journals, Method: "action_add_bank_account", Args: `{"args":["EU04"],"kwargs":{"currency":"EUR"}}`, Want: `4`},
		ormtest.Step{Model: journals, Method: "action_add_bank_account", Args: `{"args":["US05"],"kwargs":{"currency":"USD"}}`, Want: `5`},
		ormtest.Step{Model: "res.partner.bank", Method: "search_read",
			Args: `{"args":[[],["acc_number","currency_id"]],"kwargs":{"order":"acc_number","load":""}}`,
			Want: `[{"id":2,"acc_number":"EU02","currency_id":4},{"id":3,"acc_number":"EU03","currency_id":4},` +
				`{"id":4,"acc_number":"EU04","currency_id":4},{"id":1,"acc_number":"US01","currency_id":false},` +
				`{"id":5,"acc_number":"US05","currency_id":false}]`},

		// one with lines is needed by them
		ormtest.Step{Model: lines, Method: "create", Args: `[{"journal_id":1,"date":"2027-01-01","amount":1}]`, Want: `1`},
		ormtest.Step{Model: journals, Method: "unlink", Args: `[[1]]`, Kind: fault.Invalid,
			Want: "The operation cannot be completed: another model requires the record being deleted. If possible, archive it instead.\n\n" +
				"Model: Bank Statement Line (account.bank.statement.line)\nConstraint: account_bank_statement_line_journal_id_fkey\n"},
		ormtest.Step{Model: journals, Method: "unlink", Args: `[[3]]`, Want: `true`},

		ormtest.Step{Model: journals, Method: "open_action", Kind: fault.Type,
			Want: "AccountJournal.open_action() needs the ids of records, as its first argument or named ids"},
		ormtest.Step{Model: journals, Method: "action_configure_bank_journal", Kind: fault.Type},
		ormtest.Step{Model: journals, Method: "create_opening_transaction", Args: `{"args":[],"kwargs":{"balance":1}}`, Kind: fault.Type},
		ormtest.Step{Model: journals, Method: "open_action", Args: `[[]]`, Kind: fault.Value, Want: "Expected singleton: account.journal()"},
		ormtest.Step{Model: journals, Method: "open_action", Args: `[[999]]`, Kind: fault.Missing},
		ormtest.Step{Model: journals, Method: "open_action", Args: `[2]`,
			Want: `{"context":{"default_journal_id":2,"journal_type":"bank"},"domain":[["journal_id","=",2]],"name":"Euro",` +
				`"res_model":"account.bank.statement.line","target":"current","type":"ir.actions.act_window",` +
				`"view_mode":"list,form","views":[[false,"list"],[false,"form"]]}`},
	)
}
