package step

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

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
	s.Title, s.Text = line(s.Title, mostTitle), plain(s.Text, mostText)
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
		case f.Name == "" || len(f.Name) > mostName || f.Name != line(f.Name, mostName):
			return unfit("a field's name cannot be used")
		case seen[f.Name]:
			return unfit("two fields have one name")
		case len(f.Choices) > mostChoices:
			return unfit("a field has too many choices")
		}
		seen[f.Name] = true
		f.Label, f.Help = line(f.Label, mostLabel), plain(f.Help, mostHelp)
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
		f.Choices[i].Label = line(f.Choices[i].Label, mostLabel)
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
		a.Name, a.Number, a.Owner = line(a.Name, mostTitle), line(a.Number, mostName), line(a.Owner, mostTitle)
	}
	return nil
}

func unfit(why string) error {
	return sdk.Errorf(sdk.Internal, "the provider asks something that cannot be shown: %s", why)
}

// line is plain in one line.
func line(text string, most int) string { return strings.Join(strings.Fields(plain(text, most)), " ") }

// plain is a text without what is not seen: control characters but for new lines and
// tabs, and what turns the order of other text round. It is cut after so many runes.
func plain(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\ufeff':
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}
