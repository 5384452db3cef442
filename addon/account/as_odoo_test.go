package account_test

import (
	"testing"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

// What a real Odoo 18 computes: a statement starts with what the one before it
// is said to end with, and balances are rounded where amounts are not.
func TestStatementsStartWhereThePreviousOneIsSaidToEnd(t *testing.T) {
	balances := func(id, want string) ormtest.Step {
		return ormtest.Step{Model: statements, Method: "read", Want: `[{"id":` + id + `,` + want + `}]`,
			Args: `[[` + id + `],["balance_start","balance_end","balance_end_real","is_valid"]]`}
	}
	running := func(want string) ormtest.Step {
		return ormtest.Step{Model: lines, Method: "search_read", Want: want,
			Args: `{"args":[[],["running_balance"]],"kwargs":{"order":"id"}}`}
	}
	books(t,
		ormtest.Step{Model: lines, Method: "create", Want: `[1,2,3,4,5]`, Args: `[[
			{"journal_id":1,"date":"2027-01-01","amount":100},{"journal_id":1,"date":"2027-01-02","amount":10.005},
			{"journal_id":1,"date":"2027-01-03","amount":20},
			{"journal_id":1,"date":"2027-01-04","amount":5},
			{"journal_id":1,"date":"2027-01-05","amount":1}]]`},
		ormtest.Step{Model: statements, Method: "create", Args: `[{"name":"S1","line_ids":[[6,0,[1,2]]]}]`, Want: `1`},
		balances("1", `"balance_start":0.0,"balance_end":110.01,"balance_end_real":110.01,"is_valid":true`),
		ormtest.Step{Model: statements, Method: "write", Args: `[[1],{"balance_end_real":50}]`, Want: `true`},
		ormtest.Step{Model: statements, Method: "create", Args: `[{"name":"S2","line_ids":[[6,0,[3]]]}]`, Want: `2`},
		balances("2", `"balance_start":50.0,"balance_end":70.0,"balance_end_real":70.0,"is_valid":true`),
		running(`[{"id":1,"running_balance":100.0},{"id":2,"running_balance":110.01},{"id":3,"running_balance":70.0},{"id":4,"running_balance":75.0},{"id":5,"running_balance":76.0}]`),
		ormtest.Step{Model: lines, Method: "read", Args: `[[2],["amount"]]`, Want: `[{"id":2,"amount":10.005}]`},
		// What lies between is added.
		ormtest.Step{Model: statements, Method: "create", Args: `[{"name":"S3","line_ids":[[6,0,[5]]]}]`, Want: `3`},
		balances("3", `"balance_start":75.0,"balance_end":76.0,"balance_end_real":76.0,"is_valid":false`),
		// One that is put before others starts with what comes before it.
		ormtest.Step{Model: statements, Method: "unlink", Args: `[[1]]`, Want: `true`},
		ormtest.Step{Model: statements, Method: "create", Args: `[{"name":"S4","line_ids":[[6,0,[2]]]}]`, Want: `4`},
		balances("4", `"balance_start":100.0,"balance_end":110.01,"balance_end_real":110.01,"is_valid":true`),
	)
}

func TestRoundingIsToTheCurrencyAwayFromZero(t *testing.T) {
	books(t,
		ormtest.Step{Model: lines, Method: "create", Want: `[1,2,3]`, Args: `[[
			{"journal_id":1,"date":"2027-01-01","amount":-0.005},
			{"journal_id":1,"date":"2027-01-02","amount":-0.0049},
			{"journal_id":1,"date":"2027-01-03","amount":1.0151}]]`},
		ormtest.Step{Model: lines, Method: "search_read",
			Args: `{"args":[[],["running_balance"]],"kwargs":{"order":"id"}}`,
			Want: `[{"id":1,"running_balance":-0.01},{"id":2,"running_balance":-0.01},{"id":3,"running_balance":1.01}]`},
	)
}

func TestALineTellsWhatIsLeftOfIt(t *testing.T) {
	read := func(want string) ormtest.Step {
		return ormtest.Step{Model: lines, Method: "search_read", Want: want,
			Args: `{"args":[[],["amount_residual"]],"kwargs":{"order":"id"}}`}
	}
	books(t,
		ormtest.Step{Model: lines, Method: "create", Want: `[1,2,3]`, Args: `[[
			{"journal_id":1,"date":"2027-01-01","amount":-10.005},
			{"journal_id":1,"date":"2027-01-02","amount":100,"foreign_currency_id":4,"amount_currency":90},
			{"journal_id":1,"date":"2027-01-03","amount":7}]]`},
		read(`[{"id":1,"amount_residual":10.01},{"id":2,"amount_residual":-90.0},{"id":3,"amount_residual":-7.0}]`),
		ormtest.Step{Model: lines, Method: "write", Args: `[[1,2],{"is_reconciled":true}]`, Want: `true`},
		read(`[{"id":1,"amount_residual":0.0},{"id":2,"amount_residual":0.0},{"id":3,"amount_residual":-7.0}]`),
	)
}

func TestALineStaysInTheYearOfItsNumber(t *testing.T) {
	const english = "The Date (01/05/2028) you've entered isn't aligned with the existing sequence number (BNK1/2027/00001)."
	books(t,
		ormtest.Step{Model: lines, Method: "create", Args: `[[{"journal_id":1,"date":"2027-01-01","amount":1},{"journal_id":1,"date":"2028-01-01","amount":1}]]`, Want: `[1,2]`},
		ormtest.Step{Model: lines, Method: "write", Args: `[[1],{"date":"2028-01-05"}]`, Kind: fault.Invalid,
			Want: english + " A transaction of another year needs a number of that year: delete it and enter it anew."},
		ormtest.Step{Model: lines, Method: "write", Args: `[[1,2],{"date":"2027-12-31"}]`, Kind: fault.Invalid},
		ormtest.Step{Model: lines, Method: "write", Args: `[[1],{"date":"2027-12-31"}]`, Want: `true`},
		ormtest.Step{Model: lines, Method: "read", Args: `[[1,2],["name","date"]]`,
			Want: `[{"id":1,"name":"BNK1/2027/00001","date":"2027-12-31"},{"id":2,"name":"BNK1/2028/00001","date":"2028-01-01"}]`},
	)
}
