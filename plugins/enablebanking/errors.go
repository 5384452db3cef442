package enablebanking

import (
	"encoding/json"
	"net/http"
	"regexp"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

// Codes that the provider acts on itself.
const (
	codeContinuation = "WRONG_CONTINUATION_KEY"
	codePeriod       = "WRONG_TRANSACTIONS_PERIOD"
	codeParameters   = "WRONG_REQUEST_PARAMETERS"
	codeBack         = "REDIRECT_URI_NOT_ALLOWED"
)

// meaning is what a code of the service's means.
type meaning struct {
	kind  sdk.Kind
	text  text
	field string // at fault, for BadRequest
}

// meanings are all codes that the service has, by who has to act.
func meanings() map[string]meaning {
	return map[string]meaning{
		// The user, by connecting anew: the session is over.
		"CLOSED_SESSION":         {sdk.ConsentExpired, textEnded, ""},
		"EXPIRED_SESSION":        {sdk.ConsentExpired, textEnded, ""},
		"REVOKED_SESSION":        {sdk.ConsentExpired, textEnded, ""},
		"SESSION_DOES_NOT_EXIST": {sdk.ConsentExpired, textEnded, ""},
		"WRONG_SESSION_STATUS":   {sdk.ConsentExpired, textEnded, ""},
		// The user, at the bank or in the flow.
		"ASPSP_PSU_ACTION_REQUIRED":  {sdk.NeedsUser, textBankWants, ""},
		"ALREADY_AUTHORIZED":         {sdk.NeedsUser, textCodeUsed, ""},
		"EXPIRED_AUTHORIZATION_CODE": {sdk.NeedsUser, textCodeUsed, ""},
		"WRONG_AUTHORIZATION_CODE":   {sdk.NeedsUser, textCodeUsed, ""},
		"WRONG_CREDENTIALS_PROVIDED": {sdk.BadCredentials, textCredentialsWrong, ""},
		"WRONG_ASPSP_PROVIDED":       {sdk.BadRequest, textBankGone, "institution"},
		// The user, for one account.
		"ACCOUNT_DOES_NOT_EXIST":       {sdk.BadRequest, textNotShared, "account_id"},
		"ASPSP_ACCOUNT_NOT_ACCESSIBLE": {sdk.BadRequest, textNotShared, "account_id"},
		"INVALID_ACCOUNT_ID":           {sdk.BadRequest, textNotShared, "account_id"},
		// Only while a user waits.
		"PSU_HEADER_NOT_PROVIDED": {sdk.AutoNotAllowed, textOnlyPresent, ""},
		// Time.
		"ASPSP_ERROR":               {sdk.BankUnavailable, textBankTrouble, ""},
		"ASPSP_TIMEOUT":             {sdk.BankUnavailable, textBankTrouble, ""},
		"WRONG_CONTINUATION_KEY":    {sdk.BankUnavailable, textEndless, ""},
		"ASPSP_RATE_LIMIT_EXCEEDED": {sdk.RateLimited, textTooMany, ""},
		// The administrator, at Enable Banking.
		"ACCESS_DENIED":              {sdk.Internal, textApplication, ""},
		"AUTHORIZATION_NOT_PROVIDED": {sdk.Internal, textApplication, ""},
		"INVALID_HOST":               {sdk.Internal, textApplication, ""},
		"NO_ACCOUNTS_ADDED":          {sdk.Internal, textRestricted, ""},
		"REDIRECT_URI_NOT_ALLOWED":   {sdk.Internal, textApplication, ""},
		"UNAUTHORIZED_ACCESS":        {sdk.Internal, textApplication, ""},
		"UNAUTHORIZED_IP":            {sdk.Internal, textApplication, ""},
		"WEBHOOK_URI_NOT_ALLOWED":    {sdk.Internal, textApplication, ""},
		// Nobody can: the bank gives no such days.
		"WRONG_TRANSACTIONS_PERIOD": {sdk.NotSupported, textPeriod, ""},
		// The author of this provider: it asked wrongly.
		"DATE_FROM_IN_FUTURE":        {sdk.Internal, textRefused, ""},
		"DATE_TO_WITHOUT_DATE_FROM":  {sdk.Internal, textRefused, ""},
		"PSU_HEADER_INVALID":         {sdk.Internal, textRefused, ""},
		"TRANSACTION_DOES_NOT_EXIST": {sdk.Internal, textRefused, ""},
		"WRONG_DATE_INTERVAL":        {sdk.Internal, textRefused, ""},
		"WRONG_REQUEST_PARAMETERS":   {sdk.Internal, textRefused, ""},
		// Payments are never made.
		"ASPSP_PAYMENT_NOT_ACCESSIBLE": {sdk.NotSupported, textRefused, ""},
		"INVALID_PAYMENT":              {sdk.NotSupported, textRefused, ""},
		"PAYMENT_LIMIT_EXCEEDED":       {sdk.NotSupported, textRefused, ""},
		"PAYMENT_NOT_FINALIZED":        {sdk.NotSupported, textRefused, ""},
		"PAYMENT_NOT_FOUND":            {sdk.NotSupported, textRefused, ""},
		"UNTRUSTED_PAYMENT_PARTY":      {sdk.NotSupported, textRefused, ""},
	}
}

// byStatus is what a status means without a code, or with one that is new. A 401
// is about the application's key: what is about a session has a code.
func byStatus(status int) meaning {
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return meaning{sdk.Internal, textApplication, ""}
	case status == http.StatusTooManyRequests:
		return meaning{sdk.RateLimited, textTooMany, ""}
	case status == http.StatusRequestTimeout || status >= 500:
		return meaning{sdk.BankUnavailable, textTrouble, ""}
	}
	return meaning{sdk.Internal, textRefused, ""}
}

// judge says what an answer means. Status and code are judged together: the code
// says more, but that the service itself is in trouble, or asked too often, is so
// whatever the code.
func judge(a rest.Answer) *sdk.Error {
	if a.Status >= 200 && a.Status < 300 {
		return nil
	}
	told := wordsOf(a.Body)
	m, known := meanings()[told.Error]
	if !known || a.Status == http.StatusTooManyRequests && m.kind != sdk.RateLimited || a.Status >= 500 && m.kind == sdk.Internal {
		m = byStatus(a.Status)
	}
	return &sdk.Error{Kind: m.kind, Field: m.field, Message: withWords(a.Language, m.text, told.said())}
}

// words are what the service says of an error.
type words struct {
	Error   string `json:"error"` // the code
	Message string `json:"message"`
	Detail  any    `json:"detail"` // of any form
}

// wordsOf reads the body of a refusal; without one that can be read it is empty.
func wordsOf(body []byte) words {
	var w words
	if json.Unmarshal(body, &w) != nil {
		return words{}
	}
	return w
}

// said is what may be shown of it: the detail where it is a text, else the message.
func (w words) said() string {
	detail, _ := w.Detail.(string)
	return tidy(or(detail, w.Message))
}

var dayIn = regexp.MustCompile(`\b\d{4}-\d{2}-\d{2}\b`)

// day is the first day that a bank names when it refuses a period; zero for none.
func (w words) day() sdk.Date {
	detail, _ := w.Detail.(string)
	day, err := sdk.ParseDate(dayIn.FindString(detail + " " + w.Message))
	if err != nil {
		return sdk.Date{}
	}
	return day
}

// withWords is a sentence of ours, and what the service said.
func withWords(language string, t text, said string) string {
	if said == "" {
		return say(language, t)
	}
	return say(language, t) + " " + sayf(language, textServiceSays, said)
}
