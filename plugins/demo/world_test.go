package demo_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/demo"
	"github.com/girosync/girosync/plugins/sdk"
)

// noon is a Tuesday in March.
var noon = time.Date(2026, 3, 17, 12, 0, 0, 0, time.UTC)

// connection is a client of the provider, as a host would keep it.
type connection struct {
	t        testing.TB
	provider *demo.Provider
	bank     string
	config   map[string]string
	secret   []byte
	done     sdk.Connection
}

func (c *connection) call(now time.Time) sdk.Call {
	return sdk.Call{
		Config: c.config, Now: now, UserPresent: true, Secret: c.secret,
		SaveSecret: func(s []byte) error { c.secret = s; return nil },
	}
}

// connect goes through all steps of a connection and chooses all accounts.
func connect(t testing.TB, institution string, now time.Time, config map[string]string) *connection {
	t.Helper()
	c := &connection{t: t, provider: demo.New(), bank: institution, config: config}
	c.flow(now, sdk.FlowConnect, institution)
	return c
}

func (c *connection) flow(now time.Time, kind sdk.FlowKind, institution string) {
	c.t.Helper()
	ctx := context.Background()
	answer, err := c.provider.StartConnect(ctx, sdk.StartConnectRequest{
		Call: c.call(now), Kind: kind, InstitutionID: institution, RedirectURL: "https://host.example/connect/callback", State: "s1",
	})
	for n := 0; answer.Done == nil; n++ {
		if err != nil {
			c.t.Fatalf("%s: step %d: %v", institution, n, err)
		}
		if n > 6 {
			c.t.Fatalf("%s: the flow does not end", institution)
		}
		answer, err = c.provider.ContinueConnect(ctx, sdk.ContinueConnectRequest{
			Call: c.call(now), FlowState: answer.FlowState, Values: fill(c.t, answer.Step),
		})
	}
	c.done, c.secret = *answer.Done, answer.Done.Secret
}

// renew gives a new consent and returns the account's new id.
func (c *connection) renew(now time.Time, account string) string {
	c.t.Helper()
	stable := ""
	for _, a := range c.done.Accounts {
		if a.ID == account {
			stable = a.StableID
		}
	}
	c.flow(now, sdk.FlowUpdate, "")
	for _, a := range c.done.Accounts {
		if a.StableID == stable {
			if a.ID == account {
				c.t.Fatalf("account %s has the same id under a new consent", account)
			}
			return a.ID
		}
	}
	c.t.Fatalf("account %s is gone after a renewal", account)
	return ""
}

// fill answers a step as a willing user does.
func fill(t testing.TB, step *sdk.Step) map[string]string {
	t.Helper()
	values := map[string]string{}
	switch step.Kind {
	case sdk.StepForm:
		for _, f := range step.Fields {
			values[f.Name] = map[string]string{"user": "alice", "password": "secret-canary", "code": "123456", "delay_ms": "5",
				"company_number": "0203.201.340", "birth_date": "1980-05-17", "channel": "email", "contract": "club"}[f.Name]
		}
	case sdk.StepRedirect:
		_, query, _ := strings.Cut(step.URL, "?")
		for pair := range strings.SplitSeq(query, "&") {
			key, value, _ := strings.Cut(pair, "=")
			values[key] = value
		}
	case sdk.StepAccounts:
		ids := []string{}
		for _, a := range step.Accounts {
			ids = append(ids, a.ID)
		}
		values["accounts"] = strings.Join(ids, ",")
	}
	return values
}

// fetch collects all batches of one fetch.
func (c *connection) fetch(req sdk.FetchRequest) ([]sdk.Batch, error) {
	var batches []sdk.Batch
	err := c.provider.FetchTransactions(context.Background(), req, func(b sdk.Batch) error {
		batches = append(batches, b)
		return nil
	})
	return batches, err
}

func (c *connection) mustFetch(account string, now time.Time, cursor []byte, pageSize int) []sdk.Batch {
	c.t.Helper()
	batches, err := c.fetch(sdk.FetchRequest{Call: c.call(now), AccountID: account, Cursor: cursor, PageSize: pageSize})
	if err != nil {
		c.t.Fatalf("fetch %s at %s: %v", account, now, err)
	}
	return batches
}

// books is what a host knows of one account.
type books struct {
	Booked  map[string]sdk.Transaction
	Pending map[string]sdk.Transaction
	cursor  []byte
	last    sdk.Batch
}

// take applies one fetch, as a faithful host does.
func (b *books) take(t testing.TB, batches []sdk.Batch) {
	t.Helper()
	if b.Booked == nil {
		b.Booked = map[string]sdk.Transaction{}
	}
	b.Pending = map[string]sdk.Transaction{}
	told := 0
	for i, batch := range batches {
		if batch.HasMore != (i < len(batches)-1) {
			t.Fatalf("batch %d of %d says HasMore %v", i, len(batches), batch.HasMore)
		}
		told += len(batch.Booked) + len(batch.Modified) + len(batch.Pending)
		for _, x := range batch.Booked {
			if _, known := b.Booked[x.ID]; known {
				t.Fatalf("%s is told as new twice", x.ID)
			}
			b.Booked[x.ID] = x
		}
		for _, x := range batch.Modified {
			if _, known := b.Booked[x.ID]; !known {
				t.Fatalf("%s is modified before it was told", x.ID)
			}
			b.Booked[x.ID] = x
		}
		for _, x := range batch.Pending {
			if _, known := b.Pending[x.ID]; known {
				t.Fatalf("%s is pending twice", x.ID)
			}
			b.Pending[x.ID] = x
		}
		for _, id := range batch.Removed {
			delete(b.Booked, id)
		}
	}
	b.last = batches[len(batches)-1]
	if b.last.Of != told {
		t.Fatalf("Of says %d, told were %d", b.last.Of, told)
	}
	b.cursor = b.last.Cursor
}

// minor reads a decimal into its smallest unit.
func minor(t testing.TB, amount string) int64 {
	t.Helper()
	sign, sum := int64(1), int64(0)
	for i, r := range amount {
		switch {
		case r == '-' && i == 0:
			sign = -1
		case r >= '0' && r <= '9':
			sum = sum*10 + int64(r-'0')
		case r != '.':
			t.Fatalf("amount %q is no decimal", amount)
		}
	}
	return sign * sum
}

func signed(t testing.TB, x sdk.Transaction) int64 {
	if x.Direction == sdk.Out {
		return -minor(t, x.Amount)
	}
	return minor(t, x.Amount)
}

func balance(t testing.TB, balances []sdk.Balance, kind sdk.BalanceKind) sdk.Balance {
	t.Helper()
	for _, b := range balances {
		if b.Kind == kind {
			return b
		}
	}
	t.Fatalf("no %s balance in %v", kind, balances)
	return sdk.Balance{}
}

func toJSON(t testing.TB, v any) string {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
