package sdktest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/sdktest"
)

// good conforms. Its fields let a test break one thing at a time.
type good struct {
	describe   func(*sdk.Description)
	step       func(*sdk.Step)
	done       func(*sdk.Connection)
	account    func(*sdk.Account)
	batch      func(*sdk.Batch)
	listed     func(*sdk.Institution)
	finding    func(*sdk.Finding)
	err        error
	deaf       bool // does not stop when emit fails or the context ends
	gullible   bool // takes any secret, file and notification
	noLast     bool
	calls      atomic.Int64
	everyOther func(call int, b *sdk.Batch)
	asked      func(req sdk.FetchRequest, b *sdk.Batch)
	password   string // the only one that is taken; "" for any
	alone      bool   // fails when it is asked twice at once
	inside     atomic.Int64
}

const secret = `{"token":"tok-12345"}`

func change[T any](with func(*T), value T) T {
	if with != nil {
		with(&value)
	}
	return value
}

func (g *good) Describe(context.Context) (sdk.Description, error) {
	g.calls.Add(1)
	return change(g.describe, sdk.Description{
		Name: "good", DisplayName: "Good", Version: "1.0.0", Regions: []string{"BE"}, StableIDs: true,
		Settings: []sdk.Field{{Name: "key", Label: "Key", Kind: sdk.SecretField}},
	}), nil
}

func (g *good) StartConnect(_ context.Context, req sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
	if req.InstitutionID != "bank" && !g.gullible {
		return sdk.ConnectAnswer{}, sdk.Errorf(sdk.BadRequest, "no such bank")
	}
	step := change(g.step, sdk.Step{Kind: sdk.StepForm,
		Fields: []sdk.Field{{Name: "password", Label: "Password", Kind: sdk.SecretField, Required: true}}})
	return sdk.ConnectAnswer{Step: &step, FlowState: []byte("one")}, nil
}

func (g *good) ContinueConnect(_ context.Context, req sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
	if string(req.FlowState) != "one" && !g.gullible {
		return sdk.ConnectAnswer{}, sdk.Errorf(sdk.BadRequest, "the flow is not known")
	}
	if given := req.Values["password"]; given == "" || g.password != "" && given != g.password {
		return sdk.ConnectAnswer{}, &sdk.Error{Kind: sdk.BadCredentials, Field: "password", Message: "The password is wrong."}
	}
	c := change(g.done, sdk.Connection{Secret: []byte(secret), Accounts: []sdk.Account{g.one()}})
	return sdk.ConnectAnswer{Done: &c}, nil
}

func (g *good) one() sdk.Account {
	return change(g.account, sdk.Account{ID: "a", Currency: "EUR", Kind: sdk.Checking})
}

func (g *good) known(c sdk.Call) error {
	if g.err != nil {
		return g.err
	}
	if string(c.Secret) != secret && !g.gullible {
		return sdk.Errorf(sdk.BadCredentials, "the secret is not one of ours")
	}
	return nil
}

func (g *good) ListAccounts(_ context.Context, req sdk.ListAccountsRequest) (sdk.AccountList, error) {
	if err := g.known(req.Call); err != nil {
		return sdk.AccountList{}, err
	}
	return sdk.AccountList{Accounts: []sdk.Account{g.one()}}, nil
}

func (g *good) FetchTransactions(ctx context.Context, req sdk.FetchRequest, emit func(sdk.Batch) error) error {
	if err := g.known(req.Call); err != nil {
		return err
	}
	if req.AccountID != "a" && !g.gullible {
		return sdk.Errorf(sdk.BadRequest, "no such account")
	}
	call := int(g.calls.Add(1))
	defer g.inside.Add(-1)
	if g.inside.Add(1) > 1 && g.alone {
		return sdk.Errorf(sdk.Internal, "it is busy")
	} else if g.alone {
		time.Sleep(5 * time.Millisecond)
	}
	for i := range 3 {
		b := change(g.batch, sdk.Batch{
			Booked: []sdk.Transaction{{ID: fmt.Sprint(i), Date: sdk.Date{Year: 2026, Month: 3, Day: 1}, Amount: "1.00",
				Direction: sdk.Out}},
			Cursor: []byte("c"), HasMore: i < 2 || g.noLast,
		})
		if g.asked != nil {
			g.asked(req, &b)
		}
		if g.everyOther != nil {
			g.everyOther(call, &b)
		}
		if err := errors.Join(emit(b), ctx.Err()); err != nil && !g.deaf {
			return err
		}
	}
	return nil
}

func (g *good) ListInstitutions(_ context.Context, _ sdk.Call, emit func([]sdk.Institution) error) error {
	return emit([]sdk.Institution{change(g.listed, sdk.Institution{ID: "bank", Name: "Bank", Status: sdk.Stable,
		Countries: []string{"BE"}})})
}

func (g *good) HandleWebhook(context.Context, sdk.WebhookRequest) (sdk.WebhookAnswer, error) {
	if g.gullible {
		return sdk.WebhookAnswer{}, nil
	}
	return sdk.WebhookAnswer{}, sdk.Errorf(sdk.BadRequest, "no signature")
}

func (g *good) Refresh(_ context.Context, req sdk.RefreshRequest) (sdk.RefreshAnswer, error) {
	return sdk.RefreshAnswer{}, g.known(req.Call)
}

func (g *good) Revoke(_ context.Context, c sdk.Call) error { return g.known(c) }

func (g *good) ReadStatements(_ context.Context, _ sdk.ReadRequest, f io.Reader, emit func(sdk.StatementBatch) error) error {
	content, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	if string(content) != "statement" && !g.gullible {
		return sdk.Errorf(sdk.BadRequest, "no statement")
	}
	finding := change(g.finding, sdk.Finding{Kind: sdk.FindingProof, Code: "closing_balance", Text: "the closing balance agrees",
		Values: map[string]string{"entries": "1"}})
	return emit(sdk.StatementBatch{Format: "plain", Findings: []sdk.Finding{finding},
		Booked: []sdk.Transaction{{Date: sdk.Date{Year: 2026, Month: 3, Day: 1}, Amount: "1", Direction: sdk.In}}})
}

func suite(g *good) sdktest.Suite {
	return sdktest.Suite{
		New:          func() sdk.Provider { return g },
		Config:       map[string]string{"key": "very-secret-key"},
		Now:          time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC),
		Institution:  "bank",
		Answers:      map[string]string{"password": "open sesame"},
		Filename:     "a.txt",
		File:         []byte("statement"),
		CancelWithin: time.Second,
	}
}

func TestAGoodProviderConforms(t *testing.T) { sdktest.Run(t, suite(&good{})) }

func TestEachBreachIsFound(t *testing.T) {
	first := func(change func(*sdk.Transaction)) func(*sdk.Batch) {
		return func(b *sdk.Batch) { change(&b.Booked[0]) }
	}
	tests := []struct {
		name     string
		provider *good
		check    string
		says     string
	}{
		{"a name in capitals", &good{describe: func(d *sdk.Description) { d.Name = "Good" }}, "describe", "name"},
		{"no version", &good{describe: func(d *sdk.Description) { d.Version = "new" }}, "describe", "version"},
		{"a region", &good{describe: func(d *sdk.Description) { d.Regions = []string{"Europe"} }}, "describe", "region"},
		{"a choice of nothing", &good{describe: func(d *sdk.Description) { d.Settings[0].Kind = sdk.ChoiceField }}, "describe", "choices"},
		{"an unlisted institution", &good{listed: func(i *sdk.Institution) { i.ID = "other" }}, "institutions", "not listed"},
		{"a status", &good{listed: func(i *sdk.Institution) { i.Status = "new" }}, "institutions", "status"},
		{"a form without fields", &good{step: func(s *sdk.Step) { s.Fields = nil }}, "connect", "without fields"},
		{"a redirect to nowhere", &good{step: func(s *sdk.Step) { s.Kind = sdk.StepRedirect }}, "connect", "redirect"},
		{"no secret", &good{gullible: true, done: func(c *sdk.Connection) { c.Secret = nil }}, "connect", "no secret"},
		{"a chosen account that is not there", &good{done: func(c *sdk.Connection) { c.Chosen = []string{"b"} }}, "connect", "chosen"},
		{"an account under two ids", &good{done: func(c *sdk.Connection) { c.Accounts[0].ID = "b" }}, "accounts",
			"an account has one id in its connection"},
		{"no currency", &good{account: func(a *sdk.Account) { a.Currency = "" }}, "accounts", "currency"},
		{"a negative amount", &good{batch: first(func(t *sdk.Transaction) { t.Amount = "-1.00" })}, "fetch", "without sign"},
		{"no direction", &good{batch: first(func(t *sdk.Transaction) { t.Direction = "" })}, "fetch", "in or out"},
		{"an impossible date", &good{batch: first(func(t *sdk.Transaction) { t.Date.Day = 32 })}, "fetch", "is on"},
		{"an id used twice", &good{batch: first(func(t *sdk.Transaction) { t.ID = "0" })}, "fetch", "stable ids"},
		{"an alias of two", &good{batch: first(func(t *sdk.Transaction) { t.Aliases = []string{"NOTPROVIDED"} })}, "fetch",
			"have the same alias"},
		{"another currency than the account's", &good{batch: first(func(t *sdk.Transaction) { t.Currency = "USD" })}, "fetch",
			"is in USD on account"},
		{"unannounced pending", &good{batch: func(b *sdk.Batch) { b.Pending = b.Booked }}, "fetch", "does not announce"},
		{"no last batch", &good{noLast: true}, "fetch", "without a last batch"},
		{"ids that change", &good{everyOther: func(n int, b *sdk.Batch) { b.Booked[0].ID += fmt.Sprint("-", n) }}, "fetch again",
			"the same fetch"},
		{"rows that small pages lose", &good{asked: func(req sdk.FetchRequest, b *sdk.Batch) {
			if req.PageSize == 1 && b.HasMore {
				b.Booked = nil
			}
		}}, "pages", "in pages of 1 come 1 transactions"},
		{"days nobody asked for", &good{asked: func(_ sdk.FetchRequest, b *sdk.Batch) {
			b.Booked[0].Date = sdk.Date{Year: 2026, Month: 2, Day: 20 + int(b.Booked[0].ID[0]-'0')}
		}}, "window", "a transaction of 2026-02-20 comes"},
		{"a window without its first day", &good{asked: func(req sdk.FetchRequest, b *sdk.Batch) {
			if !req.From.IsZero() && !b.Booked[0].Date.After(req.From) {
				b.Booked = nil
			}
		}}, "window", "come 0 transactions"},
		{"a clock of its own", &good{batch: first(func(t *sdk.Transaction) { t.Date.Day = 9 })}, "window", "Call.Now is the clock"},
		{"a sign turned round", &good{batch: func(b *sdk.Batch) {
			day := b.Booked[0].Date
			b.Balances = []sdk.Balance{{Kind: sdk.Opening, Amount: "100.00", Date: day}, {Kind: sdk.Closing, Amount: "103.00", Date: day}}
		}}, "balances", "the balance moves by 3.00, the transactions by -3.00"},
		{"busy with another", &good{alone: true}, "side by side", "beside other calls"},
		{"deaf to the host", &good{deaf: true}, "stop", "times more"},
		{"deaf to cancelling", &good{deaf: true}, "cancel", "succeeds"},
		{"any secret will do", &good{gullible: true}, "errors", "succeeds"},
		{"any file will do", &good{gullible: true}, "statements", "no statement"},
		{"a finding of no kind", &good{finding: func(f *sdk.Finding) { f.Kind = "" }}, "statements", "kind"},
		{"a finding in words", &good{finding: func(f *sdk.Finding) { f.Code = "Closing balance" }}, "statements", "code"},
		{"a finding that says nothing", &good{finding: func(f *sdk.Finding) { f.Text = "" }}, "statements", "text of 0 bytes"},
		{"a finding's value", &good{finding: func(f *sdk.Finding) { f.Values["Day"] = "1" }}, "statements", `value "Day"`},
		{"any notification will do", &good{gullible: true}, "webhook", "unverifiable"},
		{"an error of its own", &good{err: errors.New("oops")}, "accounts", "not *sdk.Error"},
		{"an error of no kind", &good{err: &sdk.Error{Kind: "odd", Message: "m"}}, "accounts", `kind "odd"`},
		{"an error that says nothing", &good{err: &sdk.Error{Kind: sdk.Internal}}, "accounts", "without a message"},
		{"an error that tells the setting", &good{err: sdk.Errorf(sdk.Internal, "key very-secret-key")}, "accounts",
			"tells the setting key"},
		{"an error that tells the secret", &good{err: sdk.Errorf(sdk.Internal, "with %s", secret)}, "accounts",
			"tells the connection's secret"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			findings := sdktest.Check(t.Context(), test.provider, suite(test.provider))
			for _, f := range findings {
				if f.Check == test.check && strings.Contains(f.Problem, test.says) {
					return
				}
			}
			t.Errorf("found only %v", findings)
		})
	}
}

func TestASuiteNamesWhatMustComeAndWhatMustNot(t *testing.T) {
	tests := []struct {
		name   string
		change func(*sdktest.Suite)
		check  string
		says   string // "" for no problem
	}{
		{"a transaction that comes", func(s *sdktest.Suite) {
			s.Expect = []sdktest.Expected{{Account: "a", Text: "1", Date: "2026-03-01", Amount: "1.00", Direction: "out"}}
		}, "expected", ""},
		{"one of another direction", func(s *sdktest.Suite) {
			s.Expect = []sdktest.Expected{{Text: "1", Date: "2026-03-01", Amount: "1.00", Direction: "in"}}
		}, "expected", `2026-03-01 in 1.00 "1" does not come`},
		{"a wrong password", func(s *sdktest.Suite) {
			s.Refuse = []sdktest.Refused{{Answers: map[string]string{"password": "wrong"}, Kind: sdk.BadCredentials, Field: "password"}}
		}, "refusals", ""},
		{"a wrong password of another kind", func(s *sdktest.Suite) {
			s.Refuse = []sdktest.Refused{{Answers: map[string]string{"password": "wrong"}, Kind: sdk.BankUnavailable}}
		}, "refusals", "want an error of kind bank_unavailable"},
		{"a right password that must be refused", func(s *sdktest.Suite) {
			s.Refuse = []sdktest.Refused{{Kind: sdk.BadCredentials}}
		}, "refusals", "the flow succeeds"},
		{"a process begun anew", func(s *sdktest.Suite) {
			s.Restart = func() (sdk.Provider, error) { return &good{password: "open sesame"}, nil }
		}, "restart", ""},
		{"a process that has forgotten", func(s *sdktest.Suite) {
			s.Restart = func() (sdk.Provider, error) { return &good{err: sdk.Errorf(sdk.BadCredentials, "who?")}, nil }
		}, "restart", "what a connection needs belongs into its secret"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := suite(&good{password: "open sesame"})
			test.change(&s)
			report := sdktest.Examine(t.Context(), s.New(), s)
			for _, r := range report.Results {
				if r.Check != test.check {
					continue
				}
				said := strings.Join(r.Problems, "; ")
				if r.Skipped != "" || test.says == "" && said != "" || !strings.Contains(said, test.says) {
					t.Errorf("skipped %q, problems %q, want %q", r.Skipped, said, test.says)
				}
			}
		})
	}
}

func TestAReportGrades(t *testing.T) {
	whole := sdktest.Examine(t.Context(), &good{}, suite(&good{}))
	if !whole.FullMarks() || whole.Provider != "good" || whole.Version != "1.0.0" || !strings.HasPrefix(whole.Grade(), "full marks (") {
		t.Errorf("%s %s: %s", whole.Provider, whole.Version, whole.Grade())
	}
	if grade := whole.Grade(); !strings.Contains(grade, "signs and days unproven") {
		t.Errorf("without balances and expected transactions: %s", grade)
	}
	named := suite(&good{})
	named.Expect = []sdktest.Expected{{Account: "a", Text: "1", Date: "2026-03-01", Amount: "1.00", Direction: "out"}}
	if grade := sdktest.Examine(t.Context(), &good{}, named).Grade(); !strings.HasSuffix(grade, ")") {
		t.Errorf("with expected transactions: %s", grade)
	}
	files := suite(&good{})
	files.Institution = ""
	if report := sdktest.Examine(t.Context(), &good{}, files); !report.FullMarks() {
		t.Errorf("one that only reads files: %s %+v", report.Grade(), report.Results)
	}
	silent := &good{batch: func(b *sdk.Batch) { b.Booked = nil }}
	if report := sdktest.Examine(t.Context(), silent, suite(silent)); report.FullMarks() ||
		!strings.Contains(report.Grade(), "without a transaction") {
		t.Errorf("a bank that tells nothing: %s", report.Grade())
	}
	bad := &good{gullible: true}
	report := sdktest.Examine(t.Context(), bad, suite(bad))
	if report.FullMarks() || report.Failed != 3 || report.Grade() != fmt.Sprintf("%d of %d", report.Passed, report.Passed+3) {
		t.Errorf("%+v", report)
	}
	for _, r := range report.Results {
		if r.About == "" || r.Check == "restart" && r.Skipped == "" {
			t.Errorf("%+v", r)
		}
	}
}
