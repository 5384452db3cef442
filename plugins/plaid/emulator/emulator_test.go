package emulator_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/plaid/emulator"
	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

var noon = time.Date(2026, 3, 17, 12, 0, 0, 0, time.UTC)

func newStand(t *testing.T) *emulator.Server {
	t.Helper()
	stand, err := emulator.New("http://127.0.0.1:8070", standin.NewClock(noon))
	if err != nil {
		t.Fatal(err)
	}
	return stand
}

// ask asks a stand-in with the settings that it prints, changed.
func ask(t *testing.T, stand *emulator.Server, path, body string, change map[string]string) (status int, told map[string]any) {
	t.Helper()
	settings := stand.Emulator().Settings
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	for name, value := range map[string]string{"PLAID-CLIENT-ID": settings["client_id"], "PLAID-SECRET": settings["secret"],
		"Plaid-Version": "2020-09-14"} {
		if other, changed := change[name]; changed {
			value = other
		}
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	stand.ServeHTTP(w, r)
	if err := json.NewDecoder(w.Body).Decode(&told); err != nil {
		t.Fatalf("%s: %d %v", path, w.Code, err)
	}
	return w.Code, told
}

// A stand-in that is made again from its state knows the client, items and keys: what
// was printed for a host stays good.
func TestAStandInLivesOn(t *testing.T) {
	first := newStand(t)
	_, public := ask(t, first, "/sandbox/public_token/create", `{"institution_id": "ins_11", "initial_products": ["transactions"]}`, nil)
	state, err := first.Emulator().Save()
	if err != nil {
		t.Fatal(err)
	}
	second := newStand(t)
	e := second.Emulator()
	if e.Settings["secret"] == first.Emulator().Settings["secret"] {
		t.Error("two stand-ins have one secret")
	}
	if err := e.Load(state); err != nil {
		t.Fatal(err)
	}
	for name, value := range first.Emulator().Settings {
		if e.Settings[name] != value {
			t.Errorf("%s is another", name)
		}
	}
	body, err := json.Marshal(map[string]any{"public_token": public["public_token"]})
	if err != nil {
		t.Fatal(err)
	}
	if status, told := ask(t, second, "/item/public_token/exchange", string(body), nil); status != http.StatusOK {
		t.Errorf("%d %v", status, told)
	}
	if status, told := ask(t, second, "/item/public_token/exchange", string(body), nil); told["error_code"] != "INVALID_PUBLIC_TOKEN" {
		t.Errorf("twice: %d %v", status, told)
	}
}

// Without the client's id and secret nothing is told, and errors have the form of the
// vendor's.
func TestWhoMayAsk(t *testing.T) {
	stand := newStand(t)
	for header, want := range map[string]string{"PLAID-CLIENT-ID": "INVALID_API_KEYS", "PLAID-SECRET": "INVALID_API_KEYS",
		"Plaid-Version": "INCOMPATIBLE_API_VERSION"} {
		for _, path := range []string{"/institutions/get", "/item/get", "/transactions/sync", "/link/token/create"} {
			status, told := ask(t, stand, path, `{}`, map[string]string{header: "x"})
			if status != 400 || told["error_code"] != want || told["request_id"] == "" || told["error_type"] == nil {
				t.Errorf("%s with another %s: %d %v", path, header, status, told)
			}
		}
	}
	if _, told := ask(t, stand, "/item/get", `{"access_token": "x"}`, nil); told["error_code"] != "INVALID_ACCESS_TOKEN" {
		t.Error(told)
	}
	if _, told := ask(t, stand, "/item/get", `no JSON`, nil); told["error_code"] != "INVALID_FIELD" {
		t.Error(told)
	}
}

// The page says which banks there are, the one that was asked for first, and is no more
// when its time is over.
func TestPage(t *testing.T) {
	clock := standin.NewClock(noon)
	stand, err := emulator.New("http://127.0.0.1:8070", clock)
	if err != nil {
		t.Fatal(err)
	}
	_, made := ask(t, stand, "/link/token/create", `{"client_name": "<b>", "language": "en", "country_codes": ["US"], "products":
		["transactions"], "user": {"client_user_id": "u"}, "hosted_link": {"completion_redirect_uri": "https://host.example/back?state=s"},
		"institution_data": {"routing_number": "011000014"}}`, nil)
	path := "/link/" + made["link_token"].(string)
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		stand.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w
	}
	page := get(path).Body.String()
	first, second := strings.Index(page, "Busy Merchants Bank"), strings.Index(page, "Example Federal Bank")
	if first < 0 || second < first || strings.Contains(page, "<b>") || strings.Contains(page, "Maple") {
		t.Error(page)
	}
	if w := get(path + "/allow"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "https://host.example/back?state=s" {
		t.Errorf("%d to %s", w.Code, w.Header().Get("Location"))
	}
	if w := get(path + "/allow?institution=ins_13"); w.Code != http.StatusNotFound {
		t.Errorf("a bank of another country: %d", w.Code)
	}
	clock.Advance(time.Hour)
	if w := get(path); w.Code != http.StatusNotFound {
		t.Errorf("later: %d", w.Code)
	}
}
