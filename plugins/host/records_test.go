package host_test

import (
	"context"
	"encoding/json"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/sdk"
)

// logged are the records of a call that a plugin ends with "said all".
func logged(t *testing.T, how string) []map[string]any {
	t.Helper()
	r := newRig(t, nil)
	if _, err := do(r.provider(t), how); err != nil {
		t.Fatal(err)
	}
	eventually(t, "all that was said arrives", func() bool { return strings.Contains(r.log.String(), "said all") })
	must(t, r.Close())
	var records []map[string]any
	for _, line := range strings.Split(strings.TrimSpace(r.log.String()), "\n") {
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		delete(record, "time")
		delete(record, "provider")
		records = append(records, record)
	}
	return records
}

// What a plugin logs arrives as it was meant: levels of short and long records
// and of lines of text, numbers to their last digit, nothing that ends the host.
func TestRecordsArriveAsTheyWereMeant(t *testing.T) {
	t.Parallel()
	all := logged(t, "records")
	for _, want := range []map[string]any{
		{"level": "INFO", "msg": "numbers", "whole": "1234567", "large": "9007199254740993",
			"money": "1234567.10", "nested": "map[id:20261130123456789]"},
		{"level": "WARN", "msg": "a line of text"},
		{"level": "DEBUG", "msg": "no mark"},
		{"level": "DEBUG", "msg": `{"message": "another program's"}`},
		{"level": "ERROR", "msg": "17", "whole": "1"},
		{"level": "ERROR", "msg": "panic: caught"},
		{"level": "ERROR", "msg": "goroutine 7 [running]:"},
		{"level": "INFO", "msg": "alive"},
		{"level": "DEBUG", "msg": "said all"},
	} {
		found := false
		for _, got := range all {
			got := cutMark(got)
			found = found || cmp.Equal(want, got)
		}
		if !found {
			t.Errorf("%v is missing from %v", want, all)
		}
	}
	long := 0
	for _, got := range all {
		text, _ := got["msg"].(string)
		if strings.HasPrefix(text, "long message") || strings.Contains(text, "endless message") || text == "long value" {
			long++
			if got["level"] != "ERROR" {
				t.Errorf("a long record is of level %v: %.60s", got["level"], text)
			}
		}
	}
	if long != 3 {
		t.Errorf("%d long records arrived", long)
	}
}

// cutMark takes the mark off a line of text, which stays part of it.
func cutMark(record map[string]any) map[string]any {
	text, _ := record["msg"].(string)
	if after, marked := strings.CutPrefix(text, "[WARN] "); marked {
		record["msg"] = after
	}
	return record
}

// A line that says "panic: " is not the reason of a death that it does not
// belong to.
func TestAnOldPanicLineIsNotBlamed(t *testing.T) {
	t.Parallel()
	for _, then := range []string{"goes on and crashes", "is killed"} {
		t.Run(then, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, nil)
			p := r.provider(t)
			if then == "is killed" {
				if _, err := do(p, "say panic"); err != nil {
					t.Fatal(err)
				}
				eventually(t, "the line arrives", func() bool { return strings.Contains(r.log.String(), "panic: only said") })
				must(t, syscall.Kill(r.state(t).PID, syscall.SIGKILL))
			} else {
				_, _ = doWith(context.Background(), p, sdk.Call{Config: map[string]string{"do": "say panic, log, crash"}})
			}
			eventually(t, "the end is noticed", func() bool { return r.state(t).LastError != "" })
			if got := r.state(t).LastError; strings.Contains(got, "only said") {
				t.Errorf("last error: %s", got)
			}
		})
	}
}
