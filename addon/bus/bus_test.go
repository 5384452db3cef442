package bus_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/addon/secret"
)

func installed() (orm.Directory, []addon.Addon) {
	people := base.New(secret.NewHasher(secret.Cost{Memory: 64, Passes: 1, Threads: 1}))
	return people.Directory(), []addon.Addon{people.Addon(), bus.Addon()}
}

// heard is what stands on the bus after last, as channel and body.
func heard(t *testing.T, db *orm.Database, last int64) []string {
	t.Helper()
	found := []string{}
	err := db.Within(t.Context(), ormtest.System(), orm.TxRead, func(env *orm.Env) error {
		list, err := bus.Since(env, last, 100)
		for i, m := range list {
			if i > 0 && m.ID <= list[i-1].ID {
				t.Errorf("id %d after %d", m.ID, list[i-1].ID)
			}
			found = append(found, m.Channel+" "+string(m.Body))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func send(env *orm.Env, channel string) error {
	return bus.Send(env, channel, "test", map[string]any{"id": 1})
}

func TestMessagesComeWithTheChange(t *testing.T) {
	ormtest.EachInstalled(t, installed, func(t *testing.T, db *orm.Database) {
		ormtest.Within(t, db, func(env *orm.Env) error {
			payload := map[string]any{"n": 1}
			if err := bus.Send(env, "a", "test/one", payload); err != nil {
				return err
			}
			payload["n"] = 2 // the message is what it was
			if err := send(env, "b"); err != nil {
				return err
			}
			n, err := env.Count("bus.bus", nil, 0)
			if n != 0 {
				t.Errorf("%d messages are written before the end of their transaction", n)
			}
			return err
		})
		stop := errors.New("stop")
		err := db.Within(t.Context(), ormtest.System(), orm.TxWrite, func(env *orm.Env) error {
			if err := send(env, "rolled back"); err != nil {
				return err
			}
			return stop
		})
		if !errors.Is(err, stop) {
			t.Error(err)
		}
		want := []string{`a {"type":"test/one","payload":{"n":1}}`, `b {"type":"test","payload":{"id":1}}`}
		if diff := cmp.Diff(want, heard(t, db, 0)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(want[1:], heard(t, db, 1)); diff != "" {
			t.Error(diff)
		}
		ormtest.Within(t, db, func(env *orm.Env) error {
			if err := bus.Send(env, "x", "test", func() {}); err == nil {
				t.Error("a function was sent")
			}
			return nil
		})
	})
}

// TestIdsBecomeVisibleInOrder holds a transaction that has written its message
// open while another sends: a reader that has seen the second must have been
// able to see the first.
func TestIdsBecomeVisibleInOrder(t *testing.T) {
	ormtest.EachInstalled(t, installed, func(t *testing.T, db *orm.Database) {
		written, release := make(chan struct{}), make(chan struct{})
		first, second := make(chan error, 1), make(chan error, 1)
		go func() {
			first <- db.Within(t.Context(), ormtest.System(), orm.TxWrite, func(env *orm.Env) error {
				if err := send(env, "first"); err != nil {
					return err
				}
				env.OnCommitOnce("hold", func(*orm.Env) error { // runs after the message is written
					close(written)
					<-release
					return nil
				})
				return nil
			})
		}()
		<-written
		go func() {
			second <- db.Within(t.Context(), ormtest.System(), orm.TxWrite, func(env *orm.Env) error { return send(env, "second") })
		}()
		select {
		case err := <-second:
			t.Errorf("the second transaction committed while the first held its message: %v", err)
			second <- err
		case <-time.After(150 * time.Millisecond):
		}
		if got := heard(t, db, 0); len(got) != 0 {
			t.Errorf("visible before the first commit: %q", got)
		}
		close(release)
		for _, done := range []chan error{first, second} {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		want := []string{`first {"type":"test","payload":{"id":1}}`, `second {"type":"test","payload":{"id":1}}`}
		if diff := cmp.Diff(want, heard(t, db, 0)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWhatIsKept(t *testing.T) {
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			start := time.Date(2025, 5, 1, 12, 0, 0, 0, time.UTC)
			now := start
			directory, addons := installed()
			db := ormtest.Install(t, ormtest.Setup{Kind: kind, Directory: directory, Now: func() time.Time { return now }}, addons...)
			edges := func(want ...int64) {
				t.Helper()
				ormtest.Within(t, db, func(env *orm.Env) error {
					oldest, err := bus.Oldest(env)
					if err != nil {
						return err
					}
					newest, err := bus.Newest(env)
					if diff := cmp.Diff(want, []int64{oldest, newest}); diff != "" {
						t.Error(diff)
					}
					return err
				})
			}
			sweep := func(before time.Time, want int) {
				t.Helper()
				ormtest.Within(t, db, func(env *orm.Env) error {
					n, err := bus.Sweep(env, before)
					if n != want {
						t.Errorf("swept %d, want %d", n, want)
					}
					return err
				})
			}
			edges(0, 0)
			sweep(start.Add(time.Hour), 0)
			for range 4 {
				ormtest.Within(t, db, func(env *orm.Env) error { return send(env, "a") })
				now = now.Add(time.Minute)
			}
			edges(1, 4)
			sweep(start, 0)
			sweep(start.Add(2*time.Minute), 2)
			edges(3, 4)
			sweep(start.Add(time.Hour), 1) // the newest stays
			edges(4, 4)
			ormtest.Within(t, db, func(env *orm.Env) error { return send(env, "a") })
			edges(4, 5)
			ormtest.Within(t, db, func(env *orm.Env) error {
				list, err := bus.Where(env, domain.Where("channel", domain.Eq, "b"), 10)
				if len(list) != 0 {
					t.Errorf("found %v", list)
				}
				return err
			})
		})
	}
}

func TestWhoMayListen(t *testing.T) {
	ormtest.EachInstalled(t, installed, func(t *testing.T, db *orm.Database) {
		ormtest.Converse(t, db, []ormtest.Step{
			{Model: "res.users", Method: "create", Args: `[{"name":"Clerk","login":"clerk","groups_id":[[6,0,[1]]]}]`, Want: `3`},
			{Model: "res.company", Method: "create", Args: `[{"name":"Other","currency_id":1}]`, Want: `2`},
			{Model: "res.partner", Method: "create", Args: `{"args":[[{"name":"Ours","company_id":1},{"name":"Theirs","company_id":2}]],` +
				`"kwargs":{"context":{"allowed_company_ids":[1,2]}}}`, Want: `[6,7]`},
			{Model: "bus.bus", Method: "search_read", Args: `[[]]`, Kind: fault.Denied},
		})
		may := map[string]bool{
			"res.partner/6": true, "res.partner/7": false, "res.company/1": true, "res.company/2": false,
			"res.partner/999": false, "ir.config_parameter/1": false, "bus.bus/1": false,
			"no.such.model/1": true, "mychannel": true, "res.partner/x": true, "res.partner/0": true, "res.partner/-6": true,
			"/6": true, "": true,
		}
		got := map[string]bool{}
		err := db.Within(t.Context(), ormtest.As(3), orm.TxRead, func(env *orm.Env) error {
			for channel := range may {
				ok, err := bus.MayListen(env, channel)
				if err != nil {
					return err
				}
				got[channel] = ok
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(may, got); diff != "" {
			t.Error(diff)
		}
	})
}
