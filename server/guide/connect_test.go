package guide_test

import (
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/orm/ormtest"
)

// journals is how many bank journals there are.
func (o *office) journals() int { return o.count("account.journal", leaf("type", "=", "bank")) }

// accounts are the online accounts of a connection.
func (o *office) accounts(link float64) []object {
	o.t.Helper()
	return o.rows("account.online.account", list{leaf("account_online_link_id", "=", link)}, "name", "account_number", "currency_id",
		"account_kind", "journal_ids", "selected", "online_identifier")
}

// fed are the accounts among them that feed a journal.
func fed(accounts []object) (feeding []object) {
	for _, account := range accounts {
		if len(account["journal_ids"].(list)) > 0 {
			feeding = append(feeding, account)
		}
	}
	return feeding
}

// fields are what a form asks for.
func fields(at object) (names []string) {
	step, _ := at["step"].(object)
	asked, _ := step["fields"].(list)
	for _, field := range asked {
		names = append(names, field.(object)["name"].(string))
	}
	return names
}

// wrong is the field that a step says was filled in wrongly.
func wrong(at object) any {
	step, _ := at["step"].(object)
	mistake, _ := step["error"].(object)
	return mistake["field"]
}

func TestConnecting(t *testing.T) {
	t.Parallel()
	o := open(t, ormtest.SQLite)
	setup := func(o *office) any {
		return o.row("res.company", list{}, "account_setup_bank_data_state")["account_setup_bank_data_state"]
	}
	t.Run("S11 a first bank is asked for", func(t *testing.T) {
		if got := setup(o.in(t)); got != "not_done" {
			t.Errorf("before any bank: %v", got)
		}
	})
	t.Run("S10 Add a Bank Account leads to a search that finds banks", func(t *testing.T) { opensPicker(t, o.in(t)) })
	t.Run("S13 step by step, taken up again by another window", func(t *testing.T) { stepByStep(t, o.in(t)) })
	t.Run("S13 a way back from the bank is good once, and only unchanged", func(t *testing.T) { backFromTheBank(t, o.in(t)) })
	t.Run("S18 what the provider asks besides is passed on, and checked by it", func(t *testing.T) { asksFurther(t, o.in(t)) })
	t.Run("S11 and then no longer", func(t *testing.T) {
		if got := setup(o.in(t)); got != "done" {
			t.Errorf("with %d connections: %v", o.in(t).count("account.online.link"), got)
		}
	})
}

func opensPicker(t *testing.T, o *office) {
	action := o.call("account.online.link", "action_new_synchronization").(object)
	if action["tag"] != "girosync_connect_bank" || action["type"] != "ir.actions.client" {
		t.Fatalf("the action: %v", action)
	}
	params := action["params"].(object)
	found := o.call(params["institution_model"].(string), "search_institutions", "demo bank by redirect").(list)
	if len(found) == 0 || found[0].(object)["online_identifier"] != "demo-redirect" {
		t.Fatalf("found: %v", found)
	}
	at := o.call(params["flow_model"].(string), "start", object{"institution_id": found[0].(object)["id"]}).(object)
	if at["state"] != "waiting" {
		t.Errorf("begun: %v", at)
	}
	o.call(params["flow_model"].(string), "cancel", at["flow_id"])
	journal := o.call("account.journal", "action_add_bank_account", "BE68539007547034").(float64)
	action = o.call("account.journal", "action_configure_bank_journal", list{journal}).(object)
	if action["tag"] != "girosync_connect_bank" || action["params"].(object)["journal_id"] != journal {
		t.Errorf("the action of a journal: %v", action)
	}
	o.call("account.journal", "unlink", list{journal})
}

func stepByStep(t *testing.T, o *office) {
	at := o.begin("demo-mfa")
	if at["state"] != "asking" || !slices.Equal(fields(at), []string{"user", "password"}) {
		t.Fatalf("the first step: %v", at)
	}
	if at = o.submit(at, object{"user": "step"}); wrong(at) != "password" {
		t.Errorf("without a password: %v", at)
	}
	if at = o.submit(at, object{"user": "step", "password": "wrong"}); wrong(at) != "password" || at["state"] != "asking" {
		t.Errorf("with a wrong one: %v", at)
	}
	at = o.submit(at, object{"user": "step", "password": "right"})
	if !slices.Equal(fields(at), []string{"code"}) {
		t.Fatalf("the second step: %v", at)
	}
	// Another window of the same person goes on where the first one was.
	other := o.in(t)
	other.client = o.as("admin")
	at = other.call("account.online.flow", "poll", at["flow_id"]).(object)
	if at["state"] != "asking" || !slices.Equal(fields(at), []string{"code"}) {
		t.Fatalf("taken up again: %v", at)
	}
	if at = other.submit(at, object{"code": "654321"}); wrong(at) != "code" {
		t.Errorf("a wrong code: %v", at)
	}
	at = other.submit(at, object{"code": "123456"})
	offered, _ := at["step"].(object)["accounts"].(list)
	if len(offered) < 4 {
		t.Fatalf("accounts offered: %v", at)
	}
	if at = other.submit(at, object{"accounts": list{"another's account"}}); wrong(at) != "accounts" {
		t.Errorf("an account that was not offered: %v", at)
	}
	before := o.journals()
	at = other.submit(at, object{"accounts": list{offered[0].(object)["id"]}})
	if at["state"] != "done" || o.journals() != before+1 {
		t.Fatalf("the end: %v, %d journals more", at, o.journals()-before)
	}
	if again := o.submit(at, object{"accounts": list{offered[1].(object)["id"]}}); again["link_id"] != at["link_id"] ||
		again["state"] != "done" || o.journals() != before+1 {
		t.Errorf("an answer after the end: %v", again)
	}
}

func backFromTheBank(t *testing.T, o *office) {
	links := o.count("account.online.link")
	at := o.begin("demo-redirect")
	step := at["step"].(object)
	if at["state"] != "waiting" || step["type"] != "redirect" {
		t.Fatalf("begun: %v", at)
	}
	address, err := url.Parse(step["url"].(string))
	if err != nil {
		t.Fatal(err)
	}
	forged := *address
	query := forged.Query()
	query.Set("state", strings.Repeat("x", len(query.Get("state"))))
	forged.RawQuery = query.Encode()
	if status, page := o.visit(forged.String()); status == 200 {
		t.Errorf("a wrong state was taken: %.200s", page)
	}
	if at = o.call("account.online.flow", "poll", at["flow_id"]).(object); at["state"] != "waiting" {
		t.Fatalf("after a wrong state: %v", at)
	}
	if status, page := o.visit(address.String()); status != 200 {
		t.Fatalf("back from the bank: %d %.200s", status, page)
	}
	if status, page := o.visit(address.String()); status == 200 {
		t.Errorf("a used state was taken: %.200s", page)
	}
	if o.walk(o.call("account.online.flow", "poll", at["flow_id"]).(object), 1, nil); o.count("account.online.link") != links+1 {
		t.Errorf("%d connections, %d before", o.count("account.online.link"), links)
	}
}

func asksFurther(t *testing.T, o *office) {
	at := o.begin("demo-slow")
	if !slices.Equal(fields(at), []string{"user", "password", "delay_ms"}) {
		t.Fatalf("asked: %v", fields(at))
	}
	typed := object{"user": "further", "password": "x"}
	if at = o.submit(at, typed); wrong(at) != "delay_ms" {
		t.Errorf("left out: %v", at)
	}
	typed["delay_ms"] = "soon"
	if at = o.submit(at, typed); wrong(at) != "delay_ms" || !strings.Contains(at["error_message"].(string), "number of milliseconds") {
		t.Errorf("what only the provider can judge: %v", at)
	}
	typed["delay_ms"] = "0"
	if at = o.submit(at, typed); at["step"].(object)["type"] != "accounts" {
		t.Errorf("answered: %v", at)
	}
	at = o.begin("demo-questions")
	typed = object{"user": "further", "password": "x", "company_number": "0836157420", "birth_date": "2020-01-01"}
	if at = o.submit(at, typed); wrong(at) != "birth_date" {
		t.Errorf("a child: %v", at)
	}
	typed["birth_date"] = "1971-03-08"
	if at = o.submit(at, typed); at["step"].(object)["type"] != "accounts" {
		t.Errorf("questions answered: %v", at)
	}
	at = o.submit(o.begin("demo-codes"), object{"user": "further", "password": "x"})
	offered, _ := at["step"].(object)["fields"].(list)[0].(object)
	if offered["kind"] != "choice" || len(offered["choices"].(list)) != 3 {
		t.Fatalf("a choice: %v", at)
	}
	if at = o.submit(at, object{"channel": "pigeon"}); wrong(at) != "channel" {
		t.Errorf("what was not offered: %v", at)
	}
	if at = o.submit(at, object{"channel": "email"}); !slices.Equal(fields(at), []string{"code"}) {
		t.Errorf("chosen: %v", at)
	}
}

func TestAccountsAndJournals(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		t.Run("S61 only the chosen account feeds a journal", func(t *testing.T) { chosenAlone(t, o.in(t)) })
		t.Run("S62 accounts that were not chosen, and new ones", func(t *testing.T) { fetchesAccounts(t, o.in(t)) })
		t.Run("S24 a journal is made, or one that exists is taken", func(t *testing.T) { makesOrTakes(t, o.in(t)) })
	})
}

func chosenAlone(t *testing.T, o *office) {
	before := o.journals()
	link := o.connect("demo-daily", 1)
	accounts := o.accounts(link)
	feeding := fed(accounts)
	if len(accounts) < 4 || len(feeding) != 1 || o.journals() != before+1 {
		t.Fatalf("%d accounts, %d feed journals, %d journals more", len(accounts), len(feeding), o.journals()-before)
	}
	for _, account := range accounts {
		if chosen := account["id"] == feeding[0]["id"]; account["selected"] != chosen {
			t.Errorf("selected: %v", account)
		}
	}
	lines := o.count("account.bank.statement.line")
	of := o.count("account.bank.statement.line", leaf("online_account_id", "=", feeding[0]["id"]))
	if lines == 0 || of != lines {
		t.Errorf("%d lines, %d of the chosen account", lines, of)
	}
	if n := o.count("account.online.transaction", leaf("account_id", "!=", feeding[0]["id"])); n != 0 {
		t.Errorf("%d transactions of accounts that were not chosen", n)
	}
}

func fetchesAccounts(t *testing.T, o *office) {
	journals, lines := o.journals(), o.count("account.bank.statement.line")
	link := o.connect("demo-growing", 0)
	if n := len(fed(o.accounts(link))); n != 0 || o.journals() != journals || o.count("account.bank.statement.line") != lines {
		t.Fatalf("none was chosen, and yet %d feed journals", n)
	}
	ids := o.call("account.online.link", "action_fetch_accounts", list{link}).(list)
	accounts := o.accounts(link)
	if len(ids) != len(accounts) || len(ids) < 4 {
		t.Fatalf("listed %v, there are %d", ids, len(accounts))
	}
	o.call("account.online.account", "link_journal", list{accounts[0]["id"]})
	o.settle()
	if o.journals() != journals+1 || o.count("account.bank.statement.line", leaf("online_account_id", "=", accounts[0]["id"])) == 0 {
		t.Errorf("an account that was chosen later brings nothing")
	}
	o.later(11 * day)
	more := o.call("account.online.link", "action_fetch_accounts", list{link}).(list)
	if len(more) != len(ids)+1 || len(fed(o.accounts(link))) != 1 {
		t.Fatalf("the bank opened an account: %v, before %v", more, ids)
	}
	opened := o.row("account.online.account", list{leaf("id", "in", more), leaf("id", "not in", ids)}, "name")["name"].(string)
	told := o.messages("account.online.link", link)
	if !slices.ContainsFunc(told, func(m string) bool { return strings.Contains(m, opened) }) {
		t.Errorf("%s is not named in %q", opened, told)
	}
}

func makesOrTakes(t *testing.T, o *office) {
	own := o.call("account.journal", "create", object{"name": "My own", "type": "bank", "code": "OWN"})
	at := o.begin("demo-mfa")
	for at["step"].(object)["type"] != "accounts" {
		at = o.submit(at, answer(at["step"].(object), 0, nil))
	}
	chosen := map[string]object{} // the first of each currency
	for _, account := range at["step"].(object)["accounts"].(list) {
		if money := account.(object)["currency"].(string); chosen[money] == nil {
			chosen[money] = account.(object)
		}
	}
	euro, dollar := chosen["EUR"]["id"].(string), chosen["USD"]["id"].(string)
	before := o.journals()
	at = o.submit(at, object{"accounts": list{euro, dollar}, "journals": object{euro: own, dollar: "new"}})
	if at["state"] != "done" {
		t.Fatalf("the flow: %v", at)
	}
	feeding := fed(o.accounts(at["link_id"].(float64)))
	if len(feeding) != 2 || o.journals() != before+1 {
		t.Fatalf("%d feed journals, %d journals more", len(feeding), o.journals()-before)
	}
	for _, account := range feeding {
		journal := account["journal_ids"].(list)[0]
		if account["online_identifier"] == euro {
			if journal != own {
				t.Errorf("the euro account feeds %v, not %v", journal, own)
			}
			continue
		}
		made := o.row("account.journal", list{leaf("id", "=", journal)}, "currency_id", "name", "type")
		if money, _ := made["currency_id"].(list); len(money) != 2 || money[1] != "USD" || made["type"] != "bank" {
			t.Errorf("the journal that was made: %v", made)
		}
		_, err := o.try("account.online.account", "link_journal", list{account["id"]}, own)
		if err == nil {
			t.Error("a dollar account feeds a journal that an account in euro feeds")
		}
	}
}

func TestSeveralProviders(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "away")
	o := open(t, ormtest.SQLite, withFurther(file))
	t.Run("S04 two providers side by side", func(t *testing.T) {
		o := o.in(t)
		one := o.connect("demo-daily", 1)
		other := o.walk(o.start(object{"institution_id": o.id("account.online.institution", leaf("name", "=", "Further Bank"))}), -1, nil)
		o.settle()
		o.later(12 * hour)
		for link, name := range map[float64]string{one: "Demo banks", other: "Further banks"} {
			row := o.link(link, "provider_id", "institution_id", "state")
			provider, _ := row["provider_id"].(list)
			if len(provider) != 2 || provider[1] != name || row["state"] != "connected" {
				t.Errorf("the connection: %v", row)
			}
			of := o.row("account.online.institution", list{leaf("id", "=", row["institution_id"].(list)[0])}, "provider_id")
			if of["provider_id"].(list)[0] != provider[0] {
				t.Errorf("the institution names %v, its connection %v", of["provider_id"], provider)
			}
			runs := o.runs(link)
			last := runs[len(runs)-1]
			if last["trigger"] != "scheduled" || last["outcome"] != "ok" && last["outcome"] != "nothing_new" || o.lines(link) == 0 {
				t.Errorf("%s: %v, %d lines", name, last, o.lines(link))
			}
		}
	})
	t.Run("D11 deleting waits for the consent's end", func(t *testing.T) { deletesInTurn(t, o.in(t), file) })
	t.Run("D03 another provider of the same bank can be chosen", func(t *testing.T) { choosesProvider(t, o.in(t)) })
}

// choosesProvider connects a bank that both providers reach, by either of them.
func choosesProvider(t *testing.T, o *office) {
	banks := o.call("account.online.institution", "pick_institutions", "demo bank with three months").(object)["banks"].(list)
	choices := banks[0].(object)["choices"].(list)
	if len(choices) != 2 || banks[0].(object)["proven"] != true {
		t.Fatalf("one bank by two providers: %v", banks[0])
	}
	chosen := map[any]any{}
	for i, choice := range choices {
		provider := choice.(object)["provider_id"].(list)
		at := o.start(object{"institution_id": choice.(object)["id"]})
		link := o.walk(at, 1, object{"user": []string{"one", "other"}[i]})
		chosen[provider[0]] = o.link(link, "provider_id")["provider_id"].(list)[0]
	}
	o.settle()
	for wanted, got := range chosen {
		if wanted != got {
			t.Errorf("chosen was provider %v, and the connection has %v", wanted, got)
		}
	}
	if len(chosen) != 2 {
		t.Errorf("chosen: %v", chosen)
	}
}
