package databases_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/server/databases"
)

var throttleLimits = databases.ThrottleLimits{Failures: 3, FailuresPerAddress: 8, FailuresPerUser: 12, LockTime: time.Minute,
	LongestLock: 4 * time.Minute}

// guess makes an attempt and returns how long it must wait, 0 for none.
func guess(t *testing.T, throttle *databases.Throttle, at *clock, who, address string, right bool) time.Duration {
	t.Helper()
	a := databases.Attempt{Database: "books", Who: who, Address: address}
	err := throttle.Begin(t.Context(), a)
	var locked *databases.Locked
	switch {
	case errors.As(err, &locked):
		return locked.Until.Sub(at.now()).Round(time.Second)
	case err != nil:
		t.Fatal(err)
	case right:
		if err := throttle.Right(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	return 0
}

func TestGuessingGetsSlower(t *testing.T) {
	onBoth(t, func(t *testing.T, place databases.Place) {
		system, at := openSystem(t, place), newClock()
		throttle := system.Throttle(throttleLimits, at.now)
		wrong := func() time.Duration { return guess(t, throttle, at, "admin", "10.0.0.9", false) }
		var waits []time.Duration
		for range 4 {
			waits = append(waits, wrong())
		}
		at.pass(20 * time.Second)
		waits = append(waits, wrong()) // impatience makes it no longer
		for _, wait := range []time.Duration{41 * time.Second, 121 * time.Second, 241 * time.Second} {
			at.pass(wait)
			waits = append(waits, wrong(), wrong())
		}
		want := []time.Duration{0, 0, 0, time.Minute, 40 * time.Second, 0, 2 * time.Minute, 0, 4 * time.Minute, 0, 4 * time.Minute}
		if diff := cmp.Diff(want, waits); diff != "" {
			t.Errorf("waits (-want +got):\n%s", diff)
		}

		restarted := system.Throttle(throttleLimits, at.now) // or another host
		if wait := guess(t, restarted, at, "admin", "10.0.0.9", true); wait != 4*time.Minute {
			t.Errorf("another host lets it try after %s", wait)
		}
		if wait := guess(t, restarted, at, "admin", "10.0.0.1", true); wait != 0 {
			t.Errorf("the admin must wait %s at another address", wait)
		}
		if wait := guess(t, restarted, at, "eve", "10.0.0.9", true); wait != 0 {
			t.Errorf("another user must wait %s", wait)
		}
		at.pass(9 * time.Minute)
		for range 3 {
			if wait := wrong(); wait != 0 {
				t.Errorf("after a long quiet time: %s", wait)
			}
		}
		if err := throttle.Forgive(t.Context(), "books", "admin"); err != nil {
			t.Fatal(err)
		}
		if wait := wrong(); wait != 0 {
			t.Errorf("after forgiving: %s", wait)
		}
	})
}

func TestARightPasswordClearsTheCount(t *testing.T) {
	onBoth(t, func(t *testing.T, place databases.Place) {
		at := newClock()
		throttle := openSystem(t, place).Throttle(throttleLimits, at.now)
		for round := range 10 { // of two mistakes each, as people make
			for i, right := range []bool{false, false, true} {
				if round < 3 && guess(t, throttle, at, "ada", "10.0.0.2", right) != 0 {
					t.Fatalf("round %d, attempt %d: refused", round, i)
				}
			}
		}
	})
}

// Somebody who tries everybody's login from one address, and somebody who tries
// one login from many.
func TestGuessingBroadly(t *testing.T) {
	onBoth(t, func(t *testing.T, place databases.Place) {
		at := newClock()
		throttle := openSystem(t, place).Throttle(throttleLimits, at.now)
		if guess(t, throttle, at, "admin", "10.0.0.1", true) != 0 {
			t.Fatal("the first log-in is refused")
		}
		for i := range 8 {
			if wait := guess(t, throttle, at, fmt.Sprint("user", i), "10.0.0.9", false); wait != 0 {
				t.Errorf("guess %d must wait %s", i, wait)
			}
		}
		if wait := guess(t, throttle, at, "user99", "10.0.0.9", true); wait != time.Minute {
			t.Errorf("the address waits %s", wait)
		}
		if wait := guess(t, throttle, at, "user99", "10.0.0.8", true); wait != 0 {
			t.Errorf("its neighbour waits %s", wait)
		}
		for i := range 12 {
			if wait := guess(t, throttle, at, "admin", fmt.Sprint("10.0.1.", i), false); wait != 0 {
				t.Errorf("address %d must wait %s", i, wait)
			}
		}
		if wait := guess(t, throttle, at, "admin", "10.0.2.1", true); wait != time.Minute {
			t.Errorf("an address never seen waits %s", wait)
		}
		if wait := guess(t, throttle, at, "admin", "10.0.0.1", true); wait != 0 {
			t.Errorf("the admin's own address waits %s", wait)
		}
		for i := range 3 { // addresses of one line are one
			if wait := guess(t, throttle, at, "bob", fmt.Sprintf("2001:db8:1:2::%d", i+1), false); wait != 0 {
				t.Errorf("guess %d must wait %s", i, wait)
			}
		}
		if a, b := guess(t, throttle, at, "bob", "2001:db8:1:2:ffff::1", true),
			guess(t, throttle, at, "bob", "2001:db8:1:3::1", true); a == 0 || b != 0 {
			t.Errorf("in the same /64 it waits %s, in another %s", a, b)
		}
		if err := throttle.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if wait := guess(t, throttle, at, "admin", "10.0.2.1", true); wait == 0 {
			t.Error("the sweep took what still counts")
		}
	})
}

func TestManyGuessesAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, place databases.Place) {
		at := newClock()
		system := openSystem(t, place)
		var all sync.WaitGroup
		var tried atomic.Int32
		for range 20 {
			all.Go(func() {
				err := system.Throttle(throttleLimits, at.now).Begin(context.Background(),
					databases.Attempt{Database: "books", Who: "admin", Address: "10.0.0.9"})
				var locked *databases.Locked
				if err == nil {
					tried.Add(1)
				} else if !errors.As(err, &locked) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if tried.Load() != 3 {
			t.Errorf("%d guesses were let through, want 3", tried.Load())
		}
	})
}
