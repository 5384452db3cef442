package base_test

import (
	"testing"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

// Acme (4) has Ann (5), its address for invoices (6), and its daughter (7) with one
// for deliveries (8); Ann has one for others (9).
func TestAddressGet(t *testing.T) {
	get := func(args, want string) ormtest.Step {
		return ormtest.Step{Model: "res.partner", Method: "address_get", Args: args, Want: want}
	}
	each(t, func(t *testing.T, db *orm.Database) {
		ormtest.Converse(t, db, []ormtest.Step{
			{Model: "res.partner", Method: "create", Want: `[4]`, Args: `[[{"name":"Acme","is_company":true}]]`},
			{Model: "res.partner", Method: "create", Want: `[5,6,7]`, Args: `[[{"name":"Ann","parent_id":4},
				{"name":"Bills","parent_id":4,"type":"invoice"},{"name":"Daughter","parent_id":4,"is_company":true}]]`},
			{Model: "res.partner", Method: "create", Want: `[8,9]`, Args: `[[{"name":"Ramp","parent_id":7,"type":"delivery"},
				{"name":"Shed","parent_id":5,"type":"other"}]]`},
			get(`[[4]]`, `{"contact":4}`),
			get(`[[4],["invoice"]]`, `{"contact":4,"invoice":6}`),
			get(`[[4],["contact","delivery","other"]]`, `{"contact":4,"delivery":4,"other":9}`), // the daughter is a company of its own
			get(`[[7],["delivery","invoice"]]`, `{"contact":7,"delivery":8,"invoice":7}`),
			get(`[[5],["invoice","other"]]`, `{"contact":5,"invoice":6,"other":9}`), // beside Ann, below Acme
			get(`[[9],["invoice","other"]]`, `{"contact":5,"invoice":6,"other":9}`),
			get(`[[7,4],["delivery","invoice"]]`, `{"contact":7,"delivery":8,"invoice":6}`),
			get(`[[6],["other"]]`, `{"contact":4,"other":9}`),
			{Model: "res.partner", Method: "write", Args: `[[6],{"active":false}]`, Want: `true`},
			get(`[[4],["invoice"]]`, `{"contact":4,"invoice":4}`),
			get(`[[],["invoice"]]`, `{"contact":false,"invoice":false}`),
			{Model: "res.partner", Method: "address_get", Args: `[[4],[5]]`, Kind: fault.Type},
			{Model: "res.partner", Method: "address_get", Args: `[[4],"other"]`, Want: `{"contact":4,"e":4,"h":4,"o":4,"r":4,"t":4}`},
		})
	})
}
