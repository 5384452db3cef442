package web_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/girosync/girosync/server/web"
)

func serve(t *testing.T) *httptest.Server {
	t.Helper()
	handler, err := web.Handler()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

func get(t *testing.T, url string, headers ...string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := (&http.Transport{DisableCompression: true}).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}

func TestRootIsAPageThatMayNotBeKept(t *testing.T) {
	server := serve(t)
	answer, body := get(t, server.URL+"/")
	if answer.StatusCode != http.StatusOK || !strings.Contains(body, "<title>girosync</title>") {
		t.Fatalf("GET / = %d\n%s", answer.StatusCode, body)
	}
	if got := answer.Header.Get("Cache-Control"); got != "no-cache" {
		t.Errorf("Cache-Control = %q", got)
	}
	if got := answer.Header.Get("Content-Type"); got != "text/html; charset=utf-8" {
		t.Errorf("Content-Type = %q", got)
	}
	again, _ := get(t, server.URL+"/", "If-None-Match", answer.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("with its own entity tag: %d, want 304", again.StatusCode)
	}
}

func TestPathsThatAreNoFilesAreNotFound(t *testing.T) {
	server := serve(t)
	for _, path := range []string{"/journals/1", "/.gitkeep", "/assets/", "/../embed.go", "/index.html.gz"} {
		if answer, _ := get(t, server.URL+path); answer.StatusCode != http.StatusNotFound {
			t.Errorf("GET %s = %d, want 404", path, answer.StatusCode)
		}
	}
}

func TestOtherMethodsAreRefused(t *testing.T) {
	server := serve(t)
	answer, err := http.Post(server.URL+"/", "text/plain", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusMethodNotAllowed || answer.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST / = %d, Allow %q", answer.StatusCode, answer.Header.Get("Allow"))
	}
}

func TestBuiltAssetsAreKeptAndPacked(t *testing.T) {
	if !web.Built() {
		t.Skip("the dashboard is not built; `npm run build` in server/web makes it")
	}
	server := serve(t)
	_, page := get(t, server.URL+"/")
	script := regexp.MustCompile(`src="\.?(/assets/[^"]+\.js)"`).FindStringSubmatch(page)
	if script == nil {
		t.Fatalf("the page names no script:\n%s", page)
	}
	plain, body := get(t, server.URL+script[1])
	if plain.StatusCode != http.StatusOK || plain.Header.Get("Content-Type") != "text/javascript; charset=utf-8" {
		t.Fatalf("GET %s = %d, %s", script[1], plain.StatusCode, plain.Header.Get("Content-Type"))
	}
	if !strings.Contains(plain.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("Cache-Control = %q", plain.Header.Get("Cache-Control"))
	}
	packed, short := get(t, server.URL+script[1], "Accept-Encoding", "br, gzip;q=0.8")
	if packed.Header.Get("Content-Encoding") != "gzip" || len(short) >= len(body) {
		t.Errorf("packed: encoding %q, %d of %d bytes", packed.Header.Get("Content-Encoding"), len(short), len(body))
	}
	unpacked, err := gzip.NewReader(strings.NewReader(short))
	if err != nil {
		t.Fatal(err)
	}
	same, err := io.ReadAll(unpacked)
	if err != nil || string(same) != body {
		t.Errorf("the packed script is another than the plain one (%d and %d bytes, %v)", len(same), len(body), err)
	}
	refused, _ := get(t, server.URL+script[1], "Accept-Encoding", "gzip;q=0")
	if refused.Header.Get("Content-Encoding") != "" {
		t.Errorf("a client that refuses gzip got %q", refused.Header.Get("Content-Encoding"))
	}
}
