package server_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/girosync/girosync/addon/orm/dialect/dialecttest"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

// house is where a host's data lies: a folder, and a database of PostgreSQL's,
// if it is not SQLite, since the system store's schema has a fixed name.
type house struct{ dir, url string }

func (h house) keys() string { return filepath.Join(h.dir, "keys") }

func emptyHouse(t testing.TB, kind ormtest.Kind) house {
	t.Helper()
	h := house{dir: t.TempDir()}
	if kind == ormtest.Postgres {
		h.url = ownPostgres(t, "template1")
	}
	return h
}

// furnished is a house with the database books. It is a copy of one that is made
// once for all tests, which takes a fraction of the time.
func furnished(t testing.TB, kind ormtest.Kind) house {
	t.Helper()
	model, err := models.of(t, kind)
	if err != nil {
		t.Fatal(err)
	}
	h := house{dir: t.TempDir()}
	if err := errors.Join(os.CopyFS(h.dir, os.DirFS(model.dir)), os.Chmod(h.keys(), 0o600)); err != nil {
		t.Fatal(err)
	}
	if kind == ormtest.Postgres {
		h.url = ownPostgres(t, databaseOf(model.url))
	}
	return h
}

// models are the houses that others are copies of, made when first asked for.
var models modelHouses

type modelHouses struct {
	mu   sync.Mutex
	made map[ormtest.Kind]house
}

func (m *modelHouses) of(t testing.TB, kind ormtest.Kind) (h house, err error) {
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
	if h.dir, err = os.MkdirTemp("", "girosync-house-"); err != nil {
		return h, err
	}
	if cluster != "" {
		name := newName()
		h.url = inCluster(cluster, name)
		err = execute(cluster, "CREATE DATABASE "+name)
	}
	if m.made == nil {
		m.made = map[ormtest.Kind]house{}
	}
	m.made[kind] = h // removed at the end, whatever becomes of it
	if err != nil {
		return h, err
	}
	host, err := h.open(io.Discard)
	if err != nil {
		return h, err
	}
	_, err = host.Databases.Init(context.Background(), "books", setup(), nil)
	return h, errors.Join(err, host.Close())
}

// remove removes the models.
func (m *modelHouses) remove() (err error) {
	for _, h := range m.made {
		err = errors.Join(err, os.RemoveAll(h.dir))
		if h.url != "" {
			err = errors.Join(err, execute(inCluster(h.url, "postgres"), "DROP DATABASE IF EXISTS "+databaseOf(h.url)+" WITH (FORCE)"))
		}
	}
	return err
}

func TestMain(m *testing.M) {
	status := m.Run()
	if err := models.remove(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
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
