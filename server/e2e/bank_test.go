package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
)

// step is what a connection flow answers.
type step struct {
	FlowID       int64 `json:"flow_id"`
	State        string
	Step         asked
	ErrorMessage any `json:"error_message"`
	LinkID       any `json:"link_id"`
}

// asked is what a step asks for; nothing when the flow is over.
type asked struct {
	Type     string
	URL      string
	Fields   []struct{ Name, Kind string }
	Accounts []struct{ ID string }
}

// UnmarshalJSON takes false, as Odoo writes what is not set.
func (a *asked) UnmarshalJSON(text []byte) error {
	if string(text) == "false" {
		return nil
	}
	type plain asked
	return json.Unmarshal(text, (*plain)(a))
}

// institution finds a bank by its provider's id.
func (c *client) institution(t testing.TB, identifier string) int64 {
	t.Helper()
	found := c.rows(t, "account.online.institution", list{leaf("online_identifier", "=", identifier)}, "name")
	if len(found) != 1 {
		t.Fatalf("%d institutions %s", len(found), identifier)
	}
	return int64(found[0]["id"].(float64))
}

// connect goes through the flow of a demo bank, choosing all accounts, and
// returns the connection. What is typed may be given; the rest is "demo".
func (c *client) connect(t testing.TB, identifier string, typed map[string]string) int64 {
	t.Helper()
	link, err := c.tryConnect(c.institution(t, identifier), typed)
	if err != nil {
		t.Fatalf("connect %s: %v\n%s", identifier, err, c.h.tail())
	}
	return link
}

func (c *client) tryConnect(institution int64, typed map[string]string) (int64, error) {
	var at step
	err := c.try(&at, "account.online.flow", "start", list{object{"institution_id": institution}}, nil)
	for rounds := 0; err == nil && at.State == "asking" && rounds < 6; rounds++ {
		values, flow := at.answer(typed), at.FlowID
		at = step{}
		err = c.try(&at, "account.online.flow", "submit", list{flow, values}, nil)
	}
	if err != nil {
		return 0, err
	}
	if at.State != "done" {
		return 0, fmt.Errorf("the flow is %s: %v", at.State, at.ErrorMessage)
	}
	var flows []object
	if err := c.try(&flows, "account.online.flow", "read", list{list{at.FlowID}, list{"link_id"}}, nil); err != nil {
		return 0, err
	}
	link, _ := flows[0]["link_id"].(list)
	if len(link) == 0 {
		return 0, fmt.Errorf("the flow names no connection: %v", flows)
	}
	return int64(link[0].(float64)), nil
}

// answer fills in a step.
func (s step) answer(typed map[string]string) object {
	values := object{}
	for _, field := range s.Step.Fields {
		values[field.Name] = "demo"
	}
	if s.Step.Type == "form" {
		for name, value := range maps.All(typed) {
			values[name] = value
		}
	}
	if s.Step.Type == "accounts" {
		chosen := list{}
		for _, account := range s.Step.Accounts {
			chosen = append(chosen, account.ID)
		}
		values["accounts"] = chosen
	}
	return values
}

// runsDone waits until no synchronisation of a connection is open and returns
// them all, the first one first.
func (c *client) runsDone(t testing.TB, link int64) []object {
	t.Helper()
	if !c.cookie {
		c = c.h.client().login(t)
	}
	news := c.listen(t, 0, "res.company/1") // from before the first look, so that no end is missed
	defer news.close()
	for {
		runs := c.rows(t, "account.online.run", list{leaf("link_id", "=", link)},
			"state", "outcome", "fetched", "created", "known", "error_message", "error_reference")
		if len(runs) > 0 && !slices.ContainsFunc(runs, func(run object) bool { return run["state"] != "done" }) {
			return runs
		}
		news.until(t, "the end of the synchronisation", finished)
	}
}

// fetch presses Fetch Transactions and waits for the run's end.
func (c *client) fetch(t testing.TB, link int64) object {
	t.Helper()
	var run int64
	c.call(t, &run, "account.online.link", "action_fetch_transactions", list{list{link}}, nil)
	for _, done := range c.runsDone(t, link) {
		if int64(done["id"].(float64)) == run {
			return done
		}
	}
	t.Fatalf("run %d is nowhere", run)
	return nil
}
