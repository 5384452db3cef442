package server

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/girosync/girosync/conf"
)

// trust is which plugin programs may run: those of the file that the build
// writes beside them, and those that an administrator recorded. Both may change
// while a host runs. Where they differ about a program, either may run: one was
// built again since the other was recorded.
type trust struct {
	file     string
	recorded func(ctx context.Context) (map[string]string, error)
	// graded returns what examinations came to, by checksum; nil where nobody asks.
	graded func(ctx context.Context) (map[string]string, error)
	sums   atomic.Pointer[map[string][]string]
	grades atomic.Pointer[map[string]string]
}

// Trusted returns the checksums that a provider's program may have, as of the last read.
func (t *trust) Trusted(name string) []string { return (*t.sums.Load())[name] }

// Grade is what an examination of a program came to, as of the last read; "" when
// it was not examined.
func (t *trust) Grade(checksum string) string {
	grades := t.grades.Load()
	if grades == nil {
		return ""
	}
	return (*grades)[checksum]
}

// read looks again. What cannot be read leaves everything as it was.
func (t *trust) read(ctx context.Context) error {
	recorded, err := t.recorded(ctx)
	if err != nil {
		return err
	}
	if t.graded != nil {
		grades, err := t.graded(ctx)
		if err != nil {
			return err
		}
		t.grades.Store(&grades)
	}
	built, err := conf.LoadTrusted(t.file)
	if err != nil {
		return fmt.Errorf("trusted plugins: %w", err)
	}
	sums := map[string][]string{}
	for _, list := range []map[string]string{recorded, built} {
		for name, sum := range list {
			if !slices.Contains(sums[name], sum) {
				sums[name] = append(sums[name], sum)
			}
		}
	}
	t.sums.Store(&sums)
	return nil
}

// Grade is what an examination of a program with a checksum came to; "" when it
// was not examined.
func (h *Host) Grade(checksum string) string { return h.trust.Grade(checksum) }
