package statementtest

import (
	"strings"
	"testing"

	"github.com/girosync/girosync/plugins/sdk"
)

// Sound holds a reader to what must be true of any input: it ends without a
// panic, its errors are clean ones, and a host would take its batches.
func Sound(t *testing.T, read Read, text string) []sdk.StatementBatch {
	t.Helper()
	batches, err := Batches(read, strings.ToValidUTF8(text, "?"))
	if err != nil && sdk.KindOf(err) != sdk.BadRequest {
		t.Fatalf("not a clean error: %v", err)
	}
	for _, b := range batches {
		if err := Check(b); err != nil {
			t.Fatal(err)
		}
	}
	return batches
}
