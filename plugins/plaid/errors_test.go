package plaid_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest/resttest"
)

// Each code says who has to act; what Plaid says to users is shown, what it says to
// programmers only to administrators.
func TestEveryCodeIsJudged(t *testing.T) {
	r := newRig(t, "ins_11")
	account := r.connect(sdk.FlowConnect).Accounts[0].ID
	kinds := map[sdk.Kind][]string{
		sdk.BadCredentials: {"ITEM_LOGIN_REQUIRED", "INVALID_CREDENTIALS", "INSUFFICIENT_CREDENTIALS", "INVALID_UPDATED_USERNAME"},
		sdk.NeedsUser: {"INVALID_MFA", "INVALID_OTP", "INVALID_PHONE_NUMBER", "INVALID_SEND_METHOD", "USER_INPUT_TIMEOUT", "ITEM_LOCKED",
			"PASSWORD_RESET_REQUIRED", "USER_SETUP_REQUIRED", "NO_ACCOUNTS", "INVALID_LINK_TOKEN", "INVALID_PUBLIC_TOKEN",
			"INCORRECT_LINK_TOKEN",
			"INCORRECT_OAUTH_NONCE", "OAUTH_STATE_ID_ALREADY_PROCESSED", "OAUTH_STATE_ID_NOT_FOUND"},
		sdk.ConsentExpired: {"ACCESS_NOT_GRANTED", "ADDITIONAL_CONSENT_REQUIRED", "PENDING_DISCONNECT", "PENDING_EXPIRATION",
			"ITEM_CONCURRENTLY_DELETED", "ITEM_NOT_FOUND", "INVALID_ACCESS_TOKEN", "USER_PERMISSION_REVOKED"},
		sdk.BadRequest: {"INVALID_ACCOUNT_ID", "INVALID_INSTITUTION", "INSTITUTION_NOT_FOUND", "INVALID_WEBHOOK_VERIFICATION_KEY_ID"},
		sdk.BankUnavailable: {"INSTITUTION_DOWN", "INSTITUTION_NOT_AVAILABLE", "INSTITUTION_NOT_RESPONDING", "UNSUPPORTED_RESPONSE",
			"DATA_QUALITY_CHECK_FAILED", "ITEM_NO_ERROR", "LAST_UPDATED_DATETIME_OUT_OF_RANGE", "INTERNAL_SERVER_ERROR",
			"PLANNED_MAINTENANCE"},
		sdk.NotSupported: {"INSTITUTION_NO_LONGER_SUPPORTED", "ITEM_NOT_SUPPORTED", "ITEM_PRODUCT_NOT_SUPPORTED", "MFA_NOT_SUPPORTED",
			"PASSKEY_NOT_SUPPORTED", "PRODUCTS_NOT_SUPPORTED", "PRODUCT_NOT_SUPPORTED", "NO_LONGER_AVAILABLE"},
		sdk.Internal: {"INVALID_API_KEYS", "UNAUTHORIZED_ENVIRONMENT", "UNAUTHORIZED_ROUTE_ACCESS",
			"INSTITUTION_NOT_ENABLED_IN_ENVIRONMENT",
			"INSTITUTION_REGISTRATION_REQUIRED", "UNAUTHORIZED_INSTITUTION", "INVALID_PRODUCT", "PRODUCT_NOT_ENABLED",
			"INVALID_CONFIGURATION",
			"INVALID_LINK_CUSTOMIZATION", "DIRECT_INTEGRATION_NOT_ENABLED", "CREDITS_EXHAUSTED", "INCOMPATIBLE_API_VERSION", "INVALID_BODY",
			"INVALID_FIELD", "INVALID_HEADERS", "MISSING_FIELDS", "NOT_FOUND", "SANDBOX_ONLY", "UNKNOWN_FIELDS"},
	}
	for kind, codes := range kinds {
		for _, code := range codes {
			r.told("/transactions/sync", 400, map[string]any{"error_type": "X", "error_code": code,
				"error_message":   "Words for programmers",
				"display_message": "Words for users", "request_id": "req-" + code})
			_, err := r.fetch(account, sdk.Date{}, sdk.Date{})
			if e := fails(t, err, kind); !strings.Contains(e.Message, "Words for users") || e.Reference != "req-"+code {
				t.Errorf("%s: %q, reference %q", code, e.Message, e.Reference)
			}
		}
	}
	for _, code := range []string{"INVALID_API_KEYS", "ITEM_LOGIN_REQUIRED"} {
		r.refuse("/transactions/sync", "X", code)
		_, err := r.fetch(account, sdk.Date{}, sdk.Date{})
		if e := fails(t, err, sdk.KindOf(err)); strings.Contains(e.Message, "for programs") != (e.Kind == sdk.Internal) {
			t.Errorf("%s: %s", code, e.Message)
		}
	}
}

// The types of the vendor's document each have a meaning where a code is new; without
// either the status counts.
func TestTypesAndStatus(t *testing.T) {
	r := newRig(t, "ins_11")
	account := r.connect(sdk.FlowConnect).Accounts[0].ID
	for _, test := range []struct {
		status int
		kind   string
		reason string
		want   sdk.Kind
	}{
		{400, "ITEM_ERROR", "", sdk.NeedsUser}, {400, "OAUTH_ERROR", "", sdk.NeedsUser}, {400, "RECAPTCHA_ERROR", "", sdk.NeedsUser},
		{400, "USER_ERROR", "", sdk.NeedsUser}, {400, "INSTITUTION_ERROR", "", sdk.BankUnavailable},
		{400, "TRANSACTIONS_ERROR", "", sdk.BankUnavailable}, {500, "API_ERROR", "", sdk.BankUnavailable},
		{429, "RATE_LIMIT_EXCEEDED", "", sdk.RateLimited}, {400, "RATE_LIMIT_EXCEEDED", "", sdk.RateLimited},
		{400, "INVALID_REQUEST", "", sdk.Internal}, {400, "INVALID_INPUT", "", sdk.Internal}, {400, "INVALID_RESULT", "", sdk.Internal},
		{400, "SANDBOX_ERROR", "", sdk.Internal}, {400, "PARTNER_ERROR", "", sdk.Internal}, {400, "SOMETHING_NEW", "", sdk.Internal},
		{401, "", "", sdk.Internal}, {429, "", "", sdk.RateLimited}, {404, "", "", sdk.Internal}, {502, "", "", sdk.BankUnavailable},
	} {
		for range 3 { // what may be repeated is
			r.told("/transactions/sync", test.status, map[string]any{"error_type": test.kind, "error_code": "SOMETHING_NEW"})
		}
		_, err := r.fetch(account, sdk.Date{}, sdk.Date{})
		e := fails(t, err, test.want)
		if e.Kind == sdk.RateLimited && !e.Until.Equal(noon.Add(time.Minute)) {
			t.Errorf("until %s", e.Until)
		}
		for range 3 { // those that are left
			_, _ = r.fetch(account, sdk.Date{}, sdk.Date{})
		}
	}
	for reason, want := range map[string]sdk.Kind{"": sdk.BadCredentials, "OAUTH_INVALID_TOKEN": sdk.ConsentExpired,
		"OAUTH_CONSENT_EXPIRED": sdk.ConsentExpired, "OAUTH_USER_REVOKED": sdk.ConsentExpired} {
		r.post("/bank/login/"+reason, "")
		_, err := r.fetch(account, sdk.Date{}, sdk.Date{})
		fails(t, err, want)
	}
	r.fail(`{"path": "/item/get", "status": 200, "body": "<html>"}`)
	_, err := r.fetch(account, sdk.Date{}, sdk.Date{})
	fails(t, err, sdk.Internal)
}

// The token of a connection, and this host's secret, are in no error.
func TestNoSecretShows(t *testing.T) {
	r := newRig(t, "ins_11")
	account := r.connect(sdk.FlowConnect).Accounts[0].ID
	for _, code := range []string{"INVALID_API_KEYS", "ITEM_LOCKED"} {
		r.told("/transactions/sync", 400, map[string]any{"error_type": "X", "error_code": code, "error_message": "not " + r.access(),
			"display_message": fmt.Sprint("not ", r.access(), " nor ", r.config["secret"])})
		_, err := r.fetch(account, sdk.Date{}, sdk.Date{})
		e := fails(t, err, sdk.KindOf(err))
		resttest.Untold(t, "an error", e.Error(), r.access(), r.config["secret"])
	}
}
