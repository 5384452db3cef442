package orm_test

import (
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

// largest is the largest amount that every database holds, in ten-thousandths.
const largest = "922337203685477.5807"

// TestAmountsAreExact: amounts of currencies with no, two, three and four
// decimals are kept, found, compared and added up to the last digit.
func TestAmountsAreExact(t *testing.T) {
	eachOfWorld(t, func(t *testing.T, db *orm.Database) {
		ormtest.Converse(t, db, []ormtest.Step{
			{Model: "book", Method: "create", Args: `[[{"name":"yen"},{"name":"dinar"},{"name":"uf"},{"name":"largest"},{"name":"cents"}]]`,
				Want: `[1,2,3,4,5]`},
			{Model: "line", Method: "create", Args: `[[{"book_id":1,"amount":123456789012345},{"book_id":1,"amount":-1},` +
				`{"book_id":1,"amount":"2"}]]`, Want: `[1,2,3]`},
			{Model: "line", Method: "create", Args: `[[{"book_id":2,"amount":0.001},{"book_id":2,"amount":0.002},` +
				`{"book_id":2,"amount":"1.999"}]]`, Want: `[4,5,6]`},
			{Model: "line", Method: "create", Args: `[[{"book_id":3,"amount":0.0001},{"book_id":3,"amount":"38000.1234"},` +
				`{"book_id":3,"amount":-38000.1235}]]`, Want: `[7,8,9]`},
			{Model: "line", Method: "create", Args: `[[{"book_id":4,"amount":"` + largest + `"},{"book_id":4,"amount":"-` + largest +
				`"},{"book_id":4,"amount":"0.0001"}]]`, Want: `[10,11,12]`},
			{Model: "book", Method: "read", Args: `[[1,2,3,4],["total"]]`, Want: `[{"id":1,"total":123456789012346.0},` +
				`{"id":2,"total":2.002},{"id":3,"total":0.0},{"id":4,"total":0.0001}]`},
			{Model: "line", Method: "read_group", Args: `{"args":[[["book_id","<",5]],["amount:sum"],["book_id"]],` +
				`"kwargs":{"orderby":"book_id"}}`},
			{Model: "line", Method: "search", Args: `[[["amount","=","` + largest + `"]]]`, Want: `[10]`},
			{Model: "line", Method: "search", Args: `[[["amount","<=","-` + largest + `"]]]`, Want: `[11]`},
			{Model: "line", Method: "search", Args: `[[["amount",">",0],["amount","<",0.0005]]]`, Want: `[12,7]`},
			{Model: "line", Method: "search", Args: `[[["amount","in",[0.001,"0.0001",1.9990]]]]`, Want: `[12,7,6,4]`},
			{Model: "line", Method: "create", Args: `[{"book_id":5,"amount":0.00001}]`, Kind: fault.Invalid,
				Want: "The amount 0.00001 has more than 4 decimals."},
			{Model: "line", Method: "create", Args: `[{"book_id":5,"amount":"922337203685477.5808"}]`, Kind: fault.Invalid},
			{Model: "line", Method: "create", Args: `[{"book_id":5,"amount":1e15}]`, Kind: fault.Invalid},
			{Model: "line", Method: "create", Args: `[{"book_id":5,"amount":"1e400"}]`, Kind: fault.Value},
			{Model: "line", Method: "create", Args: `[{"book_id":5,"amount":"nan"}]`, Kind: fault.Value},
		})
		// 0.1 is no float: a thousand of them are 100.0, not 99.9999999999986.
		values := strings.Repeat(`,{"book_id":5,"amount":0.1}`, 1000)[1:]
		ormtest.Converse(t, db, []ormtest.Step{
			{Model: "line", Method: "create", Args: `[[` + values + `]]`},
			{Model: "book", Method: "read", Args: `[[5],["total"]]`, Want: `[{"id":5,"total":100.0}]`},
			{Model: "line", Method: "read_group", Args: `[[["book_id","=",5]],["amount:sum"],[]]`,
				Want: `[{"__count":1000,"__domain":[["book_id","=",5]],"amount":100.0}]`},
		})
	})
}

// TestSumsBeyondAllBounds: what no amount can hold is told, not wrapped around.
func TestSumsBeyondAllBounds(t *testing.T) {
	eachOfWorld(t, func(t *testing.T, db *orm.Database) {
		ormtest.Converse(t, db, []ormtest.Step{
			{Model: "book", Method: "create", Args: `[[{"name":"a"},{"name":"b"}]]`, Want: `[1,2]`},
			{Model: "line", Method: "create", Args: `[{"book_id":1,"amount":"` + largest + `"}]`, Want: `1`},
			{Model: "line", Method: "create", Args: `[{"book_id":2,"amount":"` + largest + `"}]`, Want: `2`},
		})
		const beyond = "The amounts come to more than an amount can be."
		ormtest.Converse(t, db, []ormtest.Step{
			{Model: "line", Method: "read_group", Args: `[[],["amount:sum"],[]]`, Kind: fault.Invalid},
			{Model: "line", Method: "read_group", Args: `[[],["amount:sum"],["date"]]`, Kind: fault.Invalid},
			{Model: "line", Method: "read_group",
				Args: `{"args":[[],["amount:max","amount:avg"],[]],"kwargs":{"context":{"lang":"en_US"}}}`},
			{Model: "line", Method: "create", Args: `[{"book_id":2,"amount":1}]`, Kind: fault.Invalid},
			{Model: "line", Method: "search_count", Args: `[[]]`, Want: `2`}, // nothing of what was refused
		})
		if _, err := ormtest.Do(t, db, 0, "line", "read_group", `[[],["amount:sum"],[]]`); fault.Localize(err, "en_US") != beyond {
			t.Errorf("told as %q", fault.Localize(err, "en_US"))
		}
	})
}

func eachOfWorld(t *testing.T, test func(t *testing.T, db *orm.Database)) {
	ormtest.Each(t, func(t *testing.T, open func(parts ...orm.Part) *orm.Database) {
		db := open(world())
		fixture(t, db)
		test(t, db)
	})
}
