package demo_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

func (c *connection) refresh(now time.Time) (sdk.RefreshAnswer, error) {
	return c.provider.Refresh(context.Background(), sdk.RefreshRequest{Call: c.call(now)})
}

// S48: one refresh a day; in between the bank tells what it told before.
func TestOneRefreshADay(t *testing.T) {
	connected := noon.Add(-36 * time.Hour)
	c := connect(t, "demo-daily", connected, nil)
	account := c.done.Accounts[0].ID
	five := time.Date(2026, 3, 17, 5, 0, 0, 0, time.UTC)
	midnight := time.Date(2026, 3, 18, 0, 0, 0, 0, time.UTC)

	if got := c.mustFetch(account, noon, nil, 5000)[0].RefreshedAt; !got.Equal(five) {
		t.Errorf("before any refresh the data is of %s", got)
	}
	answer, err := c.refresh(noon)
	if err != nil || !answer.RefreshedAt.Equal(noon) || !answer.NextAllowed.Equal(midnight) {
		t.Fatalf("first refresh: %+v, %v", answer, err)
	}
	first := c.mustFetch(account, noon, nil, 5000)
	_, err = c.refresh(noon.Add(time.Hour))
	var limited *sdk.Error
	if !errors.As(err, &limited) || limited.Kind != sdk.RateLimited || !limited.Until.Equal(midnight) {
		t.Errorf("second refresh: %v", err)
	}
	if diff := differ(first, c.mustFetch(account, noon.Add(9*time.Hour), nil, 5000)); diff != "" {
		t.Errorf("nine hours later, with no refresh:\n%s", diff)
	}
	if _, err := c.refresh(midnight); err != nil {
		t.Errorf("the next day: %v", err)
	}
}

func TestRefreshWithoutALimit(t *testing.T) {
	c := connect(t, "demo-checking", noon, nil)
	secret := string(c.secret)
	for range 3 {
		if answer, err := c.refresh(noon); err != nil || !answer.RefreshedAt.Equal(noon) || !answer.NextAllowed.IsZero() {
			t.Errorf("%+v, %v", answer, err)
		}
	}
	if string(c.secret) != secret {
		t.Error("the secret changed for nothing")
	}
}

func TestRevokedTwice(t *testing.T) {
	c := connect(t, "demo-checking", noon, nil)
	for range 2 {
		if err := c.provider.Revoke(context.Background(), c.call(noon)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := c.refresh(noon)
	wantError(t, err, sdk.ConsentExpired, "")
	c.flow(noon, sdk.FlowReconnect, "")
	if _, err := c.refresh(noon); err != nil {
		t.Errorf("after a new consent: %v", err)
	}
}

func TestBanksThatRefuse(t *testing.T) {
	unattended := func(c sdk.Call) sdk.Call { c.UserPresent = false; return c }
	attended := func(c sdk.Call) sdk.Call { return c }
	for _, v := range []struct {
		institution string
		after       time.Duration
		call        func(sdk.Call) sdk.Call
		want        sdk.Kind
	}{
		{"demo-checking", 0, unattended, ""},
		{"demo-manual-only", 0, unattended, sdk.AutoNotAllowed},
		{"demo-manual-only", 0, attended, ""},
		{"demo-expired", 7*24*time.Hour - time.Second, attended, ""},
		{"demo-expired", 7 * 24 * time.Hour, attended, sdk.ConsentExpired},
		{"demo-down", 0, attended, sdk.BankUnavailable},
		{"demo-checking", 179 * 24 * time.Hour, attended, ""},
		{"demo-checking", 180 * 24 * time.Hour, attended, sdk.ConsentExpired},
	} {
		c := connect(t, v.institution, noon, nil)
		call := v.call(c.call(noon.Add(v.after)))
		_, err := c.fetch(sdk.FetchRequest{Call: call, AccountID: c.done.Accounts[0].ID})
		if sdk.KindOf(err) != v.want {
			t.Errorf("fetch at %s after %s: %v, want %q", v.institution, v.after, err, v.want)
		}
		_, err = c.provider.Refresh(context.Background(), sdk.RefreshRequest{Call: call})
		if sdk.KindOf(err) != v.want {
			t.Errorf("refresh at %s after %s: %v, want %q", v.institution, v.after, err, v.want)
		}
	}
}

func TestSecretsAreChecked(t *testing.T) {
	c := connect(t, "demo-checking", noon, nil)
	for _, secret := range []string{"", "{}", "\x00", `{"institution":"gone-1-1","consent":"x"}`} {
		call := c.call(noon)
		call.Secret = []byte(secret)
		if _, err := c.fetch(sdk.FetchRequest{Call: call, AccountID: "a"}); err == nil || sdk.KindOf(err) == sdk.Internal {
			t.Errorf("secret %q: %v", secret, err)
		}
	}
}
