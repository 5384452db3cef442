package orm

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Label is a label, help or option text of the models in a language, given by
// an Odoo code ("nl_NL") or a language tag; in English where no addon has it.
func (r *Registry) Label(lang, text string) string {
	base, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(lang), "_", "-"), "-")
	if own, ok := r.labels[base][text]; ok {
		return own
	}
	return text
}

// languages is the model of the languages that are installed.
const languages = "res.lang"

// checkLang refuses a call in a language that is not installed, with Odoo's words.
// The user's own is, and the kernel's own always.
func (e *Env) checkLang() error {
	lang := e.context.Lang()
	if lang == "en_US" || lang == e.user.Lang || e.db.reg.entities[languages] == nil {
		return nil
	}
	n := 0
	ask := func(env *Env) (err error) {
		n, err = env.Sudo().Count(languages, domain.Where("code", domain.Eq, lang), 1)
		return err
	}
	err := error(nil)
	if e.tx == nil {
		err = e.Within(TxRead, ask)
	} else {
		err = ask(e)
	}
	if err == nil && n == 0 {
		err = fault.New(fault.User, "Invalid language code: %s", lang)
	}
	return err
}

// label is Label in the language of the call.
func (e *Env) label(text string) string { return e.db.reg.Label(e.context.Lang(), text) }

// translate puts labels into the language of the call.
func (e *Env) translate(texts []string) {
	for i, text := range texts {
		texts[i] = e.label(text)
	}
}

// addLabels joins what a part says in other languages. Where two say the same
// text, the earlier one's counts: an addon speaks as those it depends on.
func (r *Registry) addLabels(part Part) error {
	for lang, text := range part.Labels {
		var own map[string]string
		if err := json.Unmarshal(text, &own); err != nil {
			return fmt.Errorf("%s: labels in %s: %w", part.Name, lang, err)
		}
		if r.labels[lang] == nil {
			r.labels[lang] = map[string]string{}
		}
		for english, translated := range own {
			if _, known := r.labels[lang][english]; !known {
				r.labels[lang][english] = translated
			}
		}
	}
	return nil
}

// Texts are the texts of a model that people read, in English: its label, those
// of its fields and options, and their help. Each comes once.
func Texts(m *schema.Model) []string {
	seen := map[string]bool{}
	var list []string
	add := func(text string) {
		if text != "" && !seen[text] {
			seen[text] = true
			list = append(list, text)
		}
	}
	add(m.Label)
	for _, f := range m.Fields {
		if f.Hidden {
			continue
		}
		add(f.Label)
		add(f.HelpText)
		for _, o := range f.Options {
			add(o.Label)
		}
	}
	return list
}
