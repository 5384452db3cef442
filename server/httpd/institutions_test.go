package httpd_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/server/httpd"
)

func banks() []httpd.Institution {
	return []httpd.Institution{
		{Name: "Demo Bank", Countries: []string{"BE", "NL"}, Provider: "Demo", Status: "stable", Website: "https://bank.example/"},
		{Name: "Nieuwe Bank", Countries: []string{"NL"}, Provider: "Other", Status: "beta"},
	}
}

// listing answers with a list, and notes what was asked.
func listing(list []httpd.Institution, err error, asked *[]any) func(*httpd.Doors) {
	return func(d *httpd.Doors) {
		d.Institutions = func(_ context.Context, s httpd.Search) (httpd.Institutions, error) {
			if asked != nil {
				*asked = []any{s.Query, s.Country, s.Limit, s.Offset}
			}
			return httpd.Institutions{List: list, Count: 3 * len(list)}, err
		}
	}
}

func TestInstitutionsForMachines(t *testing.T) {
	for _, c := range []struct {
		name, query string
		list        []httpd.Institution
		err         error
		status      int
		asked       []any
	}{
		{"all", "", banks(), nil, 200, []any{"", "", 20, 0}},
		{"searched", "?q=demo+bank&country=be&limit=3", banks(), nil, 200, []any{"demo bank", "BE", 3, 0}},
		{"none is an empty list", "?q=none", nil, nil, 200, []any{"none", "", 20, 0}},
		{"a large limit is cut", "?limit=100000", banks(), nil, 200, []any{"", "", 200, 0}},
		{"from further on", "?offset=40", banks(), nil, 200, []any{"", "", 20, 40}},
		{"from before the first", "?offset=-1", banks(), nil, 400, nil},
		{"a long text is cut", "?q=" + strings.Repeat("é", 300), nil, nil, 200, []any{strings.Repeat("é", 200), "", 20, 0}},
		{"limit 0", "?limit=0", banks(), nil, 400, nil},
		{"limit below 0", "?limit=-1", banks(), nil, 400, nil},
		{"limit no number", "?limit=many", banks(), nil, 400, nil},
		{"limit too long", "?limit=99999999999999999999", banks(), nil, 400, nil},
		{"trouble", "", nil, errors.New("secret detail"), 503, []any{"", "", 20, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var asked []any
			w := ask(doors(listing(c.list, c.err, &asked)), "GET", "/institutions"+c.query, "Accept", "application/json")
			if w.Code != c.status {
				t.Fatalf("%d %s, want %d", w.Code, w.Body, c.status)
			}
			if diff := cmp.Diff(c.asked, asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
			if c.status != 200 {
				if strings.Contains(w.Body.String(), "secret detail") || w.Body.Len() == 0 {
					t.Errorf("answer %q", w.Body)
				}
				return
			}
			var got struct {
				Institutions *[]httpd.Institution
				Count        int
			}
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.Institutions == nil || *got.Institutions == nil {
				t.Fatalf("%v in %s", err, w.Body)
			}
			if got.Count != 3*len(c.list) {
				t.Errorf("count %d", got.Count)
			}
			if diff := cmp.Diff(append([]httpd.Institution{}, c.list...), *got.Institutions); diff != "" {
				t.Errorf("list (-want +got):\n%s", diff)
			}
		})
	}
}

const browser = "text/html,application/xhtml+xml,*/*;q=0.8"

func TestInstitutionsForBrowsers(t *testing.T) {
	for _, c := range []struct {
		name, query, language string
		list                  []httpd.Institution
		err                   error
		status                int
		has, hasNot           []string
	}{
		{"English", "?q=bank&country=be", "en-GB,en;q=0.9", banks(), nil, 200,
			[]string{`<html lang="en">`, "Supported institutions", `value="bank"`, `value="BE"`, `<a href="https://bank.example/"`,
				">Demo Bank</a>",
				"BE, NL", "<td>Nieuwe Bank<small>", `<span class="state beta">Beta</span>`, ">Supported<", "there is no technical support",
				"1 to 2 of 6", `href="/institutions?country=BE&amp;offset=2&amp;q=bank" rel="next"`, "only while you are present"},
			[]string{"Previous"}},
		{"Dutch", "", "nl-BE,nl;q=0.9,en;q=0.5", banks(), nil, 200,
			[]string{`<html lang="nl">`, "Ondersteunde instellingen", ">Bèta<", ">Zoeken<"}, []string{"Search<"}},
		{"English preferred to Dutch", "", "nl;q=0.3,en;q=0.8", banks(), nil, 200, []string{`<html lang="en">`}, nil},
		{"a language that is not spoken", "", "fr,nl;q=0.5", banks(), nil, 200, []string{`<html lang="nl">`}, nil},
		{"nonsense language", "", "\x00;;q=x", banks(), nil, 200, []string{`<html lang="en">`}, nil},
		{"further on", "?limit=2&offset=4&kind=loan", "", banks(), nil, 200, []string{"5 to 6 of 6", `<option value="loan" selected>`,
			`href="/institutions?kind=loan&amp;limit=2&amp;offset=2" rel="prev"`}, []string{"Next page"}},
		{"none", "?q=none", "nl", nil, nil, 200, []string{"Geen instelling gevonden"}, []string{"<table>"}},
		{"bad limit", "?limit=x", "", banks(), nil, 400, []string{`role="alert"`, "1 to 200"}, []string{"Demo Bank"}},
		{"trouble", "", "nl", nil, errors.New("secret detail"), 503, []string{`role="alert"`, "niet beschikbaar"},
			[]string{"secret detail"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := ask(doors(listing(c.list, c.err, nil)), "GET", "/institutions"+c.query, "Accept", browser, "Accept-Language", c.language)
			body := w.Body.String()
			if w.Code != c.status {
				t.Errorf("status %d, want %d", w.Code, c.status)
			}
			for _, text := range c.has {
				if !strings.Contains(body, text) {
					t.Errorf("the page lacks %q:\n%s", text, body)
				}
			}
			for _, text := range append(c.hasNot, "<script", "dashboard") {
				if strings.Contains(body, text) {
					t.Errorf("the page has %q", text)
				}
			}
			policy := w.Header().Get("Content-Security-Policy")
			if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "script-src") ||
				strings.Contains(policy, "unsafe") || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
				t.Errorf("headers %v", w.Header())
			}
		})
	}
}

func TestPageEscapesWhatItShows(t *testing.T) {
	hostile := `"><script>alert(1)</script>`
	list := []httpd.Institution{{Name: hostile, Countries: []string{hostile}, Provider: hostile, Status: hostile,
		Website: "javascript:alert(1)"}}
	w := ask(doors(listing(list, nil, nil)), "GET", "/institutions?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&country=%22onfocus=x",
		"Accept", browser)
	body := w.Body.String()
	for _, text := range []string{"<script", "javascript:", `"onfocus`, `"ONFOCUS`} {
		if strings.Contains(body, text) {
			t.Errorf("the page has %q:\n%s", text, body)
		}
	}
	if n := strings.Count(strings.ReplaceAll(body, "&#34;", ""), "alert(1)"); n != 6 { // query, name, country, provider, state twice
		t.Errorf("what was to be shown is shown %d times:\n%s", n, body)
	}
}

func TestPageIsForBrowsersOnly(t *testing.T) {
	for accept, want := range map[string]string{"": "application/json", "*/*": "application/json", "application/json": "application/json",
		browser: "text/html"} {
		w := ask(doors(listing(banks(), nil, nil)), "GET", "/institutions", "Accept", accept)
		if got := w.Header().Get("Content-Type"); !strings.HasPrefix(got, want) {
			t.Errorf("Accept %q: %s, want %s", accept, got, want)
		}
	}
}

// A browser runs no style but the page's own, whose sum the policy names.
func TestThePolicyNamesTheStyle(t *testing.T) {
	for _, font := range []string{"", "/assets/inter-latin.woff2"} {
		w := ask(doors(listing(banks(), nil, nil), func(d *httpd.Doors) { d.Font = font }), "GET", "/institutions", "Accept", browser)
		_, rest, _ := strings.Cut(w.Body.String(), "<style>")
		style, _, _ := strings.Cut(rest, "</style>")
		sum := sha256.Sum256([]byte(style))
		if want := "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(
			w.Header().Get("Content-Security-Policy"), want) {
			t.Errorf("%s, want %s", w.Header().Get("Content-Security-Policy"), want)
		}
		if strings.Contains(style, "url("+font+")") != (font != "") {
			t.Errorf("font %q: %.200s", font, style)
		}
	}
}

// What did not change is not sent again; what failed is kept by nobody.
func TestAListIsKeptForAWhile(t *testing.T) {
	for _, accept := range []string{browser, "application/json"} {
		first := ask(doors(listing(banks(), nil, nil)), "GET", "/institutions", "Accept", accept)
		tag := first.Header().Get("ETag")
		if tag == "" || !strings.Contains(first.Header().Get("Cache-Control"), "max-age=") {
			t.Fatalf("headers %v", first.Header())
		}
		same := ask(doors(listing(banks(), nil, nil)), "GET", "/institutions", "Accept", accept, "If-None-Match", `"x", W/`+tag)
		if same.Code != 304 || same.Body.Len() != 0 {
			t.Errorf("the same again: %d, %d bytes", same.Code, same.Body.Len())
		}
		other := ask(doors(listing(banks()[:1], nil, nil)), "GET", "/institutions", "Accept", accept, "If-None-Match", tag)
		if other.Code != 200 || other.Header().Get("ETag") == tag {
			t.Errorf("another list: %d %s", other.Code, other.Header().Get("ETag"))
		}
		failed := ask(doors(listing(nil, errors.New("x"), nil)), "GET", "/institutions", "Accept", accept, "If-None-Match", "*")
		if failed.Code != 503 || failed.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("trouble: %d %v", failed.Code, failed.Header())
		}
	}
}
