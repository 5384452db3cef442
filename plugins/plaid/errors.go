package plaid

import (
	"encoding/json"
	"maps"
	"net/http"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

// Codes that the provider acts on itself.
const (
	codeMutation    = "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION"
	codeLogin       = "ITEM_LOGIN_REQUIRED"
	codeNotReady    = "PRODUCT_NOT_READY"
	codeNotFound    = "ITEM_NOT_FOUND"
	codeDeleted     = "ITEM_CONCURRENTLY_DELETED"
	codeAccessToken = "INVALID_ACCESS_TOKEN"
	codeField       = "INVALID_FIELD"
	codeRevoked     = "USER_PERMISSION_REVOKED"
	codeDisconnect  = "PENDING_DISCONNECT"
	codeExpiration  = "PENDING_EXPIRATION"
)

// meaning is what an error of the service's means.
type meaning struct {
	kind  sdk.Kind
	text  text
	field string // at fault, for BadRequest
}

// meanings are the codes that concern what this package asks, by who has to act.
func meanings() map[string]meaning {
	all := map[string]meaning{}
	for _, some := range []map[string]meaning{ofTheUser(), ofTime(), ofTheAdministrator()} {
		maps.Copy(all, some)
	}
	return all
}

// ofTheUser are those that a user puts right.
func ofTheUser() map[string]meaning {
	is := func(kind sdk.Kind, t text) meaning { return meaning{kind, t, ""} }
	return map[string]meaning{
		// By logging in again; the item stays.
		"INSUFFICIENT_CREDENTIALS": is(sdk.BadCredentials, textLogIn),
		"INVALID_CREDENTIALS":      is(sdk.BadCredentials, textLogIn),
		"INVALID_UPDATED_USERNAME": is(sdk.BadCredentials, textLogIn),
		codeLogin:                  is(sdk.BadCredentials, textLogIn), // see words.meaning
		"INVALID_MFA":              is(sdk.NeedsUser, textLogIn),
		"INVALID_OTP":              is(sdk.NeedsUser, textLogIn),
		"INVALID_PHONE_NUMBER":     is(sdk.NeedsUser, textLogIn),
		"INVALID_SEND_METHOD":      is(sdk.NeedsUser, textLogIn),
		"USER_INPUT_TIMEOUT":       is(sdk.NeedsUser, textLogIn),
		// At the bank.
		"ITEM_LOCKED":             is(sdk.NeedsUser, textLocked),
		"PASSWORD_RESET_REQUIRED": is(sdk.NeedsUser, textBankWants),
		"USER_SETUP_REQUIRED":     is(sdk.NeedsUser, textBankWants),
		// By consenting anew.
		"ACCESS_NOT_GRANTED":          is(sdk.ConsentExpired, textNoConsent),
		"ADDITIONAL_CONSENT_REQUIRED": is(sdk.ConsentExpired, textNoConsent),
		codeDisconnect:                is(sdk.ConsentExpired, textEnds),
		codeExpiration:                is(sdk.ConsentExpired, textEnds),
		codeDeleted:                   is(sdk.ConsentExpired, textGone),
		codeNotFound:                  is(sdk.ConsentExpired, textGone),
		codeAccessToken:               is(sdk.ConsentExpired, textGone),
		codeRevoked:                   is(sdk.ConsentExpired, textRevoked),
		// By choosing something else.
		"NO_ACCOUNTS":           is(sdk.NeedsUser, textNoAccounts),
		"INVALID_ACCOUNT_ID":    {sdk.BadRequest, textNotShared, "account_id"},
		"INVALID_INSTITUTION":   {sdk.BadRequest, textNoBank, "institution"},
		"INSTITUTION_NOT_FOUND": {sdk.BadRequest, textNoBank, "institution"},
		// By going to Plaid's page again.
		"INVALID_LINK_TOKEN":               is(sdk.NeedsUser, textPageOver),
		"INVALID_PUBLIC_TOKEN":             is(sdk.NeedsUser, textPageOver),
		"INCORRECT_LINK_TOKEN":             is(sdk.NeedsUser, textPageOver),
		"INCORRECT_OAUTH_NONCE":            is(sdk.NeedsUser, textPageOver),
		"OAUTH_STATE_ID_ALREADY_PROCESSED": is(sdk.NeedsUser, textPageOver),
		"OAUTH_STATE_ID_NOT_FOUND":         is(sdk.NeedsUser, textPageOver),
	}
}

// ofTime are those that pass by themselves, and those that nobody can put right.
func ofTime() map[string]meaning {
	later := func(t text) meaning { return meaning{sdk.BankUnavailable, t, ""} }
	never := func(t text) meaning { return meaning{sdk.NotSupported, t, ""} }
	return map[string]meaning{
		"INSTITUTION_DOWN":                   later(textBankTrouble),
		"INSTITUTION_NOT_AVAILABLE":          later(textBankTrouble),
		"INSTITUTION_NOT_RESPONDING":         later(textBankTrouble),
		"UNSUPPORTED_RESPONSE":               later(textBankTrouble),
		"DATA_QUALITY_CHECK_FAILED":          later(textBankTrouble),
		"ITEM_NO_ERROR":                      later(textBankTrouble),
		"LAST_UPDATED_DATETIME_OUT_OF_RANGE": later(textBankTrouble),
		"INTERNAL_SERVER_ERROR":              later(textTrouble),
		"PLANNED_MAINTENANCE":                later(textTrouble),
		codeNotReady:                         later(textNotReady),
		codeMutation:                         later(textMoving),

		"INSTITUTION_NO_LONGER_SUPPORTED": never(textBankGone),
		"ITEM_NOT_SUPPORTED":              never(textNotPossible),
		"ITEM_PRODUCT_NOT_SUPPORTED":      never(textNotPossible),
		"MFA_NOT_SUPPORTED":               never(textNotPossible),
		"PASSKEY_NOT_SUPPORTED":           never(textNotPossible),
		"PRODUCTS_NOT_SUPPORTED":          never(textNotPossible),
		"PRODUCT_NOT_SUPPORTED":           never(textNotPossible),
		"NO_LONGER_AVAILABLE":             never(textNotPossible),
	}
}

// ofTheAdministrator are those that the administrator puts right, at Plaid or in the
// configuration, and those of this package's author, which asked wrongly.
func ofTheAdministrator() map[string]meaning {
	is := func(t text) meaning { return meaning{sdk.Internal, t, ""} }
	return map[string]meaning{
		"INVALID_API_KEYS":                       is(textKeys),
		"UNAUTHORIZED_ENVIRONMENT":               is(textKeys),
		"UNAUTHORIZED_ROUTE_ACCESS":              is(textAccount),
		"INSTITUTION_NOT_ENABLED_IN_ENVIRONMENT": is(textAccount),
		"INSTITUTION_REGISTRATION_REQUIRED":      is(textRegistration),
		"UNAUTHORIZED_INSTITUTION":               is(textAccount),
		"INVALID_PRODUCT":                        is(textAccount),
		"PRODUCT_NOT_ENABLED":                    is(textAccount),
		"INVALID_CONFIGURATION":                  is(textAccount),
		"INVALID_LINK_CUSTOMIZATION":             is(textAccount),
		"DIRECT_INTEGRATION_NOT_ENABLED":         is(textAccount),
		"CREDITS_EXHAUSTED":                      is(textAccount),

		"INCOMPATIBLE_API_VERSION":            is(textRefused),
		"INVALID_BODY":                        is(textRefused),
		codeField:                             is(textRefused),
		"INVALID_HEADERS":                     is(textRefused),
		"MISSING_FIELDS":                      is(textRefused),
		"NOT_FOUND":                           is(textRefused),
		"SANDBOX_ONLY":                        is(textRefused),
		"UNKNOWN_FIELDS":                      is(textRefused),
		"INVALID_WEBHOOK_VERIFICATION_KEY_ID": {sdk.BadRequest, textUnsigned, ""},
	}
}

// byType is what a type of error means where its code is new.
func byType() map[string]meaning {
	return map[string]meaning{
		"ITEM_ERROR":          {sdk.NeedsUser, textBankWants, ""},
		"OAUTH_ERROR":         {sdk.NeedsUser, textPageOver, ""},
		"RECAPTCHA_ERROR":     {sdk.NeedsUser, textPageOver, ""},
		"USER_ERROR":          {sdk.NeedsUser, textBankWants, ""},
		"INSTITUTION_ERROR":   {sdk.BankUnavailable, textBankTrouble, ""},
		"TRANSACTIONS_ERROR":  {sdk.BankUnavailable, textBankTrouble, ""},
		"API_ERROR":           {sdk.BankUnavailable, textTrouble, ""},
		"RATE_LIMIT_EXCEEDED": {sdk.RateLimited, textTooMany, ""},
		"INVALID_REQUEST":     {sdk.Internal, textRefused, ""},
		"INVALID_INPUT":       {sdk.Internal, textRefused, ""},
		"INVALID_RESULT":      {sdk.Internal, textRefused, ""},
		"SANDBOX_ERROR":       {sdk.Internal, textRefused, ""},
		"PARTNER_ERROR":       {sdk.Internal, textAccount, ""},
	}
}

// byStatus is what a status means without an error of the service's.
func byStatus(status int) meaning {
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return meaning{sdk.Internal, textKeys, ""}
	case status == http.StatusTooManyRequests:
		return meaning{sdk.RateLimited, textTooMany, ""}
	case status == http.StatusRequestTimeout || status >= 500:
		return meaning{sdk.BankUnavailable, textTrouble, ""}
	}
	return meaning{sdk.Internal, textRefused, ""}
}

// words are what the service says of an error.
type words struct {
	Type      string `json:"error_type"`
	Code      string `json:"error_code"`
	Reason    string `json:"error_code_reason"`
	Message   string `json:"error_message"`   // for who writes programs
	Display   string `json:"display_message"` // for users
	RequestID string `json:"request_id"`
}

// wordsOf reads the body of a refusal; without one that can be read it is empty.
func wordsOf(body []byte) words {
	var w words
	if json.Unmarshal(body, &w) != nil {
		return words{}
	}
	return w
}

// meaning is what an error means: by its code, else its type, else the status of
// the answer, which is 0 where the error came otherwise. The type of a limit counts
// before its code, of which there is one for each kind of request.
func (w words) meaning(status int) meaning {
	switch m, known := meanings()[w.Code]; {
	case w.Code == codeLogin && w.Reason == "OAUTH_USER_REVOKED":
		return meaning{sdk.ConsentExpired, textRevoked, ""}
	case w.Code == codeLogin && w.Reason != "":
		return meaning{sdk.ConsentExpired, textEnded, ""}
	case known:
		return m
	}
	if m, known := byType()[w.Type]; known {
		return m
	}
	return byStatus(status)
}

// judge says what an answer means.
func judge(a rest.Answer) *sdk.Error {
	if a.Status >= 200 && a.Status < 300 {
		return nil
	}
	return wordsOf(a.Body).failure(a.Language, a.Status)
}

// failure is an error of the service's as one of the sdk's.
func (w words) failure(language string, status int) *sdk.Error {
	m := w.meaning(status)
	said := w.Display
	if said == "" && m.kind == sdk.Internal {
		said = w.Message
	}
	return &sdk.Error{Kind: m.kind, Field: m.field, Message: withWords(language, m.text, tidy(said)), Reference: w.RequestID}
}

// withWords is a sentence of ours, and what the service said.
func withWords(language string, t text, said string) string {
	if said == "" {
		return say(language, t)
	}
	return say(language, t) + " " + sayf(language, textServiceSays, said)
}
