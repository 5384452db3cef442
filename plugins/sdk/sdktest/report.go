package sdktest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// Report is what an examination found out.
type Report struct {
	Provider string   `json:"provider"` // its machine name; "" when it did not tell
	Version  string   `json:"version"`
	Passed   int      `json:"passed"`
	Failed   int      `json:"failed"`
	Results  []Result `json:"results"` // one for each check, in the order in which they were made
}

// Result is what became of one check.
type Result struct {
	// Check names it: "fetch".
	Check string `json:"check"`
	// About says what it looks at: "every transaction has a day, an amount without sign and a direction".
	About string `json:"about"`
	// Skipped says why it does not concern this provider; "" when it was made.
	Skipped string `json:"skipped,omitempty"`
	// Problems are the breaches of the contract, at most ten.
	Problems []string `json:"problems,omitempty"`
	// File: a file of the suite's was read.
	File bool `json:"-"`
}

// FullMarks reports whether every check that concerns the provider was passed. A
// provider whose connections or files were not looked at has none, nor has one
// whose bank told no transaction.
func (r Report) FullMarks() bool { return r.Failed == 0 && r.Passed > 0 && r.used() && !r.empty() }

// empty reports whether a connection was made, and no account has transactions.
func (r Report) empty() bool {
	connected := slices.ContainsFunc(r.Results, func(c Result) bool { return c.Check == "connect" && c.Skipped == "" })
	return connected && slices.ContainsFunc(r.Results, func(c Result) bool { return c.Check == "pages" && c.Skipped == nothingBooked })
}

// unproven reports whether nothing told if signs and days are right: neither
// balances nor transactions that the suite names.
func (r Report) unproven() bool {
	looked := func(check string) bool {
		return slices.ContainsFunc(r.Results, func(c Result) bool { return c.Check == check && c.Skipped == "" })
	}
	return looked("pages") && !looked("balances") && !looked("expected")
}

// used reports whether a connection was made, or a file was read.
func (r Report) used() bool {
	return slices.ContainsFunc(r.Results, func(c Result) bool { return c.Check == "connect" && c.Skipped == "" }) ||
		slices.ContainsFunc(r.Results, func(c Result) bool { return c.Check == "statements" && c.Skipped == "" && c.File })
}

// Grade is the report in a few words: "full marks (15 of 15)", "13 of 15", "3 of 3,
// without a connection", "18 of 18, without a transaction". Full marks of a suite that
// proves no sign say so.
func (r Report) Grade() string {
	of := fmt.Sprintf("%d of %d", r.Passed, r.Passed+r.Failed)
	switch {
	case r.FullMarks() && r.unproven():
		return "full marks (" + of + "), signs and days unproven: no balances, and the suite expects nothing"
	case r.FullMarks():
		return "full marks (" + of + ")"
	case r.used() && r.empty():
		return of + ", without a transaction: no account has booked ones"
	case !r.used():
		return of + ", without a connection: the suite names no institution and no file"
	}
	return of
}

// Add puts the result of a further check into a report.
func (r *Report) Add(name, about string, problems []string) {
	r.Results = append(r.Results, Result{Check: name, About: about, Problems: problems})
	if len(problems) > 0 {
		r.Failed++
	} else {
		r.Passed++
	}
}

// check is one look at a provider.
type check struct {
	name, about string
	do          func(*run)
}

// checks are all, in their order: each builds on what those before it have found.
func checks() []check {
	return []check{
		{"describe", "it says what it is, twice the same", (*run).describe},
		{"institutions", "its banks have ids, names and countries", (*run).institutions},
		{"connect", "a flow leads to a connection, step by step", (*run).connect},
		{"accounts", "accounts have ids, currencies and kinds, twice the same", (*run).accounts},
		{"fetch", "transactions have days, amounts without sign and directions, up to a last batch", (*run).fetch},
		{"fetch again", "the same question gets the same answer, and a cursor is good for the next", (*run).fetchAgain},
		{"pages", "however large a page is, the same transactions come", (*run).pages},
		{"window", "no transaction lies outside the days that were asked for, or after the host's clock", (*run).window},
		{"balances", "balances and transactions agree, so that no sign is wrong and none is missing", (*run).balanced},
		{"expected", "the transactions that the suite names come, with their days and directions", (*run).expected},
		{"side by side", "calls at the same time do not disturb each other", (*run).sideBySide},
		{"unattended", "it works while no user waits, or says that it may not", (*run).alone},
		{"two connections", "two connections made at the same time know nothing of each other", (*run).twice},
		{"between steps", "a process begun anew between two steps of a flow goes on", (*run).between},
		{"restart", "a process begun anew goes on where the old one was", (*run).restart},
		{"stop", "when the host takes no more, the fetch ends with its error", (*run).stop},
		{"interrupted", "after a fetch that was broken off, the next one brings everything", (*run).interrupted},
		{"cancel", "a cancelled call returns soon, with an error", (*run).cancel},
		{"statements", "files are read, and what is none is refused", (*run).statements},
		{"webhook", "a notification that nobody signed is refused", (*run).webhook},
		{"refresh", "a refresh is done, or refused with a reason", (*run).refresh},
		{"clock", "hours and days later it works, also when a new secret cannot be saved at once", (*run).clock},
		{"secrets", "no secret stands in what it tells: transactions, accounts, steps", (*run).told},
		{"log", "no secret stands in its log or in its errors", (*run).log},
		// From here on it is given what is wrong, whose words may well stand in an error.
		{"refusals", "wrong answers end a flow with the right kind of error", (*run).refusals},
		{"left empty", "a form whose required fields are left empty is refused", (*run).leftEmpty},
		{"redirects", "who comes back from the bank without having allowed anything gets no connection", (*run).redirects},
		{"settings", "a required setting that is missing is refused, and named", (*run).required},
		{"errors", "garbage is answered with an error that tells no secret", (*run).errors},
		{"revoke", "a connection can be revoked, twice without an error", (*run).revoke},
	}
}

// Examine holds a provider against the contract, check by check.
func Examine(ctx context.Context, p sdk.Provider, s Suite) Report {
	if s.Now.IsZero() {
		s.Now = time.Now()
	}
	if s.CancelWithin == 0 {
		s.CancelWithin = 5 * time.Second
	}
	r := &run{ctx: ctx, provider: p, suite: s, host: &kept{}}
	var report Report
	for _, c := range checks() {
		result := Result{Check: c.name, About: c.about}
		r.result, r.sought = &result, nil
		if s.Progress != nil {
			s.Progress(c.name, c.about)
		}
		c.do(r)
		switch {
		case len(result.Problems) > 0:
			result.Skipped = ""
			report.Failed++
		case result.Skipped == noConnection && r.suite.Institution != "":
			result.Problems = []string{"it could not be looked at, since an earlier check failed"}
			result.Skipped = ""
			report.Failed++
		case result.Skipped == "":
			report.Passed++
		}
		report.Results = append(report.Results, result)
	}
	report.Provider, report.Version = r.description.Name, r.description.Version
	return report
}
