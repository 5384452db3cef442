package step

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/plugins/sdk"
)

// What an answer may hold, in bytes and in values.
const (
	MostAnswer = 16 << 10
	mostValues = 100
)

// fieldNone says in an answer that no account is to be brought in yet: an answer
// that merely names none is asked again (S61, S62).
const fieldNone = "none"

var phone = regexp.MustCompile(`^\+[0-9][0-9 ().-]{6,20}$`)

// IsPhone reports whether a text is a telephone number with its country code.
func IsPhone(text string) bool { return phone.MatchString(text) }

// Answer is what a user answered to a step.
type Answer struct {
	// Texts are the values by field, as a provider takes them; of accounts, their
	// ids under "accounts", joined by commas.
	Texts map[string]string
	// None: no account is to feed a journal yet.
	None bool
}

// Read checks values against a step and turns them into text; what is typed is
// remembered. On an error it names the field at fault.
func Read(s *sdk.Step, values map[string]any, typed *Typed) (answer Answer, field string, err error) {
	answer.Texts = map[string]string{}
	if s == nil {
		return answer, "", nil
	}
	switch s.Kind {
	case sdk.StepRedirect:
		field, err = answer.readQuery(values, typed)
		return answer, field, err
	case sdk.StepAccounts:
		if err := answer.readAccounts(s.Accounts, values); err != nil {
			return answer, "accounts", err
		}
	}
	for _, f := range s.Fields {
		text, err := textOf(f, values[f.Name])
		if err == nil {
			err = check(f, text)
		}
		if f.Kind == sdk.TextField || f.Kind == sdk.SecretField || f.Kind == sdk.OTPField {
			typed.Remember(text)
		}
		if err != nil {
			return answer, f.Name, err
		}
		if text != "" {
			answer.Texts[f.Name] = text
		}
	}
	return answer, "", nil
}

// readQuery takes what a bank sent a user back with.
func (a *Answer) readQuery(values map[string]any, typed *Typed) (string, error) {
	if len(values) > mostValues {
		return "", fault.Say(fault.User, "sync.too_long", fault.Args{"field": "…"})
	}
	for name, v := range values {
		text, ok := scalar(v)
		if !ok || name == "journals" {
			continue
		}
		if len(text) > MostAnswer || len(name) > mostName {
			name = record.Visible(name, mostName)
			return name, fault.Say(fault.User, "sync.too_long", fault.Args{"field": name})
		}
		a.Texts[name] = text
		if !strings.HasPrefix(name, "error") { // what the bank says in place of a code is no secret
			typed.Remember(text)
		}
	}
	return "", nil
}

func (a *Answer) readAccounts(offered []sdk.Account, values map[string]any) error {
	chosen, ok := accountList(values["accounts"])
	refused := fault.Say(fault.User, "sync.invalid_choice", fault.Args{"field": "accounts"})
	if !ok || len(chosen) > mostAccounts {
		return refused
	}
	for _, id := range chosen {
		if !slices.ContainsFunc(offered, func(a sdk.Account) bool { return a.ID == id }) {
			return refused
		}
	}
	if none, _ := scalar(values[fieldNone]); none == "true" {
		a.None, chosen = true, nil
		for i := range offered {
			chosen = append(chosen, offered[i].ID)
		}
	}
	if len(chosen) == 0 && len(offered) > 0 {
		return fault.Say(fault.User, "sync.no_account_chosen", nil)
	}
	a.Texts["accounts"] = strings.Join(chosen, ",")
	return nil
}

// textOf reads the value of a field; false is how Odoo's clients say that a text is
// empty.
func textOf(f sdk.Field, v any) (string, error) {
	text, ok := scalar(v)
	if f.Kind != sdk.BooleanField && v == false {
		text = ""
	}
	switch {
	case !ok && v != nil, f.Kind == sdk.BooleanField && text != "" && text != "true" && text != "false":
		return "", fault.Say(fault.User, "sync.wrong_type", fault.Args{"field": nameOf(f)})
	case len(text) > MostAnswer:
		return "", fault.Say(fault.User, "sync.too_long", fault.Args{"field": nameOf(f)})
	}
	return text, nil
}

func check(f sdk.Field, text string) error {
	switch {
	case f.Required && (text == "" || f.Kind == sdk.BooleanField && text != "true"):
		return fault.Say(fault.User, "sync.required", fault.Args{"field": nameOf(f)})
	case text == "":
		return nil
	case f.Kind == sdk.ChoiceField && !slices.ContainsFunc(f.Choices, func(c sdk.Choice) bool { return c.Value == text }):
		return fault.Say(fault.User, "sync.invalid_choice", fault.Args{"field": nameOf(f)})
	case f.Kind == sdk.PhoneField && !IsPhone(text):
		return fault.Say(fault.User, "sync.invalid_phone", nil)
	}
	return nil
}

// nameOf is what a user knows a field by.
func nameOf(f sdk.Field) string {
	if f.Label != "" {
		return f.Label
	}
	return f.Name
}

// accountList reads chosen accounts: a list, or text separated by commas.
func accountList(v any) (ids []string, ok bool) {
	switch v := v.(type) {
	case nil, bool:
		return nil, true
	case []any:
		for _, x := range v {
			text, ok := scalar(x)
			if !ok {
				return nil, false
			}
			if text != "" {
				ids = append(ids, text)
			}
		}
		return ids, true
	case string:
		if v == "" {
			return nil, true
		}
		return strings.Split(v, ","), true
	}
	return nil, false
}

func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case json.Number:
		return v.String(), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case int:
		return strconv.Itoa(v), true
	}
	return "", false
}
