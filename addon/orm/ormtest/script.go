package ormtest

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
)

// Step is a client's call and the answer it must get.
type Step struct {
	As            int64 // who calls; Admin if 0
	Model, Method string
	// Args is the JSON of the arguments: a list, or {"args": […], "kwargs": {…}}.
	Args string
	// Want is the answer as JSON, "" for any; with Kind the message, "" for any.
	Want string
	Kind fault.Kind
}

// Converse makes the calls in order; each builds on those before it.
func Converse(t *testing.T, db *orm.Database, steps []Step) {
	t.Helper()
	for _, s := range steps {
		got, err := Do(t, db, s.As, s.Model, s.Method, s.Args)
		switch {
		case s.Kind != "":
			if fault.KindOf(err) != s.Kind {
				t.Errorf("%s.%s%s: got %q %s (%v), want %s", s.Model, s.Method, s.Args, fault.KindOf(err), got, err, s.Kind)
			} else if s.Want != "" && fault.MessageOf(err) != s.Want {
				t.Errorf("%s.%s%s (-want +got):\n%s", s.Model, s.Method, s.Args, cmp.Diff(s.Want, fault.MessageOf(err)))
			}
		case err != nil:
			t.Errorf("%s.%s%s: %v", s.Model, s.Method, s.Args, err)
		case s.Want != "" && s.Want != got:
			t.Errorf("%s.%s%s (-want +got):\n%s", s.Model, s.Method, s.Args, cmp.Diff(s.Want, got))
		}
	}
}

// Do makes one call and returns its answer as JSON. args are as in a [Step].
func Do(t testing.TB, db *orm.Database, uid int64, model, method, args string) (string, error) {
	t.Helper()
	if uid == 0 {
		uid = Admin
	}
	var call struct {
		Args   []any          `json:"args"`
		Kwargs map[string]any `json:"kwargs"`
	}
	var into any = &call
	if args == "" {
		args = "[]"
	}
	if args[0] == '[' {
		into = &call.Args
	}
	if err := json.Unmarshal([]byte(args), into); err != nil {
		t.Fatalf("%s: %v", args, err)
	}
	result, err := db.Call(t.Context(), As(uid), model, method, call.Args, call.Kwargs)
	if err != nil {
		return "", err
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(result); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(text.String(), "\n"), nil
}

// Within runs a function with the system's rights in one transaction.
func Within(t testing.TB, db *orm.Database, do func(env *orm.Env) error) {
	t.Helper()
	if err := db.Within(t.Context(), System(), orm.TxWrite, do); err != nil {
		t.Fatal(err)
	}
}
