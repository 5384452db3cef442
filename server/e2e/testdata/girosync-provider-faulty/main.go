// Command girosync-provider-faulty is a small provider that keeps the contract,
// but for the one mistake that its setting "mistake" names. The tests see whether
// an examination finds it.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/serve"
)

func main() { serve.Serve(&faulty{}) }

// faulty remembers, which a provider should not.
type faulty struct {
	asked     atomic.Bool
	connected atomic.Bool
	fetches   atomic.Int64
}

type secret struct {
	Token string `json:"token"`
}

func (*faulty) Describe(context.Context) (sdk.Description, error) {
	return sdk.Description{Name: "faulty", DisplayName: "Faulty", Version: "1.0.0", StableIDs: true,
		Settings: []sdk.Field{{Name: "mistake", Label: "Mistake", Kind: sdk.TextField}}}, nil
}

func (*faulty) ListInstitutions(_ context.Context, _ sdk.Call, emit func([]sdk.Institution) error) error {
	return emit([]sdk.Institution{{ID: "bank", Name: "Bank", Countries: []string{"NL"}, Status: sdk.Stable}})
}

func (f *faulty) StartConnect(_ context.Context, req sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
	f.asked.Store(true)
	if req.InstitutionID != "bank" {
		return sdk.ConnectAnswer{}, sdk.Errorf(sdk.BadRequest, "There is no such bank.")
	}
	return sdk.ConnectAnswer{FlowState: []byte("form"), Step: &sdk.Step{Kind: sdk.StepForm, Fields: []sdk.Field{
		{Name: "password", Label: "Password", Kind: sdk.SecretField, Required: true}}}}, nil
}

func (f *faulty) ContinueConnect(_ context.Context, req sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
	if string(req.FlowState) != "form" || req.Config["mistake"] == "remembers flows" && !f.asked.Load() {
		return sdk.ConnectAnswer{}, sdk.Errorf(sdk.BadRequest, "This step is not known.")
	}
	if req.Values["password"] == "" {
		return sdk.ConnectAnswer{}, sdk.FieldErrorf("password", "Please fill it in.")
	}
	if req.Values["password"] == "mistaken" && req.Config["mistake"] != "takes any password" {
		return sdk.ConnectAnswer{}, &sdk.Error{Kind: sdk.BadCredentials, Field: "password", Message: "The bank does not take it."}
	}
	if req.Config["mistake"] == "logs what was typed" {
		slog.Info("logging in", "password", req.Values["password"])
	}
	f.connected.Store(true)
	kept, err := json.Marshal(secret{Token: "token-4711-of-the-bank"})
	return sdk.ConnectAnswer{Done: &sdk.Connection{Secret: kept, Accounts: accounts()}}, err
}

func accounts() []sdk.Account {
	return []sdk.Account{{ID: "1", StableID: "NL02ABNA0123456789", Currency: "EUR", Kind: sdk.Checking}}
}

func (f *faulty) known(call sdk.Call) error {
	var s secret
	switch mistake := call.Config["mistake"]; {
	case mistake == "takes any secret":
		return nil
	case mistake == "remembers connections" && !f.connected.Load():
		return sdk.Errorf(sdk.BadCredentials, "This connection is not known.")
	case json.Unmarshal(call.Secret, &s) != nil || s.Token == "":
		return sdk.Errorf(sdk.BadCredentials, "The bank does not know this connection.")
	}
	return nil
}

func (f *faulty) ListAccounts(_ context.Context, req sdk.ListAccountsRequest) (sdk.AccountList, error) {
	if err := f.known(req.Call); err != nil {
		return sdk.AccountList{}, err
	}
	return sdk.AccountList{Accounts: accounts()}, nil
}

func (f *faulty) FetchTransactions(ctx context.Context, req sdk.FetchRequest, emit func(sdk.Batch) error) error {
	if err := f.known(req.Call); err != nil {
		return err
	}
	if req.AccountID != "1" {
		return sdk.Errorf(sdk.BadRequest, "There is no such account.")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return f.pages(req, f.booked(req), emit)
}

// booked are a purchase a day, of thirty days.
func (f *faulty) booked(req sdk.FetchRequest) (list []sdk.Transaction) {
	mistake, today := req.Config["mistake"], sdk.DateOf(req.Now)
	if mistake == "uses its own clock" {
		today = sdk.DateOf(time.Now())
	}
	for n := 30; n > 0; n-- {
		day := today.AddDays(-n)
		outside := !req.From.IsZero() && day.Before(req.From) || !req.To.IsZero() && day.After(req.To)
		if outside && mistake != "ignores the window" && mistake != "uses its own clock" {
			continue
		}
		t := sdk.Transaction{ID: "t-" + day.String(), Date: day, Amount: strconv.Itoa(1+day.Day) + ".50", Direction: sdk.Out,
			Currency: "EUR", Reference: "Bread of " + day.String()}
		switch mistake {
		case "turns a sign round":
			if n == 7 {
				t.Direction = sdk.In
			}
		case "shifts days":
			t.Date = day.AddDays(-1)
		case "tells its token":
			t.Raw = fmt.Appendf(nil, `{"amount":"-17.50","asked":%q}`, req.Secret)
		case "renames transactions":
			t.ID += fmt.Sprint("-", f.fetches.Load())
		}
		list = append(list, t)
	}
	f.fetches.Add(1)
	return list
}

// pages emits what was booked, with what the account held before and after.
func (f *faulty) pages(req sdk.FetchRequest, list []sdk.Transaction, emit func(sdk.Batch) error) error {
	size := max(req.PageSize, 1)
	for {
		n := min(size, len(list))
		b := sdk.Batch{Booked: list[:n], HasMore: n < len(list)}
		if req.Config["mistake"] == "loses a row between pages" && b.HasMore {
			n++
		}
		if !b.HasMore {
			b.Cursor, b.Balances = []byte("end"), balances(req)
		}
		if req.Config["mistake"] == "has no last batch" {
			b.HasMore = true
		}
		if err := emit(b); err != nil {
			return err
		}
		if list = list[min(n, len(list)):]; len(list) == 0 {
			return nil
		}
	}
}

// balances are those of a bank, which makes no mistakes.
func balances(req sdk.FetchRequest) []sdk.Balance {
	today, spent := sdk.DateOf(req.Now), 0
	for n := 30; n > 0; n-- {
		spent += 10*(1+today.AddDays(-n).Day) + 5
	}
	return []sdk.Balance{
		{Kind: sdk.Closing, Amount: "1000.0", Currency: "EUR", Date: today.AddDays(-32)},
		{Kind: sdk.Closing, Amount: fmt.Sprintf("%d.%d", (10_000-spent)/10, (10_000-spent)%10), Currency: "EUR", Date: today.AddDays(-1)},
	}
}
