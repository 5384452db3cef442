package sdktest

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

const (
	// maxSteps is how long a flow may take.
	maxSteps = 20
	// stateOfHost is what a redirect must bring back, and backURL where to.
	stateOfHost = "state-of-the-host"
	backURL     = "https://host.example/connect/callback"
)

// errNoted ends a flow whose problem is noted already.
var errNoted = errors.New("it is noted")

// walk is a way through a flow, where it differs from the suite's.
type walk struct {
	host     *kept             // of the connection to be made; nil: one of its own
	config   map[string]string // nil: the suite's
	answers  map[string]string // by field name, before the suite's own
	redirect map[string]string // what a redirect brings back; nil: as the suite says
	visit    string            // as Suite.Visit; "": as the suite says
	anew     bool              // the process is begun anew before each further step
	empty    bool              // forms that require something are sent with nothing
}

// flow is a flow under way.
type flow struct {
	r      *run
	walk   walk
	answer sdk.ConnectAnswer
	steps  int
}

// begin starts a flow.
func (r *run) begin(w walk) (*flow, error) {
	if w.host == nil {
		w.host = &kept{}
	}
	f := &flow{r: r, walk: w}
	answer, err := r.provider.StartConnect(r.ctx, sdk.StartConnectRequest{
		Call:          f.call(),
		Kind:          sdk.FlowConnect,
		InstitutionID: r.suite.Institution,
		RedirectURL:   backURL,
		State:         stateOfHost,
	})
	return f, f.took(answer, err)
}

// next answers the step that the flow is at.
func (f *flow) next() error {
	values, err := f.r.values(f.walk, *f.answer.Step)
	if err != nil {
		return err
	}
	if f.walk.anew && !f.r.anew() {
		return errNoted
	}
	answer, err := f.r.provider.ContinueConnect(f.r.ctx, sdk.ContinueConnectRequest{
		Call:          f.call(),
		InstitutionID: f.r.suite.Institution,
		FlowState:     f.answer.FlowState,
		Values:        values,
		RedirectURL:   backURL,
	})
	return f.took(answer, err)
}

func (f *flow) call() sdk.Call {
	call := f.r.callOf(f.walk.host)
	if f.walk.config != nil {
		call.Config = f.walk.config
	}
	return call
}

// took looks at what the provider answered.
func (f *flow) took(answer sdk.ConnectAnswer, err error) error {
	f.answer = answer
	f.steps++
	switch {
	case err != nil:
		return err
	case (answer.Step == nil) == (answer.Done == nil):
		f.r.problem("an answer needs a step or a connection, and only one of them")
		return errNoted
	case f.steps > maxSteps:
		f.r.problem("the flow does not end within %d steps", maxSteps)
		return errNoted
	case answer.Step != nil:
		f.r.step(answer.Step)
	default:
		f.walk.host.begins(answer.Done.Secret)
		f.r.others, f.r.sought = append(f.r.others, f.walk.host), nil
	}
	return nil
}

// flow goes a way to its end: a connection or an error. It returns neither where a
// problem is noted already.
func (r *run) flow(w walk) (*sdk.Connection, error) {
	f, err := r.begin(w)
	for err == nil && f.answer.Done == nil {
		err = f.next()
	}
	if errors.Is(err, errNoted) {
		return nil, nil
	}
	return f.answer.Done, err
}

// step looks at a step's form.
func (r *run) step(s *sdk.Step) {
	switch s.Kind {
	case sdk.StepForm:
		if len(s.Fields) == 0 {
			r.problem("a form without fields")
		}
	case sdk.StepRedirect:
		r.redirected = true
		if !strings.Contains(s.URL, "://") {
			r.problem("a redirect to %q", s.URL)
		}
	case sdk.StepAccounts:
		if len(s.Accounts) == 0 {
			r.problem("no accounts to choose from")
		}
	case sdk.StepWait, sdk.StepMessage:
	default:
		r.problem("a step of kind %q", s.Kind)
	}
	if s.PollAfter < 0 {
		r.problem("poll after %s", s.PollAfter)
	}
	r.fields(s.Fields)
	r.accountList(s.Accounts)
	r.look("a step's text", s.Title+"\n"+s.Text)
	r.look("a step's address", s.URL)
}

// values answers a step as the walk and the suite say; accounts are all chosen.
func (r *run) values(w walk, s sdk.Step) (values map[string]string, err error) {
	if s.Kind == sdk.StepRedirect && w.redirect != nil {
		return w.redirect, nil
	}
	if w.empty && requires(s) {
		return map[string]string{}, nil
	}
	if r.suite.Answer != nil {
		values = r.suite.Answer(s)
		r.learn(s, values)
		return values, nil
	}
	values = map[string]string{}
	for _, f := range s.Fields {
		value, given, err := r.typed(w, f.Name)
		switch {
		case err != nil:
			r.problem("the answer for the field %q cannot be had: %v", f.Name, err)
			return nil, errNoted
		case given:
			values[f.Name] = value
		case f.Default != "":
			values[f.Name] = f.Default
		case f.Required:
			r.problem("the suite has no answer for the field %q", f.Name)
		}
	}
	r.learn(s, values)
	if s.Kind == sdk.StepAccounts {
		var ids []string
		for _, a := range s.Accounts {
			ids = append(ids, a.ID)
		}
		values["accounts"] = strings.Join(ids, ",")
	}
	if s.Kind == sdk.StepRedirect {
		err = r.comeBack(w, s.URL, values)
	}
	return values, err
}

// requires reports whether a step is a form that nobody can answer with nothing.
func requires(s sdk.Step) bool {
	return s.Kind == sdk.StepForm && slices.ContainsFunc(s.Fields, func(f sdk.Field) bool { return f.Required && f.Default == "" })
}

// typed is what the user types into a field.
func (r *run) typed(w walk, field string) (value string, given bool, err error) {
	if value, given = w.answers[field]; given {
		return value, true, nil
	}
	if from := r.suite.AnswersFrom[field]; from != "" {
		response, err := ask(from)
		if err != nil {
			return "", false, err
		}
		defer response.Body.Close()
		text, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
		return strings.TrimSpace(string(text)), true, err
	}
	value, given = r.suite.Answers[field]
	return value, given, nil
}

// comeBack adds what a redirect brings back.
func (r *run) comeBack(w walk, page string, values map[string]string) error {
	visit := r.suite.Visit
	if w.visit != "" {
		visit = w.visit
	}
	if visit == "" {
		if r.suite.Redirect != nil {
			maps.Copy(values, r.suite.Redirect)
			values["state"] = stateOfHost
		}
		return nil
	}
	query, err := visited(strings.ReplaceAll(visit, "{url}", page))
	if err != nil {
		r.problem("the bank's page does not lead back: %v", err)
		return errNoted
	}
	for name, list := range query {
		values[name] = list[0]
	}
	return nil
}

// visited goes to an address of this machine, and on from there, until it is sent
// back to the host. It returns the query that it comes back with.
func visited(page string) (url.Values, error) {
	for range maxSteps {
		response, err := ask(page)
		if err != nil {
			return nil, err
		}
		response.Body.Close()
		to, err := response.Location()
		if err != nil {
			return nil, fmt.Errorf("%s answers %s and sends nowhere", page, response.Status)
		}
		if strings.HasPrefix(to.String(), backURL+"?") {
			return to.Query(), nil
		}
		page = to.String()
	}
	return nil, fmt.Errorf("it is sent on %d times", maxSteps)
}

// ask makes a request of an address of this machine, and of no other.
func ask(address string) (*http.Response, error) {
	u, err := url.Parse(address)
	if err != nil || !rest.Loopback(u) {
		return nil, fmt.Errorf("%.200q is no address of this machine", address)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Get(address)
	if err == nil && response.StatusCode >= 400 {
		response.Body.Close()
		err = fmt.Errorf("%s answers %s", address, response.Status)
	}
	return response, err
}
