package wire

import (
	"fmt"

	"github.com/girosync/girosync/plugins/sdk"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

// unknownEnum is sent in place of a value that this version cannot name. The
// other half refuses it.
const unknownEnum = -1

// pair is one value of an enumeration, as the sdk and as the protocol name it.
type pair[S ~string, P ~int32] struct {
	sdk  S
	wire P
}

// enum is an enumeration. The zero value of both sides means "not given".
type enum[S ~string, P ~int32] []pair[S, P]

// toWire returns 0 for "" and unknownEnum for a value that is not listed.
func (e enum[S, P]) toWire(s S) P {
	if s == "" {
		return 0
	}
	for _, p := range e {
		if p.sdk == s {
			return p.wire
		}
	}
	return unknownEnum
}

// fromWire returns an error, naming what, for a value missing or not listed.
func (e enum[S, P]) fromWire(what string, w P) (S, error) {
	for _, p := range e {
		if p.wire == w {
			return p.sdk, nil
		}
	}
	if w == 0 {
		return "", fmt.Errorf("%s is missing", what)
	}
	return "", fmt.Errorf("%s %d is unknown", what, w)
}

// orElse is fromWire with a value for "not given".
func (e enum[S, P]) orElse(what string, w P, absent S) (S, error) {
	if w == 0 {
		return absent, nil
	}
	return e.fromWire(what, w)
}

var flowKinds = enum[sdk.FlowKind, pb.FlowKind]{
	{sdk.FlowConnect, pb.FlowKind_FLOW_KIND_CONNECT},
	{sdk.FlowUpdate, pb.FlowKind_FLOW_KIND_UPDATE},
	{sdk.FlowReconnect, pb.FlowKind_FLOW_KIND_RECONNECT},
	{sdk.FlowMFA, pb.FlowKind_FLOW_KIND_MFA},
}

var stepKinds = enum[sdk.StepKind, pb.StepKind]{
	{sdk.StepForm, pb.StepKind_STEP_KIND_FORM},
	{sdk.StepRedirect, pb.StepKind_STEP_KIND_REDIRECT},
	{sdk.StepWait, pb.StepKind_STEP_KIND_WAIT},
	{sdk.StepAccounts, pb.StepKind_STEP_KIND_ACCOUNTS},
	{sdk.StepMessage, pb.StepKind_STEP_KIND_MESSAGE},
}

var fieldKinds = enum[sdk.FieldKind, pb.FieldKind]{
	{sdk.TextField, pb.FieldKind_FIELD_KIND_TEXT},
	{sdk.SecretField, pb.FieldKind_FIELD_KIND_SECRET},
	{sdk.OTPField, pb.FieldKind_FIELD_KIND_OTP},
	{sdk.ChoiceField, pb.FieldKind_FIELD_KIND_CHOICE},
	{sdk.BooleanField, pb.FieldKind_FIELD_KIND_BOOLEAN},
	{sdk.PhoneField, pb.FieldKind_FIELD_KIND_PHONE},
}

var accountKinds = enum[sdk.AccountKind, pb.AccountKind]{
	{sdk.Checking, pb.AccountKind_ACCOUNT_KIND_CHECKING},
	{sdk.Savings, pb.AccountKind_ACCOUNT_KIND_SAVINGS},
	{sdk.CreditCard, pb.AccountKind_ACCOUNT_KIND_CREDIT_CARD},
	{sdk.Loan, pb.AccountKind_ACCOUNT_KIND_LOAN},
	{sdk.Investment, pb.AccountKind_ACCOUNT_KIND_INVESTMENT},
	{sdk.OtherKind, pb.AccountKind_ACCOUNT_KIND_OTHER},
}

var balanceKinds = enum[sdk.BalanceKind, pb.BalanceKind]{
	{sdk.Opening, pb.BalanceKind_BALANCE_KIND_OPENING},
	{sdk.Closing, pb.BalanceKind_BALANCE_KIND_CLOSING},
	{sdk.Interim, pb.BalanceKind_BALANCE_KIND_INTERIM},
	{sdk.Available, pb.BalanceKind_BALANCE_KIND_AVAILABLE},
}

var directions = enum[sdk.Direction, pb.Direction]{
	{sdk.In, pb.Direction_DIRECTION_IN},
	{sdk.Out, pb.Direction_DIRECTION_OUT},
}

var findingKinds = enum[sdk.FindingKind, pb.FindingKind]{
	{sdk.FindingProof, pb.FindingKind_FINDING_KIND_PROOF},
	{sdk.FindingDoubt, pb.FindingKind_FINDING_KIND_DOUBT},
	{sdk.FindingChoice, pb.FindingKind_FINDING_KIND_CHOICE},
}

var statuses = enum[sdk.Status, pb.InstitutionStatus]{
	{sdk.Stable, pb.InstitutionStatus_INSTITUTION_STATUS_STABLE},
	{sdk.Beta, pb.InstitutionStatus_INSTITUTION_STATUS_BETA},
	{sdk.Disabled, pb.InstitutionStatus_INSTITUTION_STATUS_DISABLED},
}

var webhookKinds = enum[sdk.WebhookKind, pb.WebhookKind]{
	{sdk.WebhookUpdate, pb.WebhookKind_WEBHOOK_KIND_UPDATE},
	{sdk.WebhookConsent, pb.WebhookKind_WEBHOOK_KIND_CONSENT},
	{sdk.WebhookRevoked, pb.WebhookKind_WEBHOOK_KIND_REVOKED},
}

var errorKinds = enum[sdk.Kind, pb.ErrorKind]{
	{sdk.NeedsUser, pb.ErrorKind_ERROR_KIND_NEEDS_USER},
	{sdk.BadCredentials, pb.ErrorKind_ERROR_KIND_BAD_CREDENTIALS},
	{sdk.ConsentExpired, pb.ErrorKind_ERROR_KIND_CONSENT_EXPIRED},
	{sdk.RateLimited, pb.ErrorKind_ERROR_KIND_RATE_LIMITED},
	{sdk.BankUnavailable, pb.ErrorKind_ERROR_KIND_BANK_UNAVAILABLE},
	{sdk.NotSupported, pb.ErrorKind_ERROR_KIND_NOT_SUPPORTED},
	{sdk.AutoNotAllowed, pb.ErrorKind_ERROR_KIND_AUTO_NOT_ALLOWED},
	{sdk.BadRequest, pb.ErrorKind_ERROR_KIND_BAD_REQUEST},
	{sdk.Internal, pb.ErrorKind_ERROR_KIND_INTERNAL},
}
