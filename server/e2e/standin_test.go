package e2e

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

// standIn is what stands in for a provider's service, and can be told what happens
// at its banks.
type standIn struct {
	base string   // http://host:port
	env  []string // of a host that uses it
	// stop lets it answer nobody, as a service that is gone; start lets it go on.
	stop, start func(t *testing.T)
}

// emulate serves `girosync emulate` until the test ends.
func emulate(t *testing.T, name string) *standIn {
	t.Helper()
	address, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	s := &standIn{base: "http://" + address}
	state := filepath.Join(t.TempDir(), "state.json")
	s.start = func(t *testing.T) {
		t.Helper()
		cmd := exec.Command(built.program, "emulate", name, "--listen", address, "--state", state)
		cmd.Env, cmd.Stderr = append(cleanEnvironment(), raceLog()), os.Stderr
		out, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		s.stop = func(t *testing.T) {
			t.Helper()
			_ = cmd.Process.Signal(os.Interrupt) // it may have ended
			if err := cmd.Wait(); err != nil {
				t.Errorf("the stand-in: %v", err)
			}
			s.stop = func(*testing.T) {}
		}
		s.env = readSettings(t, name, out)
	}
	s.start(t)
	t.Cleanup(func() { s.stop(t) })
	return s
}

// readSettings reads the piece of configuration that a stand-in prints once it
// serves, as environment of a host. It ends with an empty line.
func readSettings(t *testing.T, name string, out io.Reader) (env []string) {
	t.Helper()
	piece := ""
	for lines := bufio.NewScanner(out); lines.Scan() && lines.Text() != ""; {
		piece += lines.Text() + "\n"
		if key, quoted, ok := strings.Cut(lines.Text(), " = "); ok {
			value, err := strconv.Unquote(quoted)
			if err != nil {
				t.Fatalf("the stand-in prints %s: %v", lines.Text(), err)
			}
			env = append(env, "GIROSYNC_PROVIDERS_"+strings.ToUpper(name+"_"+key)+"="+value)
		}
	}
	if len(env) == 0 || !strings.HasPrefix(piece, "[providers."+name+"]\n") {
		t.Fatalf("the stand-in prints %q", piece)
	}
	return env
}

// tell changes a stand-in.
func (s *standIn) tell(t *testing.T, what, change string) {
	t.Helper()
	s.ask(t, http.MethodPost, "/_emulator/"+what, change)
}

// post posts nothing to one of the stand-in's own addresses.
func (s *standIn) post(t *testing.T, path string) {
	t.Helper()
	s.ask(t, http.MethodPost, path, "")
}

func (s *standIn) ask(t *testing.T, method, path, body string) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %d %s, %v", method, path, response.StatusCode, text, err)
	}
	return text
}

// standsAt lets its clock stand at an instant.
func (s *standIn) standsAt(t *testing.T, at time.Time) {
	t.Helper()
	s.tell(t, "clock", `{"now": "`+at.UTC().Format(time.RFC3339)+`"}`)
}

// truth is what its banks have, by account.
func (s *standIn) truth(t *testing.T) map[string]standin.Account {
	t.Helper()
	var told struct{ Accounts []standin.Account }
	if err := json.Unmarshal(s.ask(t, http.MethodGet, "/_emulator/truth", ""), &told); err != nil {
		t.Fatal(err)
	}
	byID := make(map[string]standin.Account, len(told.Accounts))
	for _, a := range told.Accounts {
		byID[a.ID] = a
	}
	return byID
}

// requests counts what the service was asked, by method and path, since it was
// started.
func (s *standIn) requests(t *testing.T) (counts map[string]int) {
	t.Helper()
	if err := json.Unmarshal(s.ask(t, http.MethodGet, "/_emulator/requests", ""), &counts); err != nil {
		t.Fatal(err)
	}
	return counts
}
