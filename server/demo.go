package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/server/databases"
)

// DemoDatabase is the database of `girosync demo`; its administrator is admin
// with the password admin, for which demo listens on loopback only.
const DemoDatabase = "demo"

// Demo makes the demonstration, as far as it is not there yet: a database, the
// catalogue, one connection at the demo bank through the same flow that a user
// goes through, and its first synchronisation.
func (h *Host) Demo(ctx context.Context, progress databases.Progress) error {
	h.wait("the demonstration is being prepared")
	exists, err := h.Databases.Exists(ctx, DemoDatabase)
	if err != nil {
		return err
	}
	var db *orm.Database
	if exists {
		db, err = h.Databases.Open(ctx, DemoDatabase)
	} else {
		db, err = h.Databases.Init(ctx, DemoDatabase, addon.Setup{
			Company: "Demo Company", Currency: "EUR", Country: "BE", Password: "admin",
		}, progress)
	}
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if _, err := h.Sync.RefreshProviders(ctx, db); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	links, err := h.count(ctx, db, "account.online.link", nil)
	if err != nil || links > 0 {
		return err
	}
	progress(0, 1, "institutions")
	if err := h.Sync.LoadCatalogue(ctx, db, nil); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	progress(0, 1, "connection")
	if err := connectDemoBank(ctx, db); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return h.finishRuns(ctx, db, progress)
}

// Prepare makes a database ready to connect banks: its list of providers, and
// of the institutions that they reach.
func (h *Host) Prepare(ctx context.Context, db *orm.Database) error {
	return h.Sync.LoadCatalogue(ctx, db, nil)
}

func (h *Host) count(ctx context.Context, db *orm.Database, model string, where domain.Node) (n int, err error) {
	err = db.Within(ctx, system, orm.TxRead, func(env *orm.Env) error {
		n, err = env.Count(model, where, 0)
		return err
	})
	return n, err
}

// connectDemoBank goes through the connection flow as the administrator.
func connectDemoBank(ctx context.Context, db *orm.Database) error {
	admin := orm.Principal{UID: base.AdminUser}
	call := func(method string, args ...any) (map[string]any, error) {
		reply, err := db.Call(ctx, admin, "account.online.flow", method, args, nil)
		step, _ := reply.(map[string]any)
		return step, err
	}
	var bank int64
	err := db.Within(ctx, admin, orm.TxRead, func(env *orm.Env) error {
		ids, err := env.Search("account.online.institution", domain.Where("online_identifier", domain.Eq, "demo-checking"),
			orm.SearchOptions{Limit: 1})
		if err == nil && len(ids) == 0 {
			err = errors.New("the demo plugin is not there: run make build")
		}
		if err == nil {
			bank = ids[0]
		}
		return err
	})
	if err != nil {
		return err
	}
	reply, err := call("start", map[string]any{"institution_id": bank})
	const mostSteps = 5
	for range mostSteps {
		if err != nil || reply["state"] != "asking" {
			break
		}
		reply, err = call("submit", reply["flow_id"], demoAnswer(reply["step"]))
	}
	if err == nil && reply["state"] != "done" {
		err = fmt.Errorf("the connection ended %v: %v", reply["state"], reply["error_message"])
	}
	return err
}

// demoAnswer fills in every field and chooses every account: the demo bank
// takes any name and password.
func demoAnswer(step any) map[string]any {
	var asked struct {
		Fields   []struct{ Name string }
		Accounts []struct{ ID string }
	}
	text, _ := step.(json.RawMessage)
	if json.Unmarshal(text, &asked) != nil {
		return nil // the flow then says what is missing
	}
	values := map[string]any{}
	for _, field := range asked.Fields {
		values[field.Name] = "demo"
	}
	var chosen []any
	for _, account := range asked.Accounts {
		chosen = append(chosen, account.ID)
	}
	if chosen != nil {
		values["accounts"] = chosen
	}
	return values
}

// finishRuns waits until no synchronisation is under way, telling how far it is.
func (h *Host) finishRuns(ctx context.Context, db *orm.Database, progress databases.Progress) error {
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		left, err := h.count(ctx, db, "account.online.run", domain.Where("state", domain.Ne, "done"))
		if err != nil {
			return err
		}
		lines, err := h.count(ctx, db, "account.bank.statement.line", nil)
		if err != nil {
			return err
		}
		progress(lines, 0, "transactions")
		if left == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}
