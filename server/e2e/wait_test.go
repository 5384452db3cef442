package e2e

import (
	"errors"
	"testing"
	"time"
)

// patience is how long anything may take. Only what never comes is waited for so
// long: it is many times what anything takes on a slow and busy machine.
const patience = 10 * time.Minute

var (
	errOver   = errors.New("what was waited for is over")
	errInVain = errors.New("waited in vain")
)

// await asks whether something holds that another process does, which cannot be
// waited for: at once, then ever more rarely, since on a busy machine it is the
// asking that keeps the other from it. It gives up when over is closed, which may
// be nil.
func await(over <-chan struct{}, holds func() bool) error {
	const first, rarest = 5 * time.Millisecond, 100 * time.Millisecond
	began := time.Now()
	for pause := first; !holds(); pause = min(2*pause, rarest) {
		select {
		case <-over:
			return errOver
		case <-time.After(pause):
		}
		if time.Since(began) > patience {
			return errInVain
		}
	}
	return nil
}

// until is await for a test.
func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	if err := await(nil, holds); err != nil {
		t.Fatalf("%v for %s", err, what)
	}
}
