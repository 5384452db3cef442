package server_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/server/servertest"
)

// smallDisk is a folder on a disk of its own of 24 MiB.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=24m"); err != nil {
		t.Skipf("this needs a disk of its own, which only root can make: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fillDisk writes a file until nothing more fits, and returns what removes it.
func fillDisk(t *testing.T, dir string) (free func()) {
	t.Helper()
	path := filepath.Join(dir, "filler")
	file, err := os.Create(path)
	must(t, err)
	for size := 1 << 20; size > 0; {
		if _, err := file.Write(make([]byte, size)); err != nil {
			if !errors.Is(err, syscall.ENOSPC) {
				t.Fatal(err)
			}
			size /= 2
		}
	}
	must(t, file.Close())
	return func() { must(t, os.Remove(path)) }
}

// A full disk is said as such, in the user's language, with a status that
// balancers and scripts understand; once there is room all goes on by itself.
func TestAFullDiskIsSaid(t *testing.T) {
	dir := smallDisk(t)
	host, err := servertest.House{Dir: dir}.Open(io.Discard)
	must(t, err)
	defer func() { must(t, host.Close()) }()
	_, err = host.Databases.Init(t.Context(), "books", servertest.Setup(), nil)
	must(t, err)
	db, err := host.Databases.Open(t.Context(), "books")
	must(t, err)
	var key string
	asSystem(t, db, func(env *orm.Env) (err error) {
		key, err = base.NewAPIKey(env, base.AdminUser, "script")
		return err
	})
	d := &door{t: t, handler: host.Handler()}
	login := func(lang string) *httptest.ResponseRecorder {
		return d.post("/web/session/authenticate", `{"params":{"db":"books","login":"admin","password":"admin","context":{"lang":"`+lang+`"}}}`)
	}
	first := login("en_US")
	d.cookie = strings.Split(first.Header().Get("Set-Cookie"), ";")[0]
	long := strings.Repeat("x", 200_000)
	write := func() string {
		return d.post("/web/dataset/call_kw", `{"params":{"model":"res.partner","method":"create","args":[[{"name":"P","comment":"`+long+`"}]],
			"kwargs":{"context":{"lang":"nl_NL"}}}}`).Body.String()
	}
	script := func() int {
		request := httptest.NewRequest(http.MethodPost, "/json/2/res.partner/create",
			strings.NewReader(`{"vals_list":[{"name":"P","comment":"`+long+`"}]}`))
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", "Bearer "+key)
		recorder := httptest.NewRecorder()
		d.handler.ServeHTTP(recorder, request)
		return recorder.Code
	}
	ready := func() int {
		recorder := httptest.NewRecorder()
		d.handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		return recorder.Code
	}
	if code := ready(); code != 200 || !strings.Contains(write(), `"result"`) || script() != 200 {
		t.Fatalf("before: /readyz %d, %s, %d", code, write(), script())
	}
	free := fillDisk(t, dir)
	if code := ready(); code != 503 {
		t.Errorf("/readyz answers %d", code)
	}
	full := ""
	for range 200 { // the log has room of its own for a while
		if full = write(); strings.Contains(full, `"error"`) {
			break
		}
	}
	if !strings.Contains(full, "schijf van de server is vol") {
		t.Errorf("writing: %.400s", full)
	}
	if code := script(); code != 503 {
		t.Errorf("JSON-2 answers %d", code)
	}
	said := ""
	for range 2000 {
		if said = login("en_US").Body.String(); strings.Contains(said, `"error"`) {
			break
		}
	}
	if !strings.Contains(said, "disk is full") {
		t.Errorf("logging in: %.400s", said)
	}
	free()
	if code := ready(); code != 200 || !strings.Contains(write(), `"result"`) || script() != 200 ||
		!strings.Contains(login("en_US").Body.String(), `"result"`) {
		t.Errorf("once there is room: /readyz %d, %.300s, %d", code, write(), script())
	}
}
