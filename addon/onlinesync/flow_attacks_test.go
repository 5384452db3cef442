package onlinesync_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/connect"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// wild is a provider that asks whatever a test wants.
type wild struct {
	bigDemo
	step    sdk.Step
	state   []byte
	answers []map[string]string
}

func (p *wild) StartConnect(_ context.Context, req sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
	step := p.step
	step.URL = strings.ReplaceAll(step.URL, "STATE", req.State)
	return sdk.ConnectAnswer{FlowState: p.state, Step: &step}, nil
}

func (p *wild) ContinueConnect(_ context.Context, req sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
	p.answers = append(p.answers, req.Values)
	return sdk.ConnectAnswer{FlowState: p.state, Step: &sdk.Step{Kind: sdk.StepMessage, Title: "taken"}}, nil
}

func wildRig(t *testing.T) (*rig, *wild) {
	r := newRig(t, ormtest.SQLite)
	p := &wild{bigDemo: r.banks["demo"].(bigDemo), state: []byte("x")}
	r.banks["demo"] = p
	return r, p
}

// redirected begins a flow that waits for its user to come back, and returns the
// query with which the bank would send them.
func (r *rig) redirected(p *wild, session string) (flow object, back map[string]string) {
	r.t.Helper()
	p.step = sdk.Step{Kind: sdk.StepRedirect, URL: "https://bank.example/login?state=STATE"}
	who := orm.Principal{UID: base.AdminUser, Caller: orm.Caller{Session: session}}
	result, err := r.db.Call(r.t.Context(), who, "account.online.flow", "start",
		[]any{object{"institution_id": r.bank("demo-redirect")}}, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	row := r.rows("account.online.flow", []any{leaf("id", "=", result.(object)["flow_id"])}, "step")[0]
	step := row["step"].(object)
	if step["url_host"] != "bank.example" {
		r.t.Errorf("where it leads is not told: %v", step)
	}
	_, state, _ := strings.Cut(step["url"].(string), "state=")
	return object{"flow_id": result.(object)["flow_id"]}, map[string]string{"state": state, "code": "c0de"}
}

// Somebody who began a flow sends another person to the bank's page: that person's
// consent does not come into it.
func TestAnotherPersonsConsentDoesNotComeIntoAFlow(t *testing.T) {
	r, p := wildRig(t)
	eva := r.user("eva", account.GroupBasic)
	come := func(back map[string]string, by connect.Visitor) (object, *connect.Begun, error) {
		return r.addon.Callback(t.Context(), back, by)
	}
	name := r.db.Name()
	for _, c := range []struct {
		what    string
		session string
		by      connect.Visitor
		refused bool
		asked   bool
	}{
		{"the same browser", "s", connect.Visitor{Database: name, UID: base.AdminUser, Browser: true}, false, false},
		{"another user's browser", "s", connect.Visitor{Database: name, UID: eva, Browser: true, Agreed: true}, true, false},
		{"the same number in another database", "s", connect.Visitor{Database: "other", UID: base.AdminUser, Browser: true}, true, false},
		{"a browser of nobody's", "s", connect.Visitor{Browser: true}, false, true},
		{"a browser of nobody's, of a program's flow", "", connect.Visitor{Browser: true}, false, true},
		{"another user's browser, of a program's flow", "", connect.Visitor{Database: name, UID: eva, Browser: true}, false, true},
		{"a program", "", connect.Visitor{}, false, false},
	} {
		p.answers = nil
		_, back := r.redirected(p, c.session)
		reply, begun, err := come(back, c.by)
		if fault.Is(err, fault.Denied) != c.refused || (begun != nil) != c.asked {
			t.Errorf("%s: %v, %v, %v", c.what, reply, begun, err)
		}
		if waits := c.refused || c.asked; (len(p.answers) == 0) != waits {
			t.Errorf("%s: the provider heard %v", c.what, p.answers)
		} else if !waits {
			continue
		}
		if begun != nil && (begun.User == "" || begun.Company == "" || begun.Bank == "") {
			t.Errorf("%s: whose it is: %+v", c.what, begun)
		}
		agreed := c.by
		if agreed.Agreed = true; c.refused {
			agreed = connect.Visitor{Database: name, UID: base.AdminUser, Browser: true}
		}
		if _, _, err := come(back, agreed); err != nil || len(p.answers) != 1 {
			t.Errorf("%s: whose flow it is does not come in afterwards: %v, %d", c.what, err, len(p.answers))
		}
		if _, _, err := come(back, agreed); !fault.Is(err, fault.Missing) || len(p.answers) != 1 {
			t.Errorf("%s: the same return again: %v, %d", c.what, err, len(p.answers))
		}
	}
}

func TestAReturnGivenByHandIsOfItsOwnFlow(t *testing.T) {
	r, p := wildRig(t)
	_, other := r.redirected(p, "")
	flow, back := r.redirected(p, "")
	if wrong := r.submit(flow, object{"state": other["state"], "code": "c0de"}); stepOf(wrong)["error"] == nil || len(p.answers) != 0 {
		t.Errorf("another flow's state: %v", wrong)
	}
	if taken := r.submit(flow, object{"state": back["state"], "code": "c0de"}); stepOf(taken)["title"] != "taken" {
		t.Errorf("its own: %v", taken)
	}
	if _, _, err := r.addon.Callback(t.Context(), back, connect.Visitor{}); !fault.Is(err, fault.Missing) {
		t.Errorf("the same again, by redirect: %v", err)
	}
}

// A flow is its user's: neither colleagues nor those who only read go on with it.
func TestAFlowIsItsUsers(t *testing.T) {
	r, p := wildRig(t)
	p.step = sdk.Step{Kind: sdk.StepForm, Fields: []sdk.Field{{Name: "user", Kind: sdk.TextField, Default: "jane's own"}}}
	colleague, reader := r.user("colleague", account.GroupBasic), r.user("reader", account.GroupReadonly)
	company := r.call("res.company", "create", object{"name": "Another",
		"currency_id": r.rows("res.currency", []any{leaf("name", "=", "EUR")}, "id")[0]["id"]})
	stranger := r.user("stranger", account.GroupBasic)
	r.call("res.users", "write", []any{float64(stranger)},
		object{"company_ids": []any{[]any{6.0, 0.0, []any{company}}}, "company_id": company})
	id := r.start("demo-checking", nil)["flow_id"]
	for name, uid := range map[string]int64{"a colleague": colleague, "a reader": reader, "a user of another company": stranger} {
		if _, err := r.tryAs(uid, "account.online.flow", "submit", id, object{"user": "x"}); !fault.Is(err, fault.Denied, fault.Missing) {
			t.Errorf("%s submits: %v", name, err)
		}
		polled, err := r.tryAs(uid, "account.online.flow", "poll", id)
		if name == "a colleague" {
			if err != nil || strings.Contains(fmt.Sprint(polled), "jane's own") {
				t.Errorf("%s polls: %v, %v", name, polled, err)
			}
			continue
		}
		if !fault.Is(err, fault.Denied, fault.Missing) {
			t.Errorf("%s polls: %v", name, err)
		}
		if _, err := r.tryAs(uid, "account.online.flow", "cancel", id); !fault.Is(err, fault.Denied, fault.Missing) {
			t.Errorf("%s cancels: %v", name, err)
		}
	}
	if len(p.answers) != 0 {
		t.Errorf("the provider heard %v", p.answers)
	}
	if gone, err := r.tryAs(colleague, "account.online.flow", "cancel", id); err != nil || gone.(object)["state"] != "cancelled" {
		t.Errorf("a colleague may end it: %v, %v", gone, err)
	}
}

func TestTooManyFlowsAtOnce(t *testing.T) {
	r, p := wildRig(t)
	p.step = sdk.Step{Kind: sdk.StepForm, Fields: []sdk.Field{{Name: "user", Kind: sdk.TextField}}}
	var last object
	for range 25 {
		last = r.start("demo-checking", nil)
	}
	one := object{"institution_id": r.bank("demo-checking")}
	if _, err := r.try("account.online.flow", "start", one); !fault.Is(err, fault.User) || !strings.Contains(fault.MessageOf(err), "25") {
		t.Errorf("one more: %v", err)
	}
	if _, err := r.tryAs(r.user("colleague", account.GroupBasic), "account.online.flow", "start", one); err != nil {
		t.Errorf("a colleague's: %v", err)
	}
	r.call("account.online.flow", "cancel", last["flow_id"])
	r.start("demo-checking", nil)
	r.later(16 * time.Minute)
	r.start("demo-checking", nil)
}

// What a provider asks is shown as what it is, or not at all.
func TestStepsOfAMaliciousProvider(t *testing.T) {
	r, p := wildRig(t)
	text := func(name string) sdk.Field { return sdk.Field{Name: name, Label: name, Kind: sdk.TextField} }
	var many []sdk.Field
	for i := range 51 {
		many = append(many, text(fmt.Sprint("f", i)))
	}
	address := func(url string) sdk.Step { return sdk.Step{Kind: sdk.StepRedirect, URL: url} }
	form := func(fields ...sdk.Field) sdk.Step { return sdk.Step{Kind: sdk.StepForm, Fields: fields} }
	for what, step := range map[string]sdk.Step{
		"a kind that there is not":      {Kind: "popup"},
		"too many fields":               form(many...),
		"two fields of a name":          form(text("user"), text("user")),
		"a field without a name":        form(text("")),
		"a name with a line in it":      form(text("user\nname")),
		"a name that is long":           form(text(strings.Repeat("x", 101))),
		"a kind of field unknown":       form(sdk.Field{Name: "x", Kind: "file"}),
		"nothing to choose":             form(sdk.Field{Name: "x", Kind: sdk.ChoiceField}),
		"an account twice":              {Kind: sdk.StepAccounts, Accounts: []sdk.Account{iban, iban}},
		"an address that hides another": address("https://bank.example@evil.example/"),
		"letters that look like others": address("https://bаnk.example/"),
		"an address that is too long":   address("https://bank.example/" + strings.Repeat("x", 9000)),
	} {
		p.step = step
		if failed := r.start("demo-checking", nil); failed["state"] != "failed" || failed["error_reference"] == false {
			t.Errorf("%s: %v", what, failed)
		}
	}
	p.step, p.state = form(text("user")), make([]byte, 2<<20)
	if failed := r.start("demo-checking", nil); failed["state"] != "failed" {
		t.Errorf("a state too large: %v", failed["state"])
	}
	p.state = []byte("x")

	p.step = sdk.Step{Kind: sdk.StepWait, Title: "<script>alert(1)</script>\x00\u202egnp.exe",
		Text:      strings.Repeat("é", 20_000) + "\u2066x",
		PollAfter: 300 * time.Hour, ExpiresAt: r.now.Add(-time.Hour)}
	shown := r.start("demo-checking", nil)
	step := stepOf(shown)
	if step["title"] != "<script>alert(1)</script>gnp.exe" || step["poll_after"] != 60.0 || len([]rune(step["text"].(string))) != 8000 {
		t.Errorf("texts: %q, after %v, %d runes", step["title"], step["poll_after"], len([]rune(step["text"].(string))))
	}
	if shown["state"] != "waiting" {
		t.Errorf("a step that is over before it is shown: %v", shown["state"])
	}
	p.step = sdk.Step{Kind: sdk.StepWait, PollAfter: time.Nanosecond}
	if step := stepOf(r.start("demo-checking", nil)); step["poll_after"] != 1.0 {
		t.Errorf("polled after %v", step["poll_after"])
	}
}

func TestAnswersOfTheWrongTypeOrSize(t *testing.T) {
	r, p := wildRig(t)
	p.step = sdk.Step{Kind: sdk.StepForm, Fields: []sdk.Field{{Name: "user", Label: "User", Kind: sdk.TextField, Required: true},
		{Name: "agreed", Label: "Agreed", Kind: sdk.BooleanField}}}
	flow := r.start("demo-checking", nil)
	for _, values := range []object{
		{"user": []any{"jane"}}, {"user": object{"x": 1}}, {"user": strings.Repeat("x", 17<<10)}, {"user": false}, {"user": nil},
		{"user": "jane", "agreed": "perhaps"}, {"user": "jane", "agreed": 7}, {},
	} {
		wrong := r.submit(flow, values)
		if err, _ := stepOf(wrong)["error"].(object); err == nil || err["field"] == "" || err["message"] == "" {
			t.Errorf("%.60v: %v", values, wrong)
		}
	}
	for _, values := range []any{"text", []any{1}, 5} {
		if _, err := r.try("account.online.flow", "submit", flow["flow_id"], values); err == nil || fault.Is(err, fault.Internal) {
			t.Errorf("values %v: %v", values, err)
		}
	}
	if len(p.answers) != 0 {
		t.Fatalf("the provider heard %v", p.answers)
	}
	r.submit(flow, object{"user": "jane", "agreed": true, "role": "admin", "state": "x"})
	if len(p.answers) != 1 || len(p.answers[0]) != 2 {
		t.Errorf("the provider heard what it did not ask: %v", p.answers)
	}

	p.step = sdk.Step{Kind: sdk.StepAccounts, Accounts: []sdk.Account{iban}}
	choose := r.start("demo-checking", nil)
	for _, accounts := range []any{5, object{"a1": true}, []any{[]any{"a1"}}, []any{"a1", "zz"}, "a1,zz"} {
		if wrong := r.submit(choose, object{"accounts": accounts}); stepOf(wrong)["error"] == nil {
			t.Errorf("accounts %v: %v", accounts, wrong)
		}
	}
	_, back := r.redirected(p, "")
	for i := range 200 {
		back[fmt.Sprint("x", i)] = "y"
	}
	if reply, _, err := r.addon.Callback(t.Context(), back, connect.Visitor{}); err == nil && reply["state"] != "asking" {
		t.Errorf("a return with too much: %v, %v", reply, err)
	}
	if len(p.answers) != 1 {
		t.Errorf("the provider heard %d answers", len(p.answers))
	}
}

// Addresses that a provider gives are for browsers: the host asks none of them.
func TestTheHostFetchesNoAddressOfAProvider(t *testing.T) {
	r, p := wildRig(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked := make(chan string, 10)
	server := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) { asked <- req.URL.Path })}
	go func() { _ = server.Serve(listener) }()
	defer server.Close()
	url := "http://" + listener.Addr().String()
	r.banks["demo"] = &astray{bigDemo: p.bigDemo, address: url + "/logo"}
	if err := r.addon.LoadCatalogue(t.Context(), r.db, nil); err != nil {
		t.Fatal(err)
	}
	if flow := r.start("astray", nil); stepOf(flow)["url"] != url+"/logo" {
		t.Errorf("not led there: %v", flow)
	}
	r.call("account.online.institution", "search_institutions", "astray")
	select {
	case path := <-asked:
		t.Errorf("the host asked for %s", path)
	default:
	}
}
