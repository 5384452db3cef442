package emulator_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

// truthOf asks a stand-in what its banks have, by account.
func truthOf(t *testing.T, base string) map[string]standin.Account {
	t.Helper()
	var told struct{ Accounts []standin.Account }
	if status, text := ask(t, "GET", base+"/_emulator/truth", ""); status != 200 || json.Unmarshal([]byte(text), &told) != nil {
		t.Fatalf("%d %s", status, text)
	}
	byID := map[string]standin.Account{}
	for _, a := range told.Accounts {
		byID[a.ID] = a
	}
	return byID
}

// What the service tells is what the truth says, also after the banks put
// something right.
func TestTruth(t *testing.T) {
	base, token, _ := serve(t, "127.0.0.1:0", "")
	_, access := ask(t, "POST", claimOf(t, token), "")
	agrees := func(when string) map[string]standin.Account {
		t.Helper()
		truth := truthOf(t, base)
		var told struct {
			Accounts []struct {
				ID, Balance  string
				Transactions []struct {
					ID, Amount string
					Posted     int64
					Pending    bool
				}
			}
		}
		_, text := ask(t, "GET", access+"/accounts?version=2&pending=1", "")
		if err := json.Unmarshal([]byte(text), &told); err != nil || len(told.Accounts) != len(truth) {
			t.Fatalf("%s: %v, %d accounts of %d", when, err, len(told.Accounts), len(truth))
		}
		for _, a := range told.Accounts {
			lines := map[string]standin.Line{}
			for _, l := range append(truth[a.ID].Posted, truth[a.ID].Pending...) {
				lines[l.ID] = l
			}
			if a.Balance != truth[a.ID].Balance || len(a.Transactions) == 0 {
				t.Errorf("%s: %s has %s and %d transactions, in truth %s", when, a.ID, a.Balance, len(a.Transactions), truth[a.ID].Balance)
			}
			for _, m := range a.Transactions {
				l, day := lines[m.ID], time.Unix(m.Posted, 0).UTC().Format(time.DateOnly)
				if l.Amount != m.Amount || !m.Pending && l.Day != day {
					t.Errorf("%s: %+v is in truth %+v", when, m, l)
				}
			}
		}
		return truth
	}
	posted := agrees("at first")["ACT-1d0e5c1e-checking"].Posted
	newest, next := posted[len(posted)-1], posted[len(posted)-2]
	if status, text := ask(t, "POST", base+"/_emulator/amend", `{"id": "`+newest.ID+`", "amount": "-77.70"}`); status != 200 {
		t.Fatalf("%d %s", status, text)
	}
	if status, text := ask(t, "POST", base+"/_emulator/remove", `{"id": "`+next.ID+`"}`); status != 200 {
		t.Fatalf("%d %s", status, text)
	}
	after := agrees("put right")["ACT-1d0e5c1e-checking"].Posted
	if last := after[len(after)-1]; last.ID != newest.ID || last.Amount != "-77.70" || len(after) != len(posted)-1 {
		t.Errorf("put right: the last is %+v, %d of %d", last, len(after), len(posted))
	}
	for body, want := range map[string]int{`{"id": "none", "amount": "1.00"}`: 404, `{"id": "` + newest.ID + `", "amount": "1.0"}`: 400,
		`{"id": "` + newest.ID + `", "amount": "0.00"}`: 400, `{"id": "` + newest.ID + `"}`: 400, "{": 400} {
		if status, text := ask(t, "POST", base+"/_emulator/amend", body); status != want {
			t.Errorf("%s: %d %s", body, status, text)
		}
	}
}

// Faults that were asked for end when they are taken back, and so does access.
func TestTakingBack(t *testing.T) {
	base, token, _ := serve(t, "127.0.0.1:0", "")
	_, access := ask(t, "POST", claimOf(t, token), "")
	ask(t, "POST", base+"/_emulator/fail", `{"status": 503, "times": 100}`)
	if status, _ := ask(t, "GET", access+"/accounts", ""); status != 503 {
		t.Errorf("it is to fail, and answers %d", status)
	}
	ask(t, "DELETE", base+"/_emulator/fail", "")
	if status, _ := ask(t, "GET", access+"/accounts", ""); status != 200 {
		t.Errorf("the fault was taken back, and it answers %d", status)
	}
	ask(t, "POST", base+"/simplefin/revoke", "")
	if status, _ := ask(t, "GET", access+"/accounts", ""); status != 403 {
		t.Errorf("the access was taken back, and it answers %d", status)
	}
	_, token = ask(t, "GET", base+"/simplefin/create", "")
	_, access = ask(t, "POST", claimOf(t, strings.TrimSpace(token)), "")
	if status, _ := ask(t, "GET", access+"/accounts", ""); status != 200 {
		t.Errorf("a new access: %d", status)
	}
}
