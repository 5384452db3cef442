package query_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/girosync/girosync/addon/orm/domain"
)

// FuzzConditions lets the fuzzer steer what conditions are drawn, on rows that
// it draws too, and compares both databases with the reference.
func FuzzConditions(f *testing.F) {
	r := world()
	dbs := stores(f)
	f.Add([]byte("seed"))
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) {
		d := drawData(t, r)
		ref := reference{r, d}
		conditions := []domain.Node{drawNode(t, r, r["res.partner"], 4), drawNode(t, r, r["res.partner"], 2)}
		order := drawOrder(t, r["res.partner"])
		for name, s := range dbs {
			runOn(t, name, s, ref, conditions, order)
		}
	}))
}
