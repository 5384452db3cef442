package sdktest

import (
	"errors"
	"maps"
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
)

// Refused are answers of a user that must end a flow with an error.
type Refused struct {
	Answers map[string]string `toml:"answers"` // by field name; the rest as in the suite
	// Redirect is what comes back from a bank, beside the state, and Visit where the
	// user goes, in place of the suite's.
	Redirect map[string]string `toml:"redirect"`
	Visit    string            `toml:"visit"`
	Kind     sdk.Kind          `toml:"kind"`  // such as bad_credentials
	Field    string            `toml:"field"` // the field that the error names; "" for any
}

// back is what a redirect brings back; nil where it is as in the suite.
func (w Refused) back() map[string]string {
	if w.Redirect == nil {
		return nil
	}
	query := maps.Clone(w.Redirect)
	query["state"] = stateOfHost
	return query
}

// refusals: each must fail, in its own way.
func (r *run) refusals() {
	if len(r.suite.Refuse) == 0 {
		r.skip("the suite names no answers that must be refused")
		return
	}
	for i, wrong := range r.suite.Refuse {
		c, err := r.flow(walk{answers: wrong.Answers, redirect: wrong.back(), visit: wrong.Visit})
		var e *sdk.Error
		switch {
		case err == nil && c == nil: // it is noted
		case err == nil:
			r.problem("refusal %d: the flow succeeds", i+1)
		case !errors.As(err, &e) || e.Kind != wrong.Kind:
			r.problem("refusal %d: the flow ends with %v, want an error of kind %s", i+1, err, wrong.Kind)
		case wrong.Field != "" && e.Field != wrong.Field:
			r.problem("refusal %d: the error names the field %q, want %q", i+1, e.Field, wrong.Field)
		}
		if err != nil {
			r.failed(err)
		}
	}
}

// redirects: a user who comes back from the bank with nothing has allowed nothing.
func (r *run) redirects() {
	if !r.redirected {
		r.skip("its flow sends the user nowhere")
		return
	}
	for what, query := range map[string]map[string]string{
		"with error=access_denied": {"error": "access_denied", "state": stateOfHost},
		"with nothing at all":      {},
	} {
		f, err := r.begin(walk{redirect: query})
		for back := false; err == nil && f.answer.Step != nil && !back; {
			back = f.answer.Step.Kind == sdk.StepRedirect
			err = f.next()
		}
		switch {
		case errors.Is(err, errNoted):
		case err != nil:
			r.failed(err)
		case f.answer.Done != nil:
			r.problem("a user who comes back from the bank %s gets a connection: want an error, such as needs_user, or a further step", what)
		}
	}
}

// leftEmpty: a host passes on what it is sent, also a form with nothing in it.
func (r *run) leftEmpty() {
	r.skip("its flow has no form that requires something")
	if r.suite.Institution == "" {
		return
	}
	f, err := r.begin(walk{empty: true})
	for sent := false; err == nil && f.answer.Step != nil && !sent; {
		sent = requires(*f.answer.Step)
		if sent {
			r.skip("")
		}
		err = f.next()
	}
	switch {
	case errors.Is(err, errNoted):
	case err != nil:
		r.failed(err)
	case f.answer.Done != nil && r.result.Skipped == "":
		r.problem("a form whose required fields are left empty makes a connection: want bad_request that names the field")
	}
}

// required: what cannot be done without a setting says so, and names it.
func (r *run) required() {
	r.skip("it requires no setting, or the suite names no institution")
	if r.suite.Institution == "" {
		return
	}
	for _, f := range r.description.Settings {
		if !f.Required || f.Default != "" {
			continue
		}
		r.skip("")
		config := maps.Clone(r.suite.Config)
		delete(config, f.Name)
		if config == nil {
			config = map[string]string{}
		}
		c, err := r.flow(walk{config: config})
		switch {
		case err != nil:
			r.failed(err)
			if !names(err, f) {
				r.problem("without the setting %q, which is required, it says %q: name the setting, by the error's Field or in its message, "+
					"so that an administrator finds it", f.Name, err)
			}
		case c != nil:
			r.problem("without the setting %q, which is required, a connection is made: refuse it with an error that names the setting, "+
				"or do not call it required", f.Name)
		}
	}
}

// names reports whether an error tells which setting it is about.
func names(err error, f sdk.Field) bool {
	var e *sdk.Error
	if !errors.As(err, &e) {
		return false
	}
	said := strings.ToLower(e.Message)
	return e.Field == f.Name || strings.Contains(said, strings.ToLower(f.Name)) || strings.Contains(said, strings.ToLower(f.Label))
}
