package servertest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/orm/dialect/dialecttest"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/conf"
	"github.com/girosync/girosync/server"
	"github.com/jackc/pgx/v5"
)

// House is where a host's data lies.
type House struct {
	Dir string
	// URL is a database of PostgreSQL's of its own, since the system store's schema
	// has a fixed name; "" for SQLite.
	URL string
	// Now is the clock of the hosts that live here; time.Now if nil.
	Now func() time.Time
}

// Keys is the file of the key set.
func (h House) Keys() string { return filepath.Join(h.Dir, "keys") }

// Empty is a house without any database.
func Empty(t testing.TB, kind ormtest.Kind) House {
	t.Helper()
	h := House{Dir: t.TempDir()}
	if kind == ormtest.Postgres {
		h.URL = ownPostgres(t, "template1")
	}
	return h
}

// Furnished is a house with the database books, whose administrator's password is
// admin. It is a copy of one that is made once for all tests, which takes a
// fraction of the time.
func Furnished(t testing.TB, kind ormtest.Kind) House {
	t.Helper()
	model, err := models.of(t, kind)
	if err != nil {
		t.Fatal(err)
	}
	h := House{Dir: t.TempDir()}
	if err := errors.Join(os.CopyFS(h.Dir, os.DirFS(model.Dir)), os.Chmod(h.Keys(), 0o600)); err != nil {
		t.Fatal(err)
	}
	if kind == ormtest.Postgres {
		h.URL = ownPostgres(t, databaseOf(model.URL))
	}
	return h
}

// Setup is how the database of a furnished house is made.
func Setup() addon.Setup {
	return addon.Setup{Password: "admin", Company: "Own", Currency: "EUR", Country: "BE"}
}

// Open opens a host of a changed configuration whose passwords cost little to hash:
// with the race detector a real one costs more than most tests do.
func (h House) Open(log io.Writer, change ...func(*conf.Config)) (*server.Host, error) {
	config := conf.Default()
	config.Server.DataDir = h.Dir
	config.Secrets.KeySetFile = h.Keys()
	config.Plugins.Dir = filepath.Join(h.Dir, "plugins")
	config.Database.URL = conf.Secret(h.URL)
	config.Passwords.HashMemory, config.Passwords.HashPasses = 64<<10, 1
	// However slow and busy the machine is, no call takes too long, and whoever
	// guesses has to wait longer than a test takes.
	config.Limits.CallTime, config.Login.LockTime, config.Login.LongestLock = time.Hour, time.Hour, 24*time.Hour
	for _, f := range change {
		f(&config)
	}
	now := h.Now
	if now == nil {
		now = time.Now
	}
	return server.OpenAt(context.Background(), config, slog.New(slog.NewTextHandler(log, nil)), now)
}

// models are the houses that others are copies of, made when first asked for.
var models modelHouses

type modelHouses struct {
	mu   sync.Mutex
	made map[ormtest.Kind]House
}

func (m *modelHouses) of(t testing.TB, kind ormtest.Kind) (h House, err error) {
	t.Helper()
	cluster := ""
	if kind == ormtest.Postgres {
		cluster = dialecttest.Postgres(t)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if h, ok := m.made[kind]; ok {
		return h, nil
	}
	if h.Dir, err = os.MkdirTemp("", "girosync-house-"); err != nil {
		return h, err
	}
	if cluster != "" {
		name := newName()
		h.URL = inCluster(cluster, name)
		err = execute(cluster, "CREATE DATABASE "+name)
	}
	if m.made == nil {
		m.made = map[ormtest.Kind]House{}
	}
	m.made[kind] = h // removed at the end, whatever becomes of it
	if err != nil {
		return h, err
	}
	host, err := h.Open(io.Discard)
	if err != nil {
		return h, err
	}
	_, err = host.Databases.Init(context.Background(), "books", Setup(), nil)
	return h, errors.Join(err, host.Close())
}

// remove removes the models.
func (m *modelHouses) remove() (err error) {
	for _, h := range m.made {
		err = errors.Join(err, os.RemoveAll(h.Dir))
		if h.URL != "" {
			err = errors.Join(err, execute(inCluster(h.URL, "postgres"), "DROP DATABASE IF EXISTS "+databaseOf(h.URL)+" WITH (FORCE)"))
		}
	}
	return err
}

// Main runs the tests of a package and clears away what they shared.
func Main(m *testing.M) int {
	status := m.Run()
	if err := models.remove(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	return status
}

// ownPostgres makes a PostgreSQL database for one host, a copy of another one,
// and drops it at the end of the test.
func ownPostgres(t testing.TB, template string) string {
	t.Helper()
	cluster, name := dialecttest.Postgres(t), newName()
	if err := execute(cluster, "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := execute(cluster, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return inCluster(cluster, name)
}

func newName() string { return "girosync_server_" + strings.ToLower(rand.Text()) }

// inCluster is the url of another database of a PostgreSQL server.
func inCluster(server, database string) string {
	u, err := url.Parse(server)
	if err != nil {
		panic(err) // we were connected to it
	}
	u.Path = "/" + database
	return u.String()
}

// databaseOf is the database that a url of PostgreSQL's names.
func databaseOf(server string) string {
	u, err := url.Parse(server)
	if err != nil {
		panic(err) // we were connected to it
	}
	return strings.TrimPrefix(u.Path, "/")
}

func execute(url, statement string) error {
	ctx := context.Background() // also after the test
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}
