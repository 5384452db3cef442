package notice

import (
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Kind is what a notice is about.
type Kind string

// The kinds of notices.
const (
	ConsentEnds  Kind = "consent_ends"
	ConsentEnded Kind = "consent_ended"
	Confirm      Kind = "mfa"
	Credentials  Kind = "credentials"
	NotAutomatic Kind = "auto_sync_not_allowed"
	Unavailable  Kind = "bank_unavailable" // for long
	Disconnected Kind = "disconnected"
	Accounts     Kind = "accounts" // new or closed ones
	Recovered    Kind = "recovered"
	Internal     Kind = "internal" // neither the user nor the bank can put it right
)

// actor is who has to act.
type actor string

const (
	keeper   actor = "keeper"   // who may change connections
	operator actor = "operator" // who runs the server
	nobody   actor = "nobody"
)

// about is what a kind means.
type about struct {
	Kind
	label  string // English; translated by the addon's labels
	acts   actor
	urgent bool // no transactions come in until somebody acts
}

// kinds is the list of all kinds, in the order in which people choose among them.
var kinds = []about{
	{ConsentEnds, "Consent Ends Soon", keeper, false},
	{ConsentEnded, "Consent Ended", keeper, true},
	{Confirm, "The Bank Wants a Code", keeper, true},
	{Credentials, "Credentials Refused", keeper, true},
	{NotAutomatic, "Automatic Fetching Not Allowed", keeper, false},
	{Unavailable, "Bank Unavailable for Long", nobody, false},
	{Disconnected, "Connection Ended", keeper, false},
	{Accounts, "New or Closed Accounts", keeper, false},
	{Recovered, "Working Again", nobody, false},
	{Internal, "Trouble of the Server or Provider", operator, false},
}

// aboutOf finds what a kind means.
func aboutOf(k Kind) about {
	for _, a := range kinds {
		if a.Kind == k {
			return a
		}
	}
	return about{Kind: k, label: string(k), acts: nobody}
}

// options are the kinds as values of a field.
func options() []schema.Option {
	list := make([]schema.Option, len(kinds))
	for i, a := range kinds {
		list[i] = schema.Option{Value: string(a.Kind), Label: a.label}
	}
	return list
}

// ofAttention are the kinds that tell of a connection's attention; the others ask
// for none, or for none yet.
var ofAttention = map[string]Kind{
	record.AttentionConsentExpired:  ConsentEnded,
	record.AttentionMFA:             Confirm,
	record.AttentionCredentials:     Credentials,
	record.AttentionAutoNotAllowed:  NotAutomatic,
	record.AttentionBankUnavailable: Unavailable,
	record.AttentionInternal:        Internal,
}

// Story is which sentences a notice has, where its kind has several.
type Story string

// Stories. A kind that is not named here has one, of its own name.
const (
	EndsOn          Story = "consent_ends"
	EndsToday       Story = "consent_ends_today"
	Deleted         Story = "disconnected_deleted"
	Replaced        Story = "disconnected_replaced"
	AccountsOpened  Story = "accounts_opened"
	AccountsGone    Story = "accounts_gone"
	AccountsDropped Story = "accounts_dropped"
)
