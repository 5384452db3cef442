package base_test

import (
	"testing"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

// Partners 1 to 3 are those of the company, OdooBot and the administrator.
func TestPartners(t *testing.T) {
	each(t, func(t *testing.T, db *orm.Database) {
		ormtest.Converse(t, db, []ormtest.Step{
			{Model: "res.partner", Method: "create", Args: `[{"name":"Acme","is_company":true,"child_ids":[[0,0,{"name":"Ann"}],` +
				`[0,0,{"type":"invoice"}]]}]`, Want: `4`},
			{Model: "res.partner", Method: "read", Args: `[[4,5,6],["complete_name","display_name"]]`,
				Want: `[{"id":4,"complete_name":"Acme","display_name":"Acme"},{"id":5,"complete_name":"Acme, Ann","display_name":"Acme, ` +
					`Ann"},{"id":6,"complete_name":"Acme, ","display_name":"Acme, "}]`},
			{Model: "res.partner", Method: "write", Args: `[[4],{"name":"Apex"}]`, Want: `true`},
			{Model: "res.partner", Method: "read", Args: `[[5],["complete_name","parent_id"]]`,
				Want: `[{"id":5,"complete_name":"Apex, Ann","parent_id":[4,"Apex"]}]`},
			{Model: "res.partner", Method: "write", Args: `[[4],{"parent_id":5}]`, Kind: fault.Invalid,
				Want: "You cannot create recursive Partner hierarchies."},
			{Model: "res.partner", Method: "write", Args: `[[4],{"parent_id":4}]`, Kind: fault.Invalid},
			{Model: "res.partner", Method: "write", Args: `[[4],{"name":false}]`, Kind: fault.Invalid,
				Want: "The operation cannot be completed: Contacts require a name"},
			{Model: "res.partner", Method: "write", Args: `[[6],{"type":"contact"}]`, Kind: fault.Invalid},
			{Model: "res.partner", Method: "search", Args: `[[["id","child_of",4]]]`, Want: `[4,6,5]`},
			{Model: "res.partner", Method: "copy", Args: `[[5]]`, Want: `[7]`},
			{Model: "res.partner", Method: "read", Args: `[[7],["name","complete_name"]]`,
				Want: `[{"id":7,"name":"Ann (copy)","complete_name":"Apex, Ann (copy)"}]`},
			{Model: "res.partner", Method: "name_create", Args: `["Bob"]`, Want: `[8,"Bob"]`},
			{Model: "res.partner", Method: "name_create", Args: `["Cleo <cleo@example.com>"]`, Want: `[9,"Cleo"]`},
			{Model: "res.partner", Method: "name_create", Args: `["dan@example.com"]`, Want: `[10,"dan@example.com"]`},
			{Model: "res.partner", Method: "read", Args: `[[8,9,10],["name","email"]]`,
				Want: `[{"id":8,"name":"Bob","email":false},{"id":9,"name":"Cleo","email":"cleo@example.com"},` +
					`{"id":10,"name":"dan@example.com","email":"dan@example.com"}]`},
			{Model: "res.partner", Method: "name_search", Args: `["cleo@"]`, Want: `[[9,"Cleo"]]`},
			{Model: "res.partner", Method: "name_create", Args: `[""]`, Kind: fault.Invalid},
			{Model: "res.users", Method: "write", Args: `[[2],{"name":"Root","email":"root@example.com"}]`, Want: `true`},
			{Model: "res.partner", Method: "read", Args: `[[3],["name","email"]]`,
				Want: `[{"id":3,"name":"Root","email":"root@example.com"}]`},
			{Model: "res.partner", Method: "unlink", Args: `[[3]]`, Kind: fault.Invalid},
		})
	})
}

func TestBankAccounts(t *testing.T) {
	each(t, func(t *testing.T, db *orm.Database) {
		ormtest.Converse(t, db, []ormtest.Step{
			{Model: "res.bank", Method: "create", Args: `[{"name":"KBC","bic":"KREDBEBB"}]`, Want: `1`},
			{Model: "res.partner.bank", Method: "create", Args: `[{"acc_number":"be71 0961-2345.6769","partner_id":1,"bank_id":1}]`,
				Want: `1`},
			{Model: "res.partner.bank", Method: "read", Args: `[[1],["acc_number","sanitized_acc_number","display_name","bank_name",` +
				`"bank_bic"]]`,
				Want: `[{"id":1,"acc_number":"be71 0961-2345.6769","sanitized_acc_number":"BE71096123456769",` +
					`"display_name":"be71 0961-2345.6769 - KBC","bank_name":"KBC","bank_bic":"KREDBEBB"}]`},
			{Model: "res.partner.bank", Method: "create", Args: `[{"acc_number":"BE71096123456769","partner_id":2}]`, Want: `2`},
			{Model: "res.partner.bank", Method: "name_search", Args: `["BE7109"]`,
				Want: `[[1,"be71 0961-2345.6769 - KBC"],[2,"BE71096123456769"]]`},
			{Model: "res.partner.bank", Method: "create", Args: `[{"acc_number":"BE71 0961 2345 6769","partner_id":1}]`,
				Kind: fault.Invalid, Want: "The operation cannot be completed: The combination Account Number/Partner must be unique."},
			{Model: "res.partner.bank", Method: "write", Args: `[[2],{"partner_id":1}]`, Kind: fault.Invalid},
			{Model: "res.bank", Method: "read", Args: `[[1],["display_name"]]`, Want: `[{"id":1,"display_name":"KBC - KREDBEBB"}]`},
		})
	})
	for number, want := range map[string]string{"": "", "12-34 é5": "12345", "nl91 abna": "NL91ABNA", "١٢": ""} {
		if got := base.SanitizeAccountNumber(number); got != want {
			t.Errorf("%q: %q, want %q", number, got, want)
		}
	}
}

func TestScheduledActions(t *testing.T) {
	each(t, func(t *testing.T, db *orm.Database) {
		ormtest.Within(t, db, func(env *orm.Env) error {
			_, err := env.Create("ir.cron", orm.Values{"name": "Job", "code": "test.job"})
			return err
		})
		ormtest.Converse(t, db, []ormtest.Step{someone,
			{Model: "ir.cron", Method: "read", Args: `[[1],["interval_number","interval_type","nextcall","active"]]`,
				Want: `[{"id":1,"interval_number":1,"interval_type":"hours","nextcall":false,"active":true}]`},
			{Model: "ir.cron", Method: "write", Args: `[[1],{"interval_number":0}]`, Kind: fault.Invalid,
				Want: "The interval number must be a strictly positive number."},
			{Model: "ir.cron", Method: "method_direct_trigger", Args: `[[1]]`, Want: `true`},
			{Model: "ir.cron", Method: "search_count", Args: `[[["nextcall","!=",false]]]`, Want: `1`},
			{Model: "ir.cron", Method: "create", Args: `[{"name":"Own","code":"own"}]`, Kind: fault.Denied},
			{As: clerk, Model: "ir.cron", Method: "method_direct_trigger", Args: `[[1]]`, Kind: fault.Denied},
		})
	})
}
