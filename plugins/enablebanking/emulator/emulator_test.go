package emulator_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/enablebanking/emulator"
	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

var noon = time.Date(2026, 3, 17, 12, 0, 0, 0, time.UTC)

// A stand-in that is made again from its state has the same application: what was
// printed for a host stays good.
func TestAStandInLivesOn(t *testing.T) {
	first, err := emulator.New("http://127.0.0.1:8070", standin.NewClock(noon))
	if err != nil {
		t.Fatal(err)
	}
	state, err := first.Emulator().Save()
	if err != nil {
		t.Fatal(err)
	}
	second, err := emulator.New("http://127.0.0.1:8070", standin.NewClock(noon))
	if err != nil {
		t.Fatal(err)
	}
	e := second.Emulator()
	if e.Settings["application_id"] == first.Emulator().Settings["application_id"] {
		t.Error("two stand-ins have one application")
	}
	if err := e.Load(state); err != nil {
		t.Fatal(err)
	}
	for name, value := range first.Emulator().Settings {
		if e.Settings[name] != value {
			t.Errorf("%s is another", name)
		}
	}
}

// Without a token nothing is told, and errors have the form of the vendor's.
func TestWhoMayAsk(t *testing.T) {
	stand, err := emulator.New("http://127.0.0.1:8070", standin.NewClock(noon))
	if err != nil {
		t.Fatal(err)
	}
	for header, want := range map[string]string{"": "AUTHORIZATION_NOT_PROVIDED", "Bearer x.y.z": "UNAUTHORIZED_ACCESS",
		"Bearer x": "UNAUTHORIZED_ACCESS"} {
		for _, path := range []string{"/aspsps", "/application", "/sessions/x", "/accounts/x/balances"} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			if header != "" {
				r.Header.Set("Authorization", header)
			}
			w := httptest.NewRecorder()
			stand.ServeHTTP(w, r)
			var told struct {
				Error string
				Code  int
			}
			if err := json.NewDecoder(w.Body).Decode(&told); err != nil || told.Error != want || told.Code != 401 || w.Code != 401 {
				t.Errorf("%s with %q: %d %+v, %v", path, header, w.Code, told, err)
			}
		}
	}
	w := httptest.NewRecorder()
	stand.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/bank/none", nil))
	if w.Code != http.StatusNotFound || strings.Contains(w.Body.String(), "<a") {
		t.Errorf("a page for nobody: %d", w.Code)
	}
}
