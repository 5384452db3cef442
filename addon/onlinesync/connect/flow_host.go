package connect

import (
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/declare"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/step"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// requirePhone is the parameter that makes the first connection of a company
// ask for a phone number (S15): "1" to ask.
const requirePhone = "onlinesync.require_phone"

// The fields of what the host itself asks before the provider does, one step after
// the other. A declaration's is declarationField and its id.
const (
	fieldBeta        = "acknowledge_beta"
	fieldPhone       = "phone"
	fieldHolder      = "account_kind"
	declarationField = "declaration_"
)

func checkPhone(env *orm.Env, f *liveFlow) error {
	wanted, err := base.Param(env, requirePhone, "")
	if err != nil {
		return err
	}
	rows, err := env.Sudo().Read("res.company", []int64{f.company}, "online_phone")
	if err != nil || rows.Len() == 0 {
		return err
	}
	kept := rows.At(0).Str("online_phone")
	if f.phone == "" {
		f.phone = kept
	}
	f.phoneKnown = wanted != "1" || f.phone != "" || f.link != 0
	if f.phone != "" && !step.IsPhone(f.phone) {
		return fault.Say(fault.User, "sync.invalid_phone", nil)
	}
	if f.phone != "" && f.phone != kept {
		return env.Sudo().Write("res.company", []int64{f.company}, orm.Values{"online_phone": f.phone})
	}
	return nil
}

// checkHolder refuses accounts that the institution does not connect. Of one kind that
// is taken; where there are several, the user is asked (D03).
func checkHolder(env *orm.Env, f *liveFlow) error {
	if f.link != 0 { // of the kind that it is
		f.holderKnown = true
		return nil
	}
	known := slices.ContainsFunc(record.Holders, func(o schema.Option) bool { return o.Value == f.accountKind })
	switch {
	case f.accountKind != "" && (!known || len(f.holders) > 0 && !slices.Contains(f.holders, f.accountKind)):
		allowed := f.holders
		if len(allowed) == 0 {
			allowed = []string{string(sdk.Personal), string(sdk.Business)}
		}
		return fault.Say(fault.User, "sync.account_kind", fault.Args{"institution": f.institution.name,
			"allowed": strings.Join(holderWords(allowed, env.Context().Lang()), ", ")})
	case f.accountKind == "" && len(f.holders) == 1:
		f.accountKind = f.holders[0]
	}
	f.holderKnown = f.accountKind != "" || len(f.holders) < 2
	return nil
}

func holderWords(holders []string, lang string) []string {
	words := make([]string, 0, len(holders))
	for _, holder := range holders {
		words = append(words, record.SayIn(lang, "sync.holder_"+holder, nil))
	}
	return words
}

// checkTerms finds out what the user has to prepare and to declare. A renewal asks what
// has another version now, and a code alone nothing (D12).
func checkTerms(env *orm.Env, f *liveFlow) (err error) {
	if f.kind == sdk.FlowMFA {
		f.terms = record.Terms{}
	}
	if f.link != 0 {
		f.terms.Checklist = nil
	}
	f.terms.Declarations, err = declare.Outstanding(env.Sudo(), f.link, f.terms.Declarations)
	f.termsKnown = len(f.terms.Checklist)+len(f.terms.Declarations) == 0
	return err
}

// hostStep is what the host asks before the provider does; nil when nothing.
func (f *liveFlow) hostStep(lang string) *sdk.Step {
	bank := f.institution.name
	form := func(words string, fields ...sdk.Field) *sdk.Step {
		return &sdk.Step{Kind: sdk.StepForm, Title: bank, Text: record.SayIn(lang, words, fault.Args{"institution": bank}), Fields: fields}
	}
	switch {
	case !f.betaKnown:
		return form("sync.institution_beta", sdk.Field{Name: fieldBeta, Label: "OK", Kind: sdk.BooleanField, Required: true})
	case !f.phoneKnown:
		return form("sync.phone_asked", sdk.Field{Name: fieldPhone, Label: "Phone", Kind: sdk.PhoneField, Required: true})
	case !f.holderKnown:
		kinds := sdk.Field{Name: fieldHolder, Label: record.SayIn(lang, "sync.account_kind_label", nil), Kind: sdk.ChoiceField,
			Required: true}
		for i, words := range holderWords(f.holders, lang) {
			kinds.Choices = append(kinds.Choices, sdk.Choice{Value: f.holders[i], Label: words})
		}
		return form("sync.account_kind_asked", kinds)
	case !f.termsKnown:
		return f.termsStep(lang)
	}
	return nil
}

// termsStep shows what must be prepared, and asks for the declarations.
func (f *liveFlow) termsStep(lang string) *sdk.Step {
	var parts []string
	if len(f.terms.Checklist) > 0 {
		parts = append(parts, record.SayIn(lang, "sync.checklist", fault.Args{"institution": f.institution.name}))
		for _, words := range f.terms.Checklist {
			parts = append(parts, "• "+words.In(lang))
		}
	}
	asked := &sdk.Step{Kind: sdk.StepMessage, Title: f.institution.name}
	if len(f.terms.Declarations) > 0 {
		parts = append(parts, record.SayIn(lang, "sync.declarations", nil))
		asked.Kind = sdk.StepForm
	}
	asked.Text = strings.Join(parts, "\n")
	for _, d := range f.terms.Declarations {
		label := d.Title.In(lang)
		if label == "" {
			label = record.SayIn(lang, "sync.declaration_label", nil)
		}
		asked.Fields = append(asked.Fields, sdk.Field{Name: declarationField + d.ID, Label: label, Help: d.Text.In(lang),
			Kind: sdk.BooleanField, Required: d.Required})
	}
	return asked
}

// hostAnswered takes the answer to a step that the host asked.
func (c *Connections) hostAnswered(env *orm.Env, key flowKey, f *liveFlow, texts map[string]string) (any, error) {
	switch {
	case !f.betaKnown:
		f.betaKnown = texts[fieldBeta] == "true"
		f.betaAgreed = f.betaKnown
	case !f.phoneKnown:
		f.phone, f.phoneKnown = texts[fieldPhone], texts[fieldPhone] != ""
		err := env.Within(orm.TxWrite, func(env *orm.Env) error {
			return env.Sudo().Write("res.company", []int64{f.company}, orm.Values{"online_phone": f.phone})
		})
		if err != nil {
			return nil, err
		}
	case !f.holderKnown:
		f.accountKind, f.holderKnown = texts[fieldHolder], true
	case !f.termsKnown:
		f.termsKnown = true
		for _, d := range f.terms.Declarations {
			f.declared = append(f.declared, declare.Answer{Declaration: d, Language: env.Context().Lang(),
				Accepted: texts[declarationField+d.ID] == "true", User: env.UID(), At: env.Now()})
		}
	}
	return c.advance(env, key, f, nil)
}
