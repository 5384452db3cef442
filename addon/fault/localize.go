package fault

import (
	"embed"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// The catalogue: one file per language, one entry per message id.
//
//go:embed locale/*.toml
var locales embed.FS

// localizers holds one reader of the catalogue per language; it is made at
// first use and never changes afterwards.
var localizers = sync.OnceValues(func() (map[string]*i18n.Localizer, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	readers := map[string]*i18n.Localizer{}
	for _, lang := range Languages() {
		if _, err := bundle.LoadMessageFileFS(locales, "locale/"+lang+".toml"); err != nil {
			return nil, err
		}
		readers[lang] = i18n.NewLocalizer(bundle, lang)
	}
	return readers, nil
})

// Languages lists the languages of the catalogue.
func Languages() []string { return []string{"en", "nl"} }

// Localize is the text that a user may see, in lang: an Odoo code ("nl_NL") or
// a language tag ("nl-BE"). Languages, ids and messages that the catalogue
// lacks come in English. An Internal fault, and an error that is no fault, give
// a generic text, with the reference if there is one; nil gives "".
func Localize(err error, lang string) string {
	if err == nil {
		return ""
	}
	reference := ReferenceOf(err)
	e, ok := As(err)
	switch {
	case KindOf(err) == Internal && reference != "":
		return translate(lang, "fault.internal.reference", Args{"reference": reference}, "Internal error "+reference)
	case KindOf(err) == Internal:
		return translate(lang, "fault.internal", nil, "Internal error")
	case !ok:
		return translate(lang, "fault.unavailable", nil, "Unavailable")
	case e.ID == "":
		return e.Message
	}
	return translate(lang, e.ID, e.Args, e.Message)
}

// translate returns the message id in lang, in English if lang lacks it, else
// otherwise.
func translate(lang, id string, args Args, otherwise string) string {
	readers, err := localizers()
	if err != nil {
		return otherwise
	}
	base, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(lang), "_", "-"), "-")
	reader, ok := readers[base]
	if !ok {
		reader = readers["en"]
	}
	// The reader's error only says that it gave the English text, or none.
	text, _ := reader.Localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: map[string]any(args)})
	if text == "" || strings.Contains(text, "<no value>") {
		return otherwise
	}
	return text
}
