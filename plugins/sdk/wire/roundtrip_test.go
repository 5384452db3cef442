package wire_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/wire"
)

// Every value that the contract allows arrives as it was sent. nil and empty
// lists are the same, but for Connection.Chosen.
var alike = cmp.Options{cmpopts.EquateEmpty(), cmpopts.IgnoreFields(sdk.Call{}, "SaveSecret")}

var (
	text     = rapid.StringMatching(`[ -~éß€\n]{0,20}`)
	name     = rapid.StringMatching(`[a-z0-9 é]{1,20}`)
	code     = rapid.StringMatching(`[a-z0-9_]{1,20}`)
	blob     = rapid.SliceOfN(rapid.Byte(), 0, 20)
	amount   = rapid.StringMatching(`[0-9]{1,12}(\.[0-9]{1,8})?`)
	money    = rapid.StringMatching(`-?[0-9]{1,12}(\.[0-9]{1,8})?`)
	currency = rapid.SampledFrom([]string{"EUR", "USD", "JPY", "XAU"})
	instant  = rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.Bool().Draw(t, "unknown") {
			return time.Time{}
		}
		return time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "s"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC()
	})
	day = rapid.Custom(func(t *rapid.T) sdk.Date {
		return sdk.Date{Year: 1900, Month: 1, Day: 1}.AddDays(rapid.IntRange(0, 100_000).Draw(t, "day"))
	})
	maybeDay = rapid.OneOf(rapid.Just(sdk.Date{}), day)
	textMap  = rapid.MapOfN(name, text, 0, 4)
	wait     = rapid.Map(rapid.Int64Range(0, 1<<50), func(n int64) time.Duration { return time.Duration(n) })
)

func either[T any](values ...T) *rapid.Generator[T] { return rapid.SampledFrom(values) }

func transactions(t *rapid.T, label string) []sdk.Transaction {
	return rapid.SliceOfN(rapid.Custom(transaction), 0, 3).Draw(t, label)
}

func transaction(t *rapid.T) sdk.Transaction {
	return sdk.Transaction{
		ID:               text.Draw(t, "id"),
		Aliases:          rapid.SliceOfN(text, 0, 2).Draw(t, "aliases"),
		PendingID:        text.Draw(t, "pending"),
		Date:             day.Draw(t, "date"),
		ValueDate:        maybeDay.Draw(t, "value date"),
		Amount:           amount.Draw(t, "amount"),
		Direction:        either(sdk.In, sdk.Out).Draw(t, "direction"),
		Currency:         rapid.OneOf(rapid.Just(""), currency).Draw(t, "currency"),
		OriginalAmount:   rapid.OneOf(rapid.Just(""), amount).Draw(t, "original"),
		OriginalCurrency: rapid.OneOf(rapid.Just(""), currency).Draw(t, "original currency"),
		Rate:             rapid.OneOf(rapid.Just(""), amount).Draw(t, "rate"),
		Counterparty:     text.Draw(t, "counterparty"),
		CounterNumber:    text.Draw(t, "number"),
		Reference:        text.Draw(t, "reference"),
		EndToEndID:       text.Draw(t, "end to end"),
		Code:             text.Draw(t, "code"),
		Details:          textMap.Draw(t, "details"),
		Raw:              blob.Draw(t, "raw"),
	}
}

func balance(t *rapid.T) sdk.Balance {
	return sdk.Balance{
		Kind:     either(sdk.Opening, sdk.Closing, sdk.Interim, sdk.Available).Draw(t, "kind"),
		Amount:   money.Draw(t, "amount"),
		Currency: currency.Draw(t, "currency"),
		Date:     maybeDay.Draw(t, "date"),
	}
}

func account(t *rapid.T) sdk.Account {
	return sdk.Account{
		ID:       name.Draw(t, "id"),
		StableID: text.Draw(t, "stable"),
		Name:     text.Draw(t, "name"),
		Number:   text.Draw(t, "number"),
		Currency: currency.Draw(t, "currency"),
		Kind:     either(sdk.Checking, sdk.Savings, sdk.CreditCard, sdk.Loan, sdk.Investment, sdk.OtherKind).Draw(t, "kind"),
		Owner:    text.Draw(t, "owner"),
		Balances: rapid.SliceOfN(rapid.Custom(balance), 0, 2).Draw(t, "balances"),
	}
}

func field(t *rapid.T) sdk.Field {
	return sdk.Field{
		Name:     name.Draw(t, "name"),
		Label:    text.Draw(t, "label"),
		Kind:     either(sdk.TextField, sdk.SecretField, sdk.OTPField, sdk.ChoiceField, sdk.BooleanField, sdk.PhoneField).Draw(t, "kind"),
		Required: rapid.Bool().Draw(t, "required"),
		Help:     text.Draw(t, "help"),
		Default:  text.Draw(t, "default"),
		Choices: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) sdk.Choice {
			return sdk.Choice{Value: text.Draw(t, "value"), Label: text.Draw(t, "label")}
		}), 0, 2).Draw(t, "choices"),
	}
}

func connectAnswer(t *rapid.T) sdk.ConnectAnswer {
	a := sdk.ConnectAnswer{FlowState: blob.Draw(t, "state")}
	accounts := rapid.SliceOfN(rapid.Custom(account), 0, 2).Draw(t, "accounts")
	if rapid.Bool().Draw(t, "done") {
		a.Done = &sdk.Connection{
			Secret:       blob.Draw(t, "secret"),
			ExternalID:   text.Draw(t, "external"),
			Accounts:     accounts,
			Chosen:       either(nil, []string{}, []string{"a"}, []string{"a", "b"}).Draw(t, "chosen"),
			ConsentUntil: instant.Draw(t, "until"),
			HistoryFrom:  maybeDay.Draw(t, "history"),
			NextRefresh:  instant.Draw(t, "next"),
			Empty:        either(sdk.NoAccounts(""), sdk.NotCovered, sdk.NotOfKind).Draw(t, "empty"),
			Holder:       either(sdk.Holder(""), sdk.Personal, sdk.Business).Draw(t, "holder"),
		}
		return a
	}
	a.Step = &sdk.Step{
		Kind:      either(sdk.StepForm, sdk.StepRedirect, sdk.StepWait, sdk.StepAccounts, sdk.StepMessage).Draw(t, "kind"),
		Title:     text.Draw(t, "title"),
		Text:      text.Draw(t, "text"),
		Fields:    rapid.SliceOfN(rapid.Custom(field), 0, 2).Draw(t, "fields"),
		URL:       text.Draw(t, "url"),
		PollAfter: wait.Draw(t, "poll"),
		Accounts:  accounts,
		ExpiresAt: instant.Draw(t, "expires"),
		Empty:     either(sdk.NoAccounts(""), sdk.NotCovered, sdk.NotOfKind).Draw(t, "empty"),
	}
	return a
}

func batch(t *rapid.T) sdk.Batch {
	b := sdk.Batch{
		Booked:      transactions(t, "booked"),
		Pending:     transactions(t, "pending"),
		Modified:    transactions(t, "modified"),
		Removed:     rapid.SliceOfN(text, 0, 2).Draw(t, "removed"),
		Balances:    rapid.SliceOfN(rapid.Custom(balance), 0, 2).Draw(t, "balances"),
		Cursor:      blob.Draw(t, "cursor"),
		Of:          rapid.IntRange(0, 1<<40).Draw(t, "of"),
		From:        maybeDay.Draw(t, "from"),
		HistoryFrom: maybeDay.Draw(t, "history"),
		RefreshedAt: instant.Draw(t, "refreshed"),
	}
	if !b.From.IsZero() {
		b.To = b.From.AddDays(rapid.IntRange(0, 500).Draw(t, "days"))
	}
	return b
}

func statement(t *rapid.T) sdk.StatementBatch {
	b := sdk.StatementBatch{
		Format:   text.Draw(t, "format"),
		Account:  account(t),
		Number:   text.Draw(t, "number"),
		Booked:   transactions(t, "booked"),
		Pending:  transactions(t, "pending"),
		Refused:  []sdk.Refusal{{Line: rapid.IntRange(0, 99).Draw(t, "line"), Reason: text.Draw(t, "reason")}},
		Encoding: text.Draw(t, "encoding"),
		ReadAs:   textMap.Draw(t, "read as"),
		Findings: rapid.SliceOfN(rapid.Custom(finding), 0, 3).Draw(t, "findings"),
	}
	if rapid.Bool().Draw(t, "balances") {
		opening, closing := balance(t), balance(t)
		b.Opening, b.Closing = &opening, &closing
	}
	return b
}

func finding(t *rapid.T) sdk.Finding {
	return sdk.Finding{
		Kind:   either(sdk.FindingProof, sdk.FindingDoubt, sdk.FindingChoice).Draw(t, "kind"),
		Code:   code.Draw(t, "code"),
		Text:   "x" + text.Draw(t, "text"),
		Values: rapid.MapOfN(code, text, 0, 4).Draw(t, "values"),
	}
}

func institution(t *rapid.T) sdk.Institution {
	return sdk.Institution{
		ID:              name.Draw(t, "id"),
		Name:            name.Draw(t, "name"),
		Countries:       either(nil, []string{"BE"}, []string{"NL", "DE"}).Draw(t, "countries"),
		BIC:             text.Draw(t, "bic"),
		Website:         text.Draw(t, "website"),
		LogoURL:         text.Draw(t, "logo"),
		Status:          either(sdk.Stable, sdk.Beta, sdk.Disabled).Draw(t, "status"),
		AutoSyncAllowed: rapid.Bool().Draw(t, "auto"),
		Holders:         either(nil, []sdk.Holder{sdk.Business}, []sdk.Holder{sdk.Personal, sdk.Business}).Draw(t, "holders"),
		Checklist:       either(nil, []sdk.Words{{"en": "Opt in.", "nl": "Meld u aan."}}).Draw(t, "checklist"),
		Declarations: either(nil, []sdk.Declaration{{ID: "business", Version: "2026-1", Title: sdk.Words{"en": "Purpose"},
			Text: sdk.Words{"en": "I use it for a business."}, Required: true}}).Draw(t, "declarations"),
		HistoryDays:     rapid.IntRange(0, 999).Draw(t, "history"),
		RefreshesPerDay: rapid.IntRange(0, 999).Draw(t, "refreshes"),
		AccountKinds:    either(nil, []sdk.AccountKind{sdk.Loan, sdk.OtherKind}).Draw(t, "kinds"),
	}
}

func TestAnswersArriveAsTheyWereSent(t *testing.T) {
	p := &script{}
	c := pair(t, p, nil)
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		wantConnect := connectAnswer(t)
		p.start = func(context.Context, sdk.StartConnectRequest) (sdk.ConnectAnswer, error) { return wantConnect, nil }
		p.proceed = func(context.Context, sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) { return wantConnect, nil }
		started, err := c.StartConnect(ctx, sdk.StartConnectRequest{Call: call(nil)})
		same(t, "StartConnect", wantConnect, started, err)
		if started.Done != nil && (started.Done.Chosen == nil) != (wantConnect.Done.Chosen == nil) {
			t.Errorf("all accounts chosen became none, or none all: %#v", started.Done.Chosen)
		}
		proceeded, err := c.ContinueConnect(ctx, sdk.ContinueConnectRequest{Call: call(nil)})
		same(t, "ContinueConnect", wantConnect, proceeded, err)

		wantAccounts := sdk.AccountList{Accounts: rapid.SliceOfN(rapid.Custom(account), 0, 3).Draw(t, "accounts"),
			Empty: either(sdk.NoAccounts(""), sdk.NotCovered, sdk.NotOfKind).Draw(t, "empty")}
		p.accounts = func(context.Context, sdk.ListAccountsRequest) (sdk.AccountList, error) { return wantAccounts, nil }
		accounts, err := c.ListAccounts(ctx, sdk.ListAccountsRequest{Call: call(nil)})
		same(t, "ListAccounts", wantAccounts, accounts, err)

		wantRefresh := sdk.RefreshAnswer{RefreshedAt: instant.Draw(t, "refreshed"), NextAllowed: instant.Draw(t, "next")}
		p.refresh = func(context.Context, sdk.RefreshRequest) (sdk.RefreshAnswer, error) { return wantRefresh, nil }
		refreshed, err := c.Refresh(ctx, sdk.RefreshRequest{Call: call(nil)})
		same(t, "Refresh", wantRefresh, refreshed, err)

		wantHook := sdk.WebhookAnswer{
			Events: []sdk.WebhookEvent{{
				ExternalID:   text.Draw(t, "id"),
				Kind:         either(sdk.WebhookUpdate, sdk.WebhookConsent, sdk.WebhookRevoked).Draw(t, "kind"),
				Message:      text.Draw(t, "message"),
				ConsentUntil: instant.Draw(t, "consent until"),
			}},
			Status: either(0, 200, 404).Draw(t, "status"),
			Body:   blob.Draw(t, "body"),
		}
		p.webhook = func(context.Context, sdk.WebhookRequest) (sdk.WebhookAnswer, error) { return wantHook, nil }
		hooked, err := c.HandleWebhook(ctx, sdk.WebhookRequest{Call: call(nil)})
		same(t, "HandleWebhook", wantHook, hooked, err)
	})
}

func TestStreamsArriveAsTheyWereSent(t *testing.T) {
	p := &script{}
	c := pair(t, p, nil)
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		batches := []sdk.Batch{batch(t), batch(t)}
		batches[0].HasMore = true
		p.fetch = func(_ context.Context, _ sdk.FetchRequest, emit func(sdk.Batch) error) error {
			return emitAll(batches, emit)
		}
		var got []sdk.Batch
		err := c.FetchTransactions(ctx, sdk.FetchRequest{Call: call(nil)}, into(&got))
		same(t, "FetchTransactions", batches, got, err)

		statements := []sdk.StatementBatch{statement(t), statement(t)}
		p.read = func(_ context.Context, _ sdk.ReadRequest, _ io.Reader, emit func(sdk.StatementBatch) error) error {
			return emitAll(statements, emit)
		}
		var read []sdk.StatementBatch
		err = c.ReadStatements(ctx, sdk.ReadRequest{Call: call(nil)}, bytes.NewReader(nil), into(&read))
		same(t, "ReadStatements", statements, read, err)

		institutions := [][]sdk.Institution{{institution(t)}, {institution(t), institution(t)}}
		p.institutions = func(_ context.Context, _ sdk.Call, emit func([]sdk.Institution) error) error {
			return emitAll(institutions, emit)
		}
		var listed [][]sdk.Institution
		err = c.ListInstitutions(ctx, call(nil), into(&listed))
		same(t, "ListInstitutions", institutions, listed, err)
	})
}

func TestDescriptionArrivesWithTheRealCapabilities(t *testing.T) {
	want := sdk.Description{
		Name: "demo", DisplayName: "Demo", Version: "1.0.0", Website: "https://demo.example", Regions: []string{"BE", "US"},
		StableIDs: true, ReportsPending: true, LookBack: 36 * time.Hour, UnattendedPerDay: 4,
		ReportsChanges: true, RefreshesPerDay: 24, HistoryDays: 730, PassesUserPresent: true, RenewsWithoutBreak: true,
		AccountKinds: []sdk.AccountKind{sdk.Checking, sdk.CreditCard},
		Settings:     []sdk.Field{{Name: "key", Kind: sdk.SecretField, Required: true}},
		Addresses:    []string{"api.example:443", "https://auth.example/token"},
		Price:        sdk.UserPays, Cost: sdk.Words{"en": "A dollar a month."}, Retention: sdk.Words{"en": "Nothing.", "nl": "Niets."},
		Checklist:    []sdk.Words{{"en": "Have a phone."}},
		Declarations: []sdk.Declaration{{ID: "terms", Version: "3", Text: sdk.Words{"en": "I agree."}}},
	}
	p := &script{describe: func() (sdk.Description, error) {
		d := want
		d.Capabilities = []sdk.Capability{"fly"} // what it says counts for nothing
		return d, nil
	}}
	got, err := pair(t, p, nil).Describe(context.Background())
	all := want
	all.Capabilities = []sdk.Capability{sdk.CanListInstitutions, sdk.CanRefresh, sdk.CanRevoke, sdk.CanHandleWebhook, sdk.CanReadStatements}
	same(t, "Describe", all, got, err)
	got, err = pair(t, bare{p}, nil).Describe(context.Background())
	same(t, "Describe of a bare provider", want, got, err)
}

func TestRequestsArriveAsTheyWereSent(t *testing.T) {
	var got []any
	keep := func(req any) { got = append(got, req) }
	p := &script{
		start: func(_ context.Context, r sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
			keep(r)
			return sdk.ConnectAnswer{Done: &sdk.Connection{}}, nil
		},
		proceed: func(_ context.Context, r sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
			keep(r)
			return sdk.ConnectAnswer{Done: &sdk.Connection{}}, nil
		},
		accounts: func(_ context.Context, r sdk.ListAccountsRequest) (sdk.AccountList, error) {
			keep(r)
			return sdk.AccountList{}, nil
		},
		fetch: func(_ context.Context, r sdk.FetchRequest, emit func(sdk.Batch) error) error {
			keep(r)
			return emit(sdk.Batch{})
		},
		institutions: func(_ context.Context, c sdk.Call, _ func([]sdk.Institution) error) error { keep(c); return nil },
		refresh: func(_ context.Context, r sdk.RefreshRequest) (sdk.RefreshAnswer, error) {
			keep(r)
			return sdk.RefreshAnswer{}, nil
		},
		revoke: func(_ context.Context, c sdk.Call) error { keep(c); return nil },
		webhook: func(_ context.Context, r sdk.WebhookRequest) (sdk.WebhookAnswer, error) {
			keep(r)
			return sdk.WebhookAnswer{}, nil
		},
		read: func(_ context.Context, r sdk.ReadRequest, _ io.Reader, _ func(sdk.StatementBatch) error) error {
			keep(r)
			return nil
		},
	}
	c := pair(t, p, nil)
	ctx := context.Background()
	start := sdk.StartConnectRequest{Call: call(nil), Kind: sdk.FlowMFA, InstitutionID: "i", AccountKind: "business", Phone: "+32",
		RedirectURL: "https://x", WebhookURL: "https://y", State: "s"}
	proceed := sdk.ContinueConnectRequest{Call: call(nil), InstitutionID: "i", FlowState: []byte{0}, Values: map[string]string{"a": "b"},
		RedirectURL: "https://x", WebhookURL: "https://y"}
	accounts := sdk.ListAccountsRequest{Call: call(nil)}
	fetch := sdk.FetchRequest{Call: call(nil), AccountID: "a", Cursor: []byte{255}, From: sdk.Date{Year: 2026, Month: 1, Day: 2},
		To: sdk.Date{Year: 2026, Month: 2, Day: 28}, PageSize: 500}
	refresh := sdk.RefreshRequest{Call: call(nil), AccountIDs: []string{"a", "b"}}
	webhook := sdk.WebhookRequest{Call: call(nil), Method: "POST", Path: "/p", Query: "q=1",
		Headers: map[string][]string{"A": {"1", "2"}, "B": {"3"}}, Body: []byte("{}")}
	read := sdk.ReadRequest{Call: call(nil), Filename: "a.xml", Options: map[string]string{"date_order": "dmy"}}
	_, err1 := c.StartConnect(ctx, start)
	_, err2 := c.ContinueConnect(ctx, proceed)
	_, err3 := c.ListAccounts(ctx, accounts)
	err4 := c.FetchTransactions(ctx, fetch, func(sdk.Batch) error { return nil })
	err5 := c.ListInstitutions(ctx, call(nil), nil)
	_, err6 := c.Refresh(ctx, refresh)
	err7 := c.Revoke(ctx, call(nil))
	_, err8 := c.HandleWebhook(ctx, webhook)
	err9 := c.ReadStatements(ctx, read, bytes.NewReader(nil), nil)
	want := []any{start, proceed, accounts, fetch, call(nil), refresh, call(nil), webhook, read}
	same(t, "requests", want, got, errors.Join(err1, err2, err3, err4, err5, err6, err7, err8, err9))
}

func TestAFileArrivesAsItWasSent(t *testing.T) {
	p := &script{read: func(_ context.Context, _ sdk.ReadRequest, f io.Reader, emit func(sdk.StatementBatch) error) error {
		content, err := io.ReadAll(f)
		if err != nil {
			return err
		}
		return emit(sdk.StatementBatch{Format: fmt.Sprintf("%d %x", len(content), content[len(content)-1:])})
	}}
	c := pair(t, p, nil)
	for _, size := range []int{1, 255 << 10, 256 << 10, 256<<10 + 1, 5 << 20} {
		content := bytes.Repeat([]byte{7}, size)
		content[size-1] = 0xab
		var got []sdk.StatementBatch
		err := c.ReadStatements(context.Background(), sdk.ReadRequest{Call: call(nil)}, bytes.NewReader(content), into(&got))
		want := []sdk.StatementBatch{{Format: fmt.Sprintf("%d ab", size), Account: sdk.Account{Kind: sdk.OtherKind}}}
		same(t, fmt.Sprint(size), want, got, err)
	}
}

func TestAClientHasEveryPower(t *testing.T) {
	if diff := cmp.Diff(sdk.Capabilities(), sdk.CapabilitiesOf(wire.NewClient(nil))); diff != "" {
		t.Error(diff)
	}
}

func same(t interface {
	Helper()
	Errorf(string, ...any)
}, what string, want, got any, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	if diff := cmp.Diff(want, got, alike); diff != "" {
		t.Errorf("%s: %s", what, diff)
	}
}

func emitAll[T any](values []T, emit func(T) error) error {
	for _, v := range values {
		if err := emit(v); err != nil {
			return err
		}
	}
	return nil
}

func into[T any](to *[]T) func(T) error {
	return func(v T) error {
		*to = append(*to, v)
		return nil
	}
}
