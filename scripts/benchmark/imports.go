package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	_ "github.com/mattn/go-sqlite3"
)

// connect goes through the connection flow and returns how long the first
// synchronisation took, from the last answer until every line is there.
func (h *host) connect(ctx context.Context, lines int) (time.Duration, error) {
	var banks []struct{ ID int64 }
	where := fmt.Sprintf(`[[["online_identifier","=","demo-big-%d"]]]`, lines)
	if err := h.call(ctx, &banks, "account.online.institution", "search_read", where, `{"fields":["id"]}`); err != nil {
		return 0, err
	}
	if len(banks) == 0 {
		return 0, fmt.Errorf("there is no demo bank with %d transactions", lines)
	}
	var reply struct {
		FlowID int64 `json:"flow_id"`
		State  string
		Step   json.RawMessage // false when there is none
	}
	err := h.call(ctx, &reply, "account.online.flow", "start", fmt.Sprintf(`[{"institution_id":%d}]`, banks[0].ID), "{}")
	began := time.Now()
	for err == nil && reply.State == "asking" {
		args, _ := json.Marshal([]any{reply.FlowID, answer(reply.Step)})
		began = time.Now()
		err = h.call(ctx, &reply, "account.online.flow", "submit", string(args), "{}")
	}
	if err != nil || reply.State != "done" {
		return 0, fmt.Errorf("connection: %s %w", reply.State, err)
	}
	if err := h.allDone(ctx); err != nil {
		return 0, err
	}
	took := time.Since(began)
	var got int
	if err := h.call(ctx, &got, "account.bank.statement.line", "search_count", `[[]]`, "{}"); err != nil {
		return 0, err
	}
	if got != lines {
		return 0, fmt.Errorf("%d lines came, not %d", got, lines)
	}
	return took, nil
}

// answer fills in every field of a step and chooses every account.
func answer(text json.RawMessage) map[string]any {
	var step struct {
		Fields   []struct{ Name string }
		Accounts []struct{ ID string }
	}
	_ = json.Unmarshal(text, &step) // false is no step, and needs no answer
	values := map[string]any{}
	for _, field := range step.Fields {
		values[field.Name] = "demo"
	}
	var chosen []string
	for _, account := range step.Accounts {
		chosen = append(chosen, account.ID)
	}
	if chosen != nil {
		values["accounts"] = chosen
	}
	return values
}

// importRate imports into a fresh database.
func (h *host) importRate(ctx context.Context, lines int) (float64, error) {
	h.imports++
	name, before := "import"+strconv.Itoa(h.imports), h.database
	if err := h.create(ctx, name); err != nil {
		return 0, err
	}
	h.database = name
	defer func() { h.database = before }()
	took, err := h.connect(ctx, lines)
	return float64(lines) / took.Seconds(), err
}

// allDone waits until no run is open.
func (h *host) allDone(ctx context.Context) error {
	for {
		var open int
		if err := h.call(ctx, &open, "account.online.run", "search_count", `[[["state","!=","done"]]]`, "{}"); err != nil || open == 0 {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// reimportRate lets the plugin tell everything once more.
func (h *host) reimportRate(ctx context.Context, lines int) (float64, error) {
	if err := h.forgetCursors(ctx); err != nil {
		return 0, err
	}
	began := time.Now()
	var run int64
	if err := h.call(ctx, &run, "account.online.link", "action_fetch_transactions", `[[1]]`, "{}"); err != nil {
		return 0, err
	}
	if err := h.allDone(ctx); err != nil {
		return 0, err
	}
	took := time.Since(began)
	var told []struct{ Known, Created int }
	if err := h.call(ctx, &told, "account.online.run", "read", fmt.Sprintf(`[[%d],["known","created"]]`, run), "{}"); err != nil {
		return 0, err
	}
	if len(told) != 1 || told[0].Known != lines || told[0].Created != 0 {
		return 0, fmt.Errorf("the run says %+v, want %d known", told, lines)
	}
	return float64(lines) / took.Seconds(), nil
}

// forgetCursors makes the accounts ask for their whole history again, which no
// client can.
func (h *host) forgetCursors(ctx context.Context) error {
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(h.dir, "databases", h.database+".db")+"?_busy_timeout=10000")
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "UPDATE account_online_account SET cursor = NULL, coverage = NULL")
	return errors.Join(err, db.Close())
}

var moreLine = regexp.MustCompile(`BenchmarkMore/\S+\s+\d+\s+([\d.]+) ns/op`)

// moreTime measures what 500 new lines cost, in ms, in an account of a size.
func moreTime(size int) measurement {
	return func(ctx context.Context) (float64, error) {
		found, err := ask(ctx, moreLine, "go", "test", "-run", "^$", "-bench", fmt.Sprintf("^BenchmarkMore$/^%d$", size), "-benchtime",
			"20x", "-timeout", "30m", "./addon/onlinesync")
		if err != nil {
			return 0, err
		}
		ns, err := strconv.ParseFloat(found[1], 64)
		return ns / float64(time.Millisecond), err
	}
}
