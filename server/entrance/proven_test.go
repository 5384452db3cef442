package entrance_test

import (
	"testing"
	"time"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/rpc"
)

// A proof that was right is believed for two seconds, if no user or key was
// changed, and is no attempt for five minutes.
func TestProofsAreBelievedForAMoment(t *testing.T) {
	h := newHall(t)
	began := h.at
	nothing := func() {}
	newPassword := func() {
		h.within(func(env *orm.Env) error {
			return env.Write("res.users", []int64{base.AdminUser}, orm.Values{"password": "another word"})
		})
	}
	for _, c := range []struct {
		what             string
		address          string
		after            time.Duration
		change           func()
		checks, attempts int
		right            bool
	}{
		{"at once", "192.0.2.1", 0, nothing, 0, 0, true},
		{"just in time", "192.0.2.1", 2*time.Second - time.Nanosecond, nothing, 0, 0, true},
		{"a moment later", "192.0.2.1", 2 * time.Second, nothing, 1, 0, true},
		{"just no attempt", "192.0.2.1", 5*time.Minute - time.Nanosecond, nothing, 1, 0, true},
		{"a while later", "192.0.2.1", 5 * time.Minute, nothing, 1, 1, true},
		{"after a change of users", "192.0.2.1", 0, h.db.ForgetUsers, 1, 0, true},
		{"from another address", "192.0.2.9", 0, nothing, 1, 1, true},
		{"before it was checked, by a clock turned back", "192.0.2.1", -time.Second, nothing, 1, 1, true},
		// checked as one that was right, forgotten, and checked as an attempt
		{"after a change of the password", "192.0.2.1", 0, newPassword, 2, 1, false},
	} {
		people := h.people()
		check := func(address string) bool {
			right, err := people.Check(t.Context(), h.db, base.AdminUser, rpc.Proof{Text: ormtest.Password, Address: address, Keys: true})
			if err != nil {
				t.Fatalf("%s: %v", c.what, err)
			}
			return right
		}
		h.at, h.checks, h.attempts = began, 0, 0
		if !check("192.0.2.1") || h.checks != 1 || h.attempts != 1 {
			t.Fatalf("%s: the first call was checked %d times, in %d attempts", c.what, h.checks, h.attempts)
		}
		h.at, h.checks, h.attempts = began.Add(c.after), 0, 0
		c.change()
		if right := check(c.address); right != c.right || h.checks != c.checks || h.attempts != c.attempts {
			t.Errorf("%s: right %v, checked %d times, in %d attempts; want %v, %d, %d",
				c.what, right, h.checks, h.attempts, c.right, c.checks, c.attempts)
		}
	}
}

// A key that is revoked is nobody's at once, and using it is an attempt.
func TestARevokedKeyIsNotBelieved(t *testing.T) {
	h := newHall(t)
	people := h.people()
	var key string
	h.within(func(env *orm.Env) (err error) {
		key, err = base.NewAPIKey(env, base.AdminUser, "script")
		return err
	})
	owner := func() int64 {
		uid, err := people.KeyOwner(t.Context(), h.db, rpc.Proof{Text: key, Address: "192.0.2.1", Keys: true})
		if err != nil {
			t.Fatal(err)
		}
		return uid
	}
	for range 2 {
		if uid := owner(); uid != base.AdminUser || h.attempts != 1 {
			t.Errorf("the key is %d's, after %d attempts", uid, h.attempts)
		}
	}
	h.within(func(env *orm.Env) error {
		ids, err := env.Search("res.users.apikeys", nil, orm.SearchOptions{})
		if err != nil {
			return err
		}
		return env.Unlink("res.users.apikeys", ids)
	})
	if uid := owner(); uid != 0 || h.attempts != 2 {
		t.Errorf("the revoked key is %d's, after %d attempts", uid, h.attempts)
	}
}
