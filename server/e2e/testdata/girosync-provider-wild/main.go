// Command girosync-provider-wild is a provider of a bank whose transactions are
// known, and which does on its way whatever the file says that its setting
// "orders" names. Its name is that of its file, so that one program may be several
// providers.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/serve"
)

func main() {
	serve.Serve(wild{name: strings.TrimPrefix(filepath.Base(os.Args[0]), "girosync-provider-")})
}

type wild struct{ name string }

// orders are what the test wants.
type orders struct {
	Day  string // of all transactions
	Told int    // how many transactions the bank has
	Page int    // how many are told at once
	Act  string // what to do, once
	At   int    // before which page, from 0
	Form bool   // whether a connection needs a password
	Gate string // the address of the test, which is told and says when to go on
}

func read(call sdk.Call) (o orders, err error) {
	text, err := os.ReadFile(call.Config["orders"])
	if err == nil {
		err = json.Unmarshal(text, &o)
	}
	return o, err
}

func (w wild) Describe(context.Context) (sdk.Description, error) {
	return sdk.Description{Name: w.name, DisplayName: "Wild " + w.name, Version: "1.0.0", StableIDs: true,
		Settings: []sdk.Field{{Name: "orders", Label: "Orders", Kind: sdk.TextField}, {Name: "key", Label: "Key", Kind: sdk.SecretField}}}, nil
}

func (w wild) ListInstitutions(_ context.Context, _ sdk.Call, emit func([]sdk.Institution) error) error {
	return emit([]sdk.Institution{{ID: w.name, Name: "Bank of " + w.name, Countries: []string{"BE"}, Status: sdk.Stable}})
}

func (w wild) StartConnect(_ context.Context, req sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
	o, err := read(req.Call)
	if err != nil || !o.Form {
		return sdk.ConnectAnswer{Done: &sdk.Connection{Secret: []byte("token"), Accounts: w.accounts()}}, err
	}
	return sdk.ConnectAnswer{FlowState: []byte("asked"), Step: &sdk.Step{Kind: sdk.StepForm, Fields: []sdk.Field{
		{Name: "password", Label: "Password", Kind: sdk.SecretField, Required: true}}}}, nil
}

func (w wild) accounts() []sdk.Account {
	number := fnv.New32()
	fmt.Fprint(number, w.name)
	return []sdk.Account{{ID: "1", StableID: w.name, Number: fmt.Sprintf("ACCOUNT%010d", number.Sum32()), Currency: "EUR", Kind: sdk.Checking}}
}

func (w wild) ListAccounts(context.Context, sdk.ListAccountsRequest) (sdk.AccountList, error) {
	return sdk.AccountList{Accounts: w.accounts()}, nil
}

// FetchTransactions tells what was not told up to the cursor.
func (w wild) FetchTransactions(_ context.Context, req sdk.FetchRequest, emit func(sdk.Batch) error) error {
	o, err := read(req.Call)
	if err != nil {
		return err
	}
	if strings.HasPrefix(o.Act, "tell") {
		return tellAll(req.Call, o.Act)
	}
	day, err := sdk.ParseDate(o.Day)
	if err != nil {
		return err
	}
	told, _ := strconv.Atoi(string(req.Cursor)) // none is the beginning
	for page := 0; ; page++ {
		next := min(o.Told, told+o.Page)
		batch := sdk.Batch{HasMore: next < o.Told}
		for ; told < next; told++ {
			batch.Booked = append(batch.Booked, w.transaction(told, day))
		}
		if page == o.At || !batch.HasMore && page < o.At {
			if err := o.act(&batch, emit); err != nil {
				return err
			}
		}
		if o.Act == "dawdle" {
			time.Sleep(20 * time.Millisecond)
		}
		if !batch.HasMore {
			batch.Cursor = []byte(strconv.Itoa(told))
			batch.Balances = []sdk.Balance{{Kind: sdk.Interim, Amount: sum(told), Currency: "EUR", Date: day}}
			return emit(batch)
		}
		if err := emit(batch); err != nil {
			return err
		}
	}
}

// transaction is the i-th: two in a row differ in their ids alone.
func (w wild) transaction(i int, day sdk.Date) sdk.Transaction {
	return sdk.Transaction{ID: fmt.Sprintf("%s-%d", w.name, i), Date: day, Amount: fmt.Sprintf("%d.25", 1+i/2), Direction: sdk.In,
		Currency: "EUR", Reference: "Payment " + strconv.Itoa(i/2), Counterparty: "Somebody"}
}

// sum is what the first n transactions come to.
func sum(n int) string {
	cents := 0
	for i := range n {
		cents += 100*(1+i/2) + 25
	}
	return fmt.Sprintf("%d.%02d", cents/100, cents%100)
}
