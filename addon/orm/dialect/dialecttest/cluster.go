package dialecttest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/orm/dialect/postgres"
)

// Postgres gives the url of a PostgreSQL server for tests: the one that
// GIROSYNC_TEST_POSTGRES names, or a private one on the loopback interface,
// without any care for crashes. It is started by the first test process, shared
// by all, and stops half a minute after the last one left.
//
// Without PostgreSQL's programs the test is skipped, but fails where CI is set.
func Postgres(t testing.TB) string {
	t.Helper()
	if url := os.Getenv("GIROSYNC_TEST_POSTGRES"); url != "" {
		return url
	}
	shared, err := sharedCluster()
	if errors.Is(err, errNoPrograms) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return shared.url
}

var errNoPrograms = errors.New("no PostgreSQL here: install the Debian package postgresql, or name a server in GIROSYNC_TEST_POSTGRES")

// joined is a cluster that this process uses; users is locked as long as it lives.
type joined struct {
	url   string
	users *os.File
}

// sharedCluster joins or starts the cluster once per process.
var sharedCluster = sync.OnceValues(joinCluster)

type cluster struct{ dir, bin string }

func joinCluster() (joined, error) {
	bin, err := programs()
	if err != nil {
		return joined{}, err
	}
	root := "/tmp" // where the user postgres may enter, whatever TMPDIR says
	if _, err := os.Stat(root); err != nil {
		root = os.TempDir()
	}
	c := cluster{dir: filepath.Join(root, "girosync-postgres-"+strconv.Itoa(os.Getuid())), bin: bin}
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		return joined{}, err
	}
	// The shared lock says that this process uses the cluster; it ends with the
	// process. The supervisor takes it exclusively before it stops the server.
	users, err := flock(filepath.Join(c.dir, "users"), syscall.LOCK_SH)
	if err != nil {
		return joined{}, err
	}
	starting, err := flock(filepath.Join(c.dir, "starting"), syscall.LOCK_EX)
	if err != nil {
		return joined{}, err
	}
	defer starting.Close()
	if url, err := os.ReadFile(filepath.Join(c.dir, "url")); err == nil && alive(string(url)) {
		return joined{string(url), users}, nil
	}
	url, err := c.start()
	return joined{url, users}, err
}

// programs finds the newest installed server's folder.
func programs() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	best, newest := "", -1
	for _, path := range found {
		dir := filepath.Dir(path)
		if version, err := strconv.Atoi(filepath.Base(filepath.Dir(dir))); err == nil && version > newest {
			best, newest = dir, version
		}
	}
	if best != "" {
		return best, nil
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(path), nil
	}
	return "", errNoPrograms
}

// flock opens and locks a file; the caller keeps it as long as the lock.
func flock(path string, how int) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), how); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return f, nil
}

// patience is how long a server may take to answer on a slow and busy machine.
const patience = 5 * time.Minute

func alive(url string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, err := postgres.List(ctx, url, "test_")
	return err == nil
}

// start makes a new cluster and a supervisor that outlives this process.
func (c cluster) start() (string, error) {
	home, err := os.MkdirTemp(c.dir, "cluster-")
	if err != nil {
		return "", err
	}
	who, err := c.runAs(home)
	if err != nil {
		return "", err
	}
	data := filepath.Join(home, "data")
	initdb := exec.Command(filepath.Join(c.bin, "initdb"), "--pgdata="+data, "--username=postgres", "--auth=trust", "--encoding=UTF8",
		"--locale=C", "--no-sync", "--no-instructions")
	initdb.Dir, initdb.SysProcAttr = home, &syscall.SysProcAttr{Credential: who}
	if out, err := initdb.CombinedOutput(); err != nil {
		return "", fmt.Errorf("initdb: %w\n%s", err, out)
	}
	port, err := freePort()
	if err != nil {
		return "", err
	}
	url := fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port)
	supervisor := exec.Command("/bin/sh", "-c", supervise, "girosync-postgres", c.bin, home, strconv.Itoa(port),
		filepath.Join(c.dir, "users"), filepath.Join(c.dir, "url"))
	supervisor.Dir = "/"
	supervisor.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: who}
	if who != nil { // it locks and removes files here
		for _, path := range []string{c.dir, filepath.Join(c.dir, "users")} {
			if err := os.Chown(path, int(who.Uid), int(who.Gid)); err != nil {
				return "", err
			}
		}
	}
	if err := supervisor.Start(); err != nil {
		return "", err
	}
	if err := supervisor.Process.Release(); err != nil {
		return "", err
	}
	for deadline := time.Now().Add(patience); !alive(url); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			text, _ := os.ReadFile(filepath.Join(home, "log"))
			return "", fmt.Errorf("the test server does not start:\n%s", text)
		}
	}
	return url, os.WriteFile(filepath.Join(c.dir, "url"), []byte(url), 0o644)
}

// runAs is the user postgres for root, whom PostgreSQL refuses to serve.
func (c cluster) runAs(home string) (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("the tests run as root and there is no user postgres: %w", err)
	}
	uid, uidErr := strconv.Atoi(u.Uid)
	gid, gidErr := strconv.Atoi(u.Gid)
	if err := errors.Join(uidErr, gidErr, os.Chown(home, uid, gid)); err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	_, text, _ := strings.Cut(l.Addr().String(), ":")
	return strconv.Atoi(text)
}

// supervise runs the server ($1 programs, $2 home, $3 port) until nobody has
// locked $4 for 30 s, then removes everything; $5 is where the url is told.
const supervise = `
umask 022
"$1/postgres" -D "$2/data" -p "$3" -F -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
	-c synchronous_commit=off -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB \
	-c autovacuum=off >"$2/log" 2>&1 </dev/null &
server=$!
idle=0
exec >/dev/null 2>&1 </dev/null
while kill -0 $server; do
	sleep 2
	exec 9<"$4"
	if flock -n -x 9; then idle=$((idle + 2)); else idle=0; fi
	if [ $idle -ge 30 ]; then
		rm -f "$5"
		kill -INT $server
		wait $server
	else
		exec 9<&-
	fi
done
rm -rf "$2"
`
