package importing_test

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"testing"

	"github.com/girosync/girosync/addon/onlinesync/worldtest"
)

// play plays a script on a desk; a panic is a failure like others.
func play(s *worldtest.Script, f fault) (v worldtest.Verdict, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v\n%s", p, debug.Stack())
		}
	}()
	bank := worldtest.NewBank(s)
	return worldtest.Play(bank, newDesk(bank, f))
}

// TestWorld plays hundreds of made-up histories on the pure engine.
func TestWorld(t *testing.T) { world(t, 250) }

// TestWorldSoak plays many.
func TestWorldSoak(t *testing.T) {
	if os.Getenv("GIROSYNC_SOAK") == "" {
		t.Skip("make soak plays 25,000 histories")
	}
	world(t, 25_000)
}

func world(t *testing.T, n int) {
	counts := map[string]int{}
	var syncs, crashes, lines, asked, undecided, failed int
	for seed := range uint64(n) {
		s := worldtest.Make(seed + 1)
		v, err := play(s, fault{})
		syncs, crashes, lines = syncs+v.Syncs, crashes+v.Crashes, lines+v.Lines
		for _, name := range s.Perturbations() {
			counts[name]++
		}
		if v.Asked {
			asked++
		}
		if v.Undecided {
			undecided++
		}
		if err != nil {
			if failed++; failed <= 3 {
				tellFailure(t, s, fault{}, err)
			}
		}
	}
	names := make([]string, 0, len(counts))
	for name, c := range counts {
		names = append(names, name)
		if c*10 < n {
			t.Errorf("%s is in %d of %d histories, fewer than a tenth", name, c, n)
		}
	}
	slices.Sort(names)
	t.Logf("%d histories, %d synchronisations, %d crashes, %d lines; %d failed", n, syncs, crashes, lines, failed)
	t.Logf("decided by answers: %d (%.2f %%); right, with a question open: %d (%.2f %%)", undecided, share(undecided, n), asked,
		share(asked, n))
	for _, name := range names {
		t.Logf("%5d %5.1f %% %s", counts[name], share(counts[name], n), name)
	}
	if undecided*20 >= n {
		t.Errorf("%d of %d histories could not be decided, more than 5 %%", undecided, n)
	}
	if failed > 0 {
		t.Errorf("%d of %d histories failed", failed, n)
	}
}

func share(part, whole int) float64 { return 100 * float64(part) / float64(whole) }

// tellFailure prints the shortest history that fails likewise.
func tellFailure(t *testing.T, s *worldtest.Script, f fault, err error) {
	t.Helper()
	short := worldtest.Shrink(s, func(s *worldtest.Script) bool {
		_, err := play(s, f)
		return err != nil
	})
	_, short2 := play(short, f)
	t.Logf("history %d fails: %v\nshortest:\n%s%v", s.Seed, errors.Join(err), short, short2)
}
