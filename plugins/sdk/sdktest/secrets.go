package sdktest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
)

const (
	// shortestSaid is the shortest secret that is looked for in errors, and
	// shortestTold in what is told: shorter texts may stand there by chance.
	shortestSaid = 6
	shortestTold = 8
)

// learn notes what the user typed into secret fields.
func (r *run) learn(s sdk.Step, values map[string]string) {
	for _, f := range s.Fields {
		if f.Kind == sdk.SecretField || f.Kind == sdk.OTPField {
			r.confide("what was typed into "+f.Name, values[f.Name])
		}
	}
}

// confide notes a secret, by what it is.
func (r *run) confide(what, value string) {
	if len(value) < shortestSaid {
		return
	}
	if r.confided == nil {
		r.confided = map[string]string{}
	}
	r.confided[value] = what
	r.sought = nil
}

// secrets are what nothing that is told or said may hold, as value and what it is.
func (r *run) secrets() map[string]string {
	secrets := map[string]string{}
	for value, what := range r.confided {
		secrets[value] = what
	}
	for _, f := range r.description.Settings {
		if value := r.suite.Config[f.Name]; f.Kind == sdk.SecretField && len(value) >= shortestSaid {
			secrets[value] = "the setting " + f.Name
		}
	}
	for _, host := range slices.Concat([]*kept{r.host}, r.others) {
		for _, secret := range host.had() {
			if len(secret) >= shortestSaid {
				secrets[string(secret)] = "the connection's secret"
			}
			for value, name := range sdk.SecretParts(secret) {
				secrets[value] = "the connection's " + name
			}
		}
	}
	return secrets
}

// look notes secrets in something that the provider tells.
func (r *run) look(where, text string) {
	if text == "" || len(r.leaks) >= 10 {
		return
	}
	if r.sought == nil { // what was given changes rarely, and transactions are many
		r.sought = r.secrets()
	}
	for value, what := range r.sought {
		if len(value) < shortestTold || !strings.Contains(text, value) {
			continue
		}
		said := fmt.Sprintf("%s holds %s", where, what)
		if !slices.Contains(r.leaks, said) {
			r.leaks = append(r.leaks, said)
		}
	}
}

// lookAt notes secrets in transactions; a record of the bank's may well hold them.
func (r *run) lookAt(list []sdk.Transaction) {
	for _, t := range list {
		r.look("a transaction's Raw", string(t.Raw))
		for name, value := range t.Details {
			r.look("a transaction's detail "+name, value)
		}
		r.look("a transaction's text", t.ID+"\n"+t.Reference+"\n"+t.Counterparty+"\n"+t.CounterNumber+"\n"+t.Code)
	}
}

// told: what was seen of all that the provider told until now.
func (r *run) told() {
	if r.connection == nil {
		r.skip(noConnection)
		return
	}
	slices.Sort(r.leaks)
	for _, leak := range r.leaks {
		r.problem("%s: leave it out, or blot it out, since hosts keep and show what is told", leak)
	}
}

// log: what was written to the log until now, where somebody reads it.
func (r *run) log() {
	if r.suite.Log == nil {
		r.skip("nobody reads its log here")
		return
	}
	for _, problem := range r.suite.Log() {
		r.problem("%s", problem)
	}
	if r.suite.Restart != nil {
		r.anew()
	}
}
