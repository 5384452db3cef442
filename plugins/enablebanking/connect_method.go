package enablebanking

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
)

// Fields of the forms before the bank's page.
const (
	fieldType   = "psu_type"
	fieldMethod = "auth_method"
	// fieldCredential begins the names of the method's own fields.
	fieldCredential = "credential_"
)

// The types of users.
const (
	personal = "personal"
	business = "business"
)

// typeOf is a host's kind of user; "" where it leaves that open.
func typeOf(accountKind string) string {
	if accountKind == personal || accountKind == business {
		return accountKind
	}
	return ""
}

// next asks what is still to be settled before the user goes to the bank.
func (f flow) next(ctx context.Context, s *session, back string) (sdk.ConnectAnswer, error) {
	language := s.call.Language
	if len(f.Bank.PSUTypes) == 1 {
		f.Type = f.Bank.PSUTypes[0]
	} else if !slices.Contains(f.Bank.PSUTypes, f.Type) {
		f.Type = ""
	}
	if f.Type == "" && len(f.Bank.PSUTypes) > 1 {
		f.Stage = atType
		field := sdk.Field{Name: fieldType, Label: say(language, textType), Kind: sdk.ChoiceField, Required: true}
		for _, name := range f.Bank.PSUTypes {
			field.Choices = append(field.Choices, sdk.Choice{Value: name, Label: say(language, typeLabel(name))})
		}
		field.Default = field.Choices[0].Value
		return f.ask(sdk.Step{Kind: sdk.StepForm, Title: f.Bank.Name, Text: say(language, textTypeAsked), Fields: []sdk.Field{field}})
	}
	if methods := f.methods(); !f.Chosen && len(methods) > 1 {
		f.Stage = atMethod
		field := sdk.Field{Name: fieldMethod, Label: say(language, textMethod), Kind: sdk.ChoiceField, Required: true,
			Default: methods[0].Name}
		for _, m := range methods {
			field.Choices = append(field.Choices, sdk.Choice{Value: m.Name, Label: or(tidy(m.Title), m.Name)})
			if m.Name == f.Old.Method {
				field.Default = m.Name
			}
		}
		return f.ask(sdk.Step{Kind: sdk.StepForm, Title: f.Bank.Name, Text: say(language, textMethodAsked), Fields: []sdk.Field{field}})
	} else if !f.Chosen && len(methods) == 1 {
		f.Method, f.Chosen = methods[0], true
	}
	if f.Method.Name != "" && len(f.Method.Credentials) > 0 {
		f.Stage = atCredentials
		return f.ask(sdk.Step{Kind: sdk.StepForm, Title: f.Bank.Name, Text: say(language, textCredentials), Fields: f.Method.fields()})
	}
	return f.redirect(ctx, s, back, nil)
}

func typeLabel(name string) text {
	if name == business {
		return textBusiness
	}
	return textPersonal
}

// methods are those that a user of the flow's type may choose from. Of several,
// one without a name cannot be asked for.
func (f flow) methods() []method {
	list := []method{}
	for _, m := range f.Bank.Methods {
		if !m.Hidden && (f.Type == "" || m.PSUType == f.Type) {
			list = append(list, m)
		}
	}
	if len(list) > 1 {
		list = slices.DeleteFunc(list, func(m method) bool { return m.Name == "" })
	}
	return list
}

// secretive tells credentials apart that are not to be read over a shoulder.
var secretive = regexp.MustCompile(`(?i)pass|pin\b|pin$|secret|code`)

// fields are the inputs for a method's credentials.
func (m method) fields() []sdk.Field {
	list := make([]sdk.Field, 0, len(m.Credentials))
	for _, c := range m.Credentials {
		field := sdk.Field{Name: fieldCredential + c.Name, Label: or(tidy(c.Title), c.Name), Kind: sdk.TextField, Required: c.Required,
			Help: tidy(c.Description)}
		if secretive.MatchString(c.Name) {
			field.Kind = sdk.SecretField
		}
		list = append(list, field)
	}
	return list
}

// filledIn reads the credentials that were typed, and holds them against the
// bank's templates. A template that Go does not understand is the bank's affair.
func (m method) filledIn(language string, values map[string]string) (map[string]string, error) {
	typed := map[string]string{}
	for _, c := range m.Credentials {
		name := fieldCredential + c.Name
		value := strings.TrimSpace(values[name])
		if value == "" {
			if c.Required {
				return nil, sdk.FieldErrorf(name, "%s", say(language, textFillIn))
			}
			continue
		}
		if template, err := regexp.Compile(c.Template); err == nil && !template.MatchString(value) {
			return nil, sdk.FieldErrorf(name, "%s", say(language, textNotLike))
		}
		typed[c.Name] = value
	}
	return typed, nil
}
