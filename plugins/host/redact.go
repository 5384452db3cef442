package host

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/girosync/girosync/plugins/sdk"
)

// Blot stands in logs and errors where a secret was.
const Blot = "•••"

const (
	// minSecret is the shortest text that is blotted out, minPart the shortest
	// one inside a JSON secret: shorter ones would tear harmless words apart.
	minSecret = 4
	minPart   = 8
	// maxSecrets bounds what one process's redactor remembers.
	maxSecrets = 4096
)

// redactor blots out of text what a plugin was given in confidence. It
// remembers until the process ends, since log lines may come late.
type redactor struct {
	mu       sync.Mutex
	known    map[string]bool // whether it is a secret, and not just private
	order    []string        // oldest first
	fieldsOf map[string]sdk.FieldKind
	replacer *strings.Replacer
	onBlot   func() // told of each text in which a secret was blotted out; may be nil
}

// fields learns what the fields of a form hold. A field that nobody declared
// is taken for a secret one.
func (r *redactor) fields(fields []sdk.Field) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fieldsOf == nil {
		r.fieldsOf = map[string]sdk.FieldKind{}
	}
	for _, f := range fields {
		r.fieldsOf[f.Name] = f.Kind
	}
}

// call remembers what a call brings. Settings that the description declares
// as plain text, choice or boolean are no secrets.
func (r *redactor) call(c sdk.Call, settings []sdk.Field) {
	for key, value := range c.Config {
		if !slices.ContainsFunc(settings, func(f sdk.Field) bool {
			return f.Name == key && f.Kind != sdk.SecretField && f.Kind != sdk.OTPField
		}) {
			r.add(value)
		}
	}
	r.secret(c.Secret)
}

// environment remembers the passwords in addresses that a process is given,
// such as a proxy's.
func (r *redactor) environment(env []string) {
	for _, entry := range env {
		_, value, _ := strings.Cut(entry, "=")
		u, err := url.Parse(value)
		if err != nil || u.User == nil {
			continue
		}
		if password, ok := u.User.Password(); ok {
			r.add(password)
			r.add(strings.TrimPrefix(u.User.String(), url.User(u.User.Username()).String()+":"))
		}
	}
}

// typed remembers what a user typed. Choices need no blotting; names and numbers
// are private, but no secrets.
func (r *redactor) typed(values map[string]string) {
	for name, value := range values {
		r.mu.Lock()
		kind := r.fieldsOf[name]
		r.mu.Unlock()
		switch kind {
		case sdk.ChoiceField, sdk.BooleanField:
		case sdk.TextField, sdk.PhoneField:
			r.remember(value, false)
		default:
			r.add(value)
		}
	}
}

// answer remembers what a step of a flow brought.
func (r *redactor) answer(a sdk.ConnectAnswer) {
	if len(a.FlowState) >= minPart { // a shorter one is a word, such as "asked"
		r.secret(a.FlowState)
	}
	if a.Step != nil {
		r.fields(a.Step.Fields)
	}
	if a.Done != nil {
		r.secret(a.Done.Secret)
	}
}

// secret remembers an opaque value: all of it and, when it is JSON, each text in it,
// of which those are secrets whose names say so.
func (r *redactor) secret(secret []byte) {
	if len(secret) < minSecret {
		return
	}
	if !r.add(string(secret)) {
		return
	}
	var value any
	if json.Unmarshal(secret, &value) == nil {
		r.leaves(value, sdk.SecretParts(secret))
	}
}

func (r *redactor) leaves(value any, secrets map[string]string) {
	switch v := value.(type) {
	case string:
		if _, secret := secrets[v]; len(v) >= minPart {
			r.remember(v, secret)
		}
	case []any:
		for _, e := range v {
			r.leaves(e, secrets)
		}
	case map[string]any:
		for _, e := range v {
			r.leaves(e, secrets)
		}
	}
}

// add remembers a secret and reports whether it is new.
func (r *redactor) add(text string) bool { return r.remember(text, true) }

// remember reports whether the text is new.
func (r *redactor) remember(text string, secret bool) bool {
	if len(text) < minSecret {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if before, known := r.known[text]; known {
		r.known[text] = before || secret
		return false
	}
	if r.known == nil {
		r.known = map[string]bool{}
	}
	if len(r.order) == maxSecrets {
		delete(r.known, r.order[0])
		r.order = r.order[1:]
	}
	r.known[text] = secret
	r.order = append(r.order, text)
	r.replacer = nil
	return true
}

// clean returns text with every remembered value blotted out.
func (r *redactor) clean(text string) string {
	r.mu.Lock()
	if r.replacer == nil {
		pairs := make([]string, 0, 4*len(r.order))
		for _, s := range r.order {
			for _, form := range formsOf(s) {
				pairs = append(pairs, form, Blot)
			}
		}
		r.replacer = strings.NewReplacer(pairs...)
	}
	replacer := r.replacer
	r.mu.Unlock()
	cleaned := replacer.Replace(text)
	if cleaned != text && r.onBlot != nil && r.holdsSecret(text) {
		r.onBlot()
	}
	return cleaned
}

// formsOf are the ways in which programs write a text into others: as it is,
// quoted as Go and JSON do, and in addresses. The text itself comes first.
func formsOf(text string) []string {
	forms := []string{text}
	for _, form := range []string{inJSON(text), inQuotes(text), url.QueryEscape(text), url.PathEscape(text)} {
		if !slices.Contains(forms, form) {
			forms = append(forms, form)
		}
	}
	return forms
}

// holdsSecret reports whether a text holds more than what is merely private.
func (r *redactor) holdsSecret(text string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.order, func(s string) bool {
		return r.known[s] && slices.ContainsFunc(formsOf(s), func(form string) bool { return strings.Contains(text, form) })
	})
}

// inJSON is how text looks inside a JSON string, inQuotes inside one of Go's.
func inJSON(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		return text
	}
	return string(b[1 : len(b)-1])
}

func inQuotes(text string) string {
	quoted := strconv.Quote(text)
	return quoted[1 : len(quoted)-1]
}
