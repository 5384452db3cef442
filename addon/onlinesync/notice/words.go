package notice

import (
	"strings"
	"unicode"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/record"
)

// words are a notice in one language.
type words struct{ Subject, What, Who, Next string }

// words says a notice in a language. Names come from banks and users: each is one
// line.
func (it *item) words(lang string) words {
	args := fault.Args{"reference": it.reference}
	for name, v := range it.args {
		if text, ok := v.(string); ok {
			v = plain(text)
		}
		args[name] = v
	}
	args["connection"], args["company"] = plain(it.connection), plain(it.companyIs)
	said := func(part string) string { return record.SayIn(lang, "notice."+string(it.story)+"."+part, args) }
	w := words{Subject: said("subject"), What: said("what"), Next: said("next"),
		Who: record.SayIn(lang, "notice.who."+string(it.acts), args)}
	if detail, _ := args["detail"].(string); detail != "" {
		w.What += " — " + detail
	}
	return w
}

// labels are the fixed words of an e-mail in a language.
func labels(lang string) map[string]string {
	found := map[string]string{}
	for _, name := range []string{"connection", "company", "what", "who", "next", "reference", "open", "at"} {
		found[name] = record.SayIn(lang, "notice.mail."+name, nil)
	}
	return found
}

// longestLine is how much of a stranger's text is told.
const longestLine = 300

// plain makes one line of a stranger's text.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > longestLine {
		return string(runes[:longestLine]) + "…"
	}
	return s
}
