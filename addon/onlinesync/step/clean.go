package step

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/plugins/sdk"
)

// What a step may hold. Texts, in runes, are cut; what has more of the rest is
// refused, for nobody could fill it in.
const (
	mostTitle, mostText, mostLabel, mostHelp = 200, 8000, 300, 2000
	mostFields, mostChoices, mostAccounts    = 50, 1000, 2000
	mostName, mostURL                        = 100, 8192 // bytes
	// MostState is how large the state of a flow may be, in bytes: it lies in memory.
	MostState = 1 << 20
)

// How often a front end is told to ask while a step waits.
const (
	soonest, latest = time.Second, time.Minute
	usually         = 3 * time.Second
)

// Clean makes a provider's step fit to be shown: texts without what could hide or
// turn round other text, and no longer than a screen takes. What cannot be shown at
// all is an error of kind Internal, which says what is wrong with it.
func Clean(s *sdk.Step) error {
	s.Title, s.Text = record.OneLine(s.Title, mostTitle), record.Visible(s.Text, mostText)
	switch s.Kind {
	case sdk.StepForm, sdk.StepMessage:
	case sdk.StepAccounts:
		return cleanAccounts(s.Accounts)
	case sdk.StepRedirect:
		if len(s.URL) > mostURL || !isSafe(s.URL) {
			return unfit("it leads to an address that nobody is led to")
		}
	case sdk.StepWait:
		if s.PollAfter == 0 {
			s.PollAfter = usually
		}
		s.PollAfter = min(max(s.PollAfter, soonest), latest)
	default:
		return unfit("its kind is unknown")
	}
	return cleanFields(s.Fields)
}

// isSafe reports whether a user may be led to an address: one of the web, whose host
// is what it seems to be.
func isSafe(text string) bool {
	u, err := url.Parse(record.WebURL(text))
	ascii := func(r rune) bool { return r > ' ' && r < unicode.MaxASCII }
	return err == nil && u.Hostname() != "" && u.User == nil && strings.IndexFunc(u.Host, func(r rune) bool { return !ascii(r) }) < 0
}

func cleanFields(fields []sdk.Field) error {
	if len(fields) > mostFields {
		return unfit("it has too many fields")
	}
	seen := map[string]bool{}
	for i := range fields {
		f := &fields[i]
		switch {
		case f.Name == "" || len(f.Name) > mostName || f.Name != record.OneLine(f.Name, mostName):
			return unfit("a field's name cannot be used")
		case seen[f.Name]:
			return unfit("two fields have one name")
		case len(f.Choices) > mostChoices:
			return unfit("a field has too many choices")
		}
		seen[f.Name] = true
		f.Label, f.Help = record.OneLine(f.Label, mostLabel), record.Visible(f.Help, mostHelp)
		if len(f.Default) > MostAnswer {
			f.Default = ""
		}
		switch f.Kind {
		case sdk.ChoiceField:
			if !cleanChoices(f) {
				return unfit("a choice cannot be made")
			}
		case sdk.TextField, sdk.SecretField, sdk.OTPField, sdk.BooleanField, sdk.PhoneField:
		default:
			return unfit("a field's kind is unknown")
		}
	}
	return nil
}

// cleanChoices reports whether there is something to choose.
func cleanChoices(f *sdk.Field) bool {
	for i := range f.Choices {
		if len(f.Choices[i].Value) > mostText {
			return false
		}
		f.Choices[i].Label = record.OneLine(f.Choices[i].Label, mostLabel)
	}
	if !slices.ContainsFunc(f.Choices, func(c sdk.Choice) bool { return c.Value == f.Default }) {
		f.Default = ""
	}
	return len(f.Choices) > 0
}

func cleanAccounts(list []sdk.Account) error {
	if len(list) > mostAccounts {
		return unfit("it offers too many accounts")
	}
	seen := map[string]bool{}
	for i := range list {
		a := &list[i]
		if a.ID == "" || seen[a.ID] {
			return unfit("two accounts have one id, or one has none")
		}
		seen[a.ID] = true
		a.Name, a.Owner = record.OneLine(a.Name, mostTitle), record.OneLine(a.Owner, mostTitle)
		a.Number = record.OneLine(a.Number, mostName)
	}
	return nil
}

func unfit(why string) error {
	return sdk.Errorf(sdk.Internal, "the provider asks something that cannot be shown: %s", why)
}
