package enablebanking_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// codes are those of the vendor's document.
func codes(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(description)
	if err != nil {
		t.Skipf("the vendor's description, %s, is not here", description)
	}
	_, list, _ := strings.Cut(string(text), "\n    ErrorCode:\n")
	list, _, _ = strings.Cut(list, "      title:")
	found := []string{}
	for _, line := range regexp.MustCompile(`(?m)^      - ([A-Z_]+)$`).FindAllStringSubmatch(list, -1) {
		found = append(found, line[1])
	}
	if len(found) != 40 {
		t.Fatalf("the document has %d codes", len(found))
	}
	return found
}

// Each code of the vendor's is judged, and says who has to act.
func TestEveryCodeIsJudged(t *testing.T) {
	kinds := map[sdk.Kind][]string{
		sdk.ConsentExpired: {"CLOSED_SESSION", "EXPIRED_SESSION", "REVOKED_SESSION", "SESSION_DOES_NOT_EXIST", "WRONG_SESSION_STATUS"},
		sdk.NeedsUser: {"ASPSP_PSU_ACTION_REQUIRED", "ALREADY_AUTHORIZED", "EXPIRED_AUTHORIZATION_CODE",
			"WRONG_AUTHORIZATION_CODE"},
		sdk.BadCredentials:  {"WRONG_CREDENTIALS_PROVIDED"},
		sdk.BadRequest:      {"WRONG_ASPSP_PROVIDED", "ACCOUNT_DOES_NOT_EXIST", "ASPSP_ACCOUNT_NOT_ACCESSIBLE", "INVALID_ACCOUNT_ID"},
		sdk.AutoNotAllowed:  {"PSU_HEADER_NOT_PROVIDED"},
		sdk.BankUnavailable: {"ASPSP_ERROR", "ASPSP_TIMEOUT", "WRONG_CONTINUATION_KEY"},
		sdk.RateLimited:     {"ASPSP_RATE_LIMIT_EXCEEDED"},
		sdk.NotSupported: {"WRONG_TRANSACTIONS_PERIOD", "ASPSP_PAYMENT_NOT_ACCESSIBLE", "INVALID_PAYMENT", "PAYMENT_LIMIT_EXCEEDED",
			"PAYMENT_NOT_FINALIZED", "PAYMENT_NOT_FOUND", "UNTRUSTED_PAYMENT_PARTY"},
		sdk.Internal: {"ACCESS_DENIED", "AUTHORIZATION_NOT_PROVIDED", "INVALID_HOST", "NO_ACCOUNTS_ADDED", "REDIRECT_URI_NOT_ALLOWED",
			"UNAUTHORIZED_ACCESS", "UNAUTHORIZED_IP", "WEBHOOK_URI_NOT_ALLOWED", "DATE_FROM_IN_FUTURE", "DATE_TO_WITHOUT_DATE_FROM",
			"PSU_HEADER_INVALID", "TRANSACTION_DOES_NOT_EXIST", "WRONG_DATE_INTERVAL", "WRONG_REQUEST_PARAMETERS"},
	}
	r := newRig(t, "FI:Testipankki")
	c := r.connect(sdk.FlowConnect)
	for _, code := range codes(t) {
		times := map[string]int{"WRONG_CONTINUATION_KEY": 2, "WRONG_TRANSACTIONS_PERIOD": 3}[code] // it is tried again so often
		r.fail(fmt.Sprintf(`{"path": "/transactions", "status": 422, "times": %[2]d, "header": {"Content-Type": "application/json",
			"X-Request-Id": "req-%[1]s"}, "body": "{\"message\": \"Words of the service\", \"code\": 422, \"error\": \"%[1]s\"}"}`,
			code, max(1, times)))
		_, err := r.fetch(c.Accounts[0].ID, day(2026, 3, 1), sdk.Date{})
		want := sdk.Kind("")
		for kind, list := range kinds {
			if slices.Contains(list, code) {
				want = kind
			}
		}
		e := fails(t, err, want)
		if !strings.Contains(e.Message, "Words of the service") || e.Reference != "req-"+code {
			t.Errorf("%s: %q, reference %q", code, e.Message, e.Reference)
		}
		if e.Kind == sdk.RateLimited && !e.Until.Equal(noon.Add(6*time.Hour)) {
			t.Errorf("until %s", e.Until)
		}
	}
}

// Status and code are judged together.
func TestStatusAndCode(t *testing.T) {
	r := newRig(t, "FI:Testipankki")
	c := r.connect(sdk.FlowConnect)
	for _, test := range []struct {
		status int
		body   string
		header string
		kind   sdk.Kind
		until  time.Time
	}{
		{401, `{\"message\": \"x\", \"code\": 422, \"error\": \"ACCESS_DENIED\"}`, ``, sdk.Internal, time.Time{}},
		{401, `{\"message\": \"x\", \"error\": \"EXPIRED_SESSION\"}`, ``, sdk.ConsentExpired, time.Time{}},
		{401, `{\"message\": \"x\"}`, ``, sdk.Internal, time.Time{}},
		{403, ``, ``, sdk.Internal, time.Time{}},
		{404, `{\"message\": \"x\", \"error\": \"SOMETHING_NEW\"}`, ``, sdk.Internal, time.Time{}},
		{429, `{\"message\": \"x\"}`, ``, sdk.RateLimited, noon.Add(6 * time.Hour)},
		{429, `{\"message\": \"x\", \"error\": \"ASPSP_ERROR\"}`, `, "header": {"Retry-After": "7200"}`, sdk.RateLimited,
			noon.Add(2 * time.Hour)},
	} {
		r.fail(fmt.Sprintf(`{"path": "/transactions", "status": %d, "body": "%s"%s}`, test.status, test.body, test.header))
		provider := r.plain()
		err := provider.FetchTransactions(t.Context(), sdk.FetchRequest{Call: r.call(), AccountID: c.Accounts[0].ID, From: day(2026, 3, 1)},
			func(sdk.Batch) error { return nil })
		if e := fails(t, err, test.kind); !e.Until.Truncate(time.Minute).Equal(test.until) {
			t.Errorf("%d %s: until %s", test.status, test.body, e.Until)
		}
	}
}
