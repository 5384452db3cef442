package failpoint_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/onlinesync/failpoint"
)

func TestParse(t *testing.T) {
	for plan, ok := range map[string]bool{"": true, "a=kill:1": true, "a=kill:1, b=kill:2": true, "a": false, "a=kill:0": false,
		"=kill:1": false, "a=die:1": false} {
		if _, err := failpoint.Parse(plan); (err == nil) != ok {
			t.Errorf("%q: %v", plan, err)
		}
	}
}

// TestKill runs this test again as a process that dies at its second hit.
func TestKill(t *testing.T) {
	if os.Getenv(failpoint.Variable) != "" {
		for range 3 {
			failpoint.Hit("step")
		}
		return
	}
	log := filepath.Join(t.TempDir(), "hits")
	cmd := exec.Command(os.Args[0], "-test.run=^TestKill$")
	cmd.Env = append(os.Environ(), failpoint.Variable+"=step=kill:2", failpoint.LogVariable+"="+log)
	if err := cmd.Run(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("ended with %v, want killed", err)
	}
	got, err := os.ReadFile(log)
	if err != nil || string(got) != "step 1\nstep 2\n" {
		t.Fatalf("log %q, %v", got, err)
	}
}
