package record

import (
	"encoding/json"
	"regexp"
	"slices"

	"github.com/girosync/girosync/plugins/sdk"
)

// Terms are what a user has to prepare, and to declare, before a connection is made.
type Terms struct {
	Checklist    []sdk.Words
	Declarations []sdk.Declaration
}

// What terms may hold; texts are in runes, and cut.
const (
	mostTerms, mostTermText, mostTermLine = 30, 20_000, 500
)

var idOfTerm = regexp.MustCompile(`[^A-Za-z0-9_.-]`)

// Text is the terms as they are kept, "" for none. Equal terms have equal texts.
func (t Terms) Text() string {
	var kept Terms
	for _, words := range t.Checklist {
		if words = visible(words, mostTermLine); words["en"] != "" && len(kept.Checklist) < mostTerms {
			kept.Checklist = append(kept.Checklist, words)
		}
	}
	for _, d := range t.Declarations {
		d.ID, d.Version = idOfTerm.ReplaceAllString(OneLine(d.ID, 100), "_"), OneLine(d.Version, 100)
		d.Title, d.Text = visible(d.Title, mostTermLine), visible(d.Text, mostTermText)
		same := func(other sdk.Declaration) bool { return other.ID == d.ID }
		if d.ID != "" && d.Text["en"] != "" && len(kept.Declarations) < mostTerms && !slices.ContainsFunc(kept.Declarations, same) {
			kept.Declarations = append(kept.Declarations, d)
		}
	}
	if len(kept.Checklist)+len(kept.Declarations) == 0 {
		return ""
	}
	text, err := json.Marshal(kept)
	if err != nil {
		return ""
	}
	return string(text)
}

// visible is a provider's words as they may be shown; nil for none.
func visible(words sdk.Words, most int) sdk.Words {
	out := sdk.Words{}
	for code, text := range words {
		if text = Visible(text, most); len(code) == 2 && text != "" {
			out[code] = text
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// TermsOf reads terms that were kept, of a provider and of its institution. Of two
// declarations of one id the last counts.
func TermsOf(texts ...string) Terms {
	var all Terms
	for _, text := range texts {
		var t Terms
		if text == "" || json.Unmarshal([]byte(text), &t) != nil {
			continue
		}
		all.Checklist = append(all.Checklist, t.Checklist...)
		for _, d := range t.Declarations {
			all.Declarations = slices.DeleteFunc(all.Declarations, func(other sdk.Declaration) bool { return other.ID == d.ID })
			all.Declarations = append(all.Declarations, d)
		}
	}
	return all
}

// Shown is the terms in a user's language, as clients read them.
func (t Terms) Shown(lang string) (checklist, declarations []any) {
	checklist, declarations = []any{}, []any{}
	for _, words := range t.Checklist {
		checklist = append(checklist, words.In(lang))
	}
	for _, d := range t.Declarations {
		declarations = append(declarations, map[string]any{"id": d.ID, "version": d.Version, "title": d.Title.In(lang),
			"text": d.Text.In(lang), "required": d.Required})
	}
	return checklist, declarations
}

// WordsText is a text in several languages as it is kept, "" for none; WordsOf reads it.
func WordsText(words sdk.Words) string {
	words = visible(words, mostTermText)
	if words == nil {
		return ""
	}
	text, err := json.Marshal(words)
	if err != nil {
		return ""
	}
	return string(text)
}

// WordsOf is what WordsText kept, in a user's language; "" for none.
func WordsOf(text, lang string) string {
	var words sdk.Words
	if text == "" || json.Unmarshal([]byte(text), &words) != nil {
		return ""
	}
	return words.In(lang)
}
