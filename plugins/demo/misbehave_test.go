package demo_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

var misbehaving = map[string]string{"misbehave": "true", "institutions": "0"}

// misfetch fetches from a bank that misbehaves and returns what came through.
func misfetch(t testing.TB, institution string) ([]sdk.Batch, error) {
	c := connect(t, institution, noon, misbehaving)
	return c.fetch(sdk.FetchRequest{Call: c.call(noon), AccountID: c.done.Accounts[0].ID, PageSize: 100})
}

func TestMisbehaviourIsGated(t *testing.T) {
	c := connect(t, "demo-crash", noon, misbehaving)
	call := c.call(noon)
	call.Config = nil
	_, err := c.fetch(sdk.FetchRequest{Call: call, AccountID: c.done.Accounts[0].ID})
	wantError(t, err, sdk.BadRequest, "institution")
}

func TestGarbage(t *testing.T) {
	batches, err := misfetch(t, "demo-garbage")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range batches {
		if b.Of >= 0 || b.Booked[0].Date.Valid() || b.Booked[0].ID != b.Booked[1].ID {
			t.Errorf("this could be believed: %+v", b.Booked[0])
		}
	}
}

func TestPanicComesInTheMiddle(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	_, err := misfetch(t, "demo-panic")
	t.Errorf("returned %v", err)
}

// Crash, hang and flood need a process of their own: this test, run again.
func TestMisbehaviourInAProcess(t *testing.T) {
	if institution := os.Getenv("DEMO_MISBEHAVE"); institution != "" {
		c := connect(t, institution, noon, misbehaving)
		req := sdk.FetchRequest{Call: c.call(noon), AccountID: c.done.Accounts[0].ID, PageSize: 100}
		err := c.provider.FetchTransactions(context.Background(), req, func(sdk.Batch) error { fmt.Println("a batch"); return nil })
		t.Logf("returned %v", err)
		return
	}
	for _, v := range []struct {
		institution string
		long        time.Duration // after its first batch
		status      int           // -1: killed
		log         int
	}{
		{"demo-crash", time.Minute, 3, 0},
		{"demo-hang", 500 * time.Millisecond, -1, 0},
		{"demo-flood", time.Minute, 0, 6 << 20},
	} {
		t.Run(v.institution, func(t *testing.T) {
			child := exec.Command(os.Args[0], "-test.run=^TestMisbehaviourInAProcess$")
			child.Env = append(os.Environ(), "DEMO_MISBEHAVE="+v.institution)
			var log strings.Builder
			child.Stderr = &log
			out, err := child.StdoutPipe()
			if err == nil {
				err = child.Start()
			}
			if err != nil {
				t.Fatal(err)
			}
			told := bufio.NewReader(out)
			if line, err := told.ReadString('\n'); line != "a batch\n" {
				t.Errorf("it says %q, %v before its first batch", line, err)
			}
			enough := time.AfterFunc(v.long, func() { child.Process.Kill() })
			_, _ = io.Copy(io.Discard, told) // until it ends
			child.Wait()
			enough.Stop()
			if got := child.ProcessState.ExitCode(); got != v.status || log.Len() < v.log {
				t.Errorf("exit status %d, %d bytes of log; want %d and %d", got, log.Len(), v.status, v.log)
			}
		})
	}
}
