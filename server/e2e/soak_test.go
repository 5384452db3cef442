package e2e

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// TestSoakKills kills hosts and plugins hundreds of times: at each hit of each
// failpoint, and at random moments. GIROSYNC_SOAK_ROUNDS says how many random
// rounds of five kills, 100 if unset.
func TestSoakKills(t *testing.T) {
	if os.Getenv("GIROSYNC_SOAK") == "" {
		t.Skip("only with GIROSYNC_SOAK=1")
	}
	rounds, err := strconv.Atoi(os.Getenv("GIROSYNC_SOAK_ROUNDS"))
	if err != nil {
		rounds = 100
	}
	onBoth(t, func(t *testing.T, on database) {
		t.Run("all", func(t *testing.T) {
			const size = 5000
			calm := newCrash(t, on, size)
			calm.serve(t)
			for name, total := range calm.undisturbed(t) {
				for n := range total {
					t.Run(name+":"+strconv.Itoa(n+1), func(t *testing.T) {
						t.Parallel()
						killAt(t, on, size, name, n+1)
					})
				}
			}
			for range rounds {
				t.Run("random", func(t *testing.T) {
					t.Parallel()
					killAnywhere(t, on, size, 5, rand.Uint64())
				})
			}
		})
	})
	t.Log(&tally)
}
