package record

import (
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/plugins/sdk"
)

// SayIn is a sentence of the catalogue in a language.
func SayIn(lang, id string, args fault.Args) string {
	return fault.Localize(&fault.Error{Kind: fault.User, ID: id, Message: id, Args: args}, lang)
}

// Say is a sentence of the catalogue in the user's language.
func Say(env *orm.Env, id string, args fault.Args) string {
	return fault.Localize(fault.Say(fault.User, id, args), env.Context().Lang())
}

// SayingOf is what a transaction says: its text, else the other party's name.
func SayingOf(text, partner string) string {
	if text != "" {
		return text
	}
	return partner
}

// WhyNone says why a bank's connection has no accounts, and what to do. holder is whose
// accounts were asked for, "" for anybody's.
func WhyNone(lang string, reason sdk.NoAccounts, institution, holder string) string {
	args := fault.Args{"institution": institution}
	switch {
	case reason == sdk.NotCovered:
		return SayIn(lang, "sync.none_covered", args)
	case reason == sdk.NotOfKind && holder != "":
		args["kind"] = SayIn(lang, "sync.holder_"+holder, nil)
		return SayIn(lang, "sync.none_of_kind", args)
	}
	return SayIn(lang, "sync.none_told", args)
}

// NoneReason is a reason as it is kept.
func NoneReason(reason sdk.NoAccounts) string {
	if reason == sdk.NotCovered || reason == sdk.NotOfKind {
		return string(reason)
	}
	return "unknown"
}
