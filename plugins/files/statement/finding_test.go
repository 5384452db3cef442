package statement_test

import (
	"strings"
	"testing"

	"github.com/girosync/girosync/plugins/sdk"
)

// TestFindingsComeWithTheirStatement tells each once, in the statement's last
// batch, also where nothing else is left to tell, and never more in a batch than
// a host hears.
func TestFindingsComeWithTheirStatement(t *testing.T) {
	b, batches := collect()
	must(t, b.Begin("x"))
	b.Account.Number = "A"
	for range 1000 {
		must(t, b.Book(tx(1, "1"), ""))
	}
	must(t, b.Find(sdk.Finding{Kind: sdk.FindingDoubt, Code: "a", Text: strings.Repeat("é", 400)}))
	must(t, b.Begin("x"))
	b.Account.Number = "B"
	for range sdk.MaxFindings + 1 {
		must(t, b.Find(sdk.Finding{Kind: sdk.FindingProof, Code: "b", Text: "b"}))
	}
	must(t, b.Finish("x", 1))
	var got []int
	for _, batch := range *batches {
		got = append(got, len(batch.Findings))
	}
	if len(got) != 4 || got[0] != 0 || got[1] != 1 || got[2] != sdk.MaxFindings || got[3] != 1 {
		t.Fatalf("findings by batch: %v", got)
	}
	if last := (*batches)[1]; last.Account.Number != "A" || last.Findings[0].Text != strings.Repeat("é", sdk.MaxFindingText/2) {
		t.Errorf("the first statement's: %+v", last)
	}
}
