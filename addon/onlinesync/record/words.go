package record

import (
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
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
