package guide_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/conf"
	"github.com/girosync/girosync/server"
	"github.com/girosync/girosync/server/servertest"
)

// patience is how long anything may take on a slow and busy machine.
const patience = 10 * time.Minute

// morning is when the clock of an office begins: a Wednesday.
var morning = time.Date(2026, time.June, 17, 9, 0, 0, 0, time.UTC)

// office is a host, its database books, and somebody who works with it over HTTP.
type office struct {
	*client
	house servertest.House
	host  *server.Host
	db    *orm.Database
	log   *servertest.Log
	time  *servertest.Clock
}

// in is the same office in a subtest.
func (o *office) in(t *testing.T) *office {
	inside := *o
	inside.client = &client{t: t, url: o.url, login: o.login, uid: o.uid}
	return &inside
}

// each runs a test in an office on either database.
func each(t *testing.T, test func(t *testing.T, o *office), change ...func(*conf.Config)) {
	t.Parallel()
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			test(t, open(t, kind, change...))
		})
	}
}

// open opens an office whose catalogue lists the demo banks, and few others.
func open(t *testing.T, kind ormtest.Kind, change ...func(*conf.Config)) *office {
	t.Helper()
	o := &office{time: servertest.At(morning), log: &servertest.Log{}}
	o.house = servertest.Furnished(t, kind)
	o.house.Now = o.time.Now
	address := freeAddress(t)
	config := func(c *conf.Config) {
		c.Server.Listen = address
		c.Plugins.Dir, c.Plugins.TrustedFile = plugins, filepath.Join(plugins, "trusted.toml")
		c.Plugins.Demo, c.Plugins.StartTime, c.Plugins.CallTime = true, patience, patience
		// The clock is moved while nothing runs: no run's lease ends by it.
		c.Sync.Lease = time.Hour
		c.Plugins.Demo = true
		c.Providers = map[string]conf.Settings{"demo": {"institutions": "200"}}
	}
	var err error
	if o.host, err = o.house.Open(o.log, append([]func(*conf.Config){config}, change...)...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.host.Close(); err != nil {
			t.Error("close host:", err)
		}
	})
	if o.db, err = o.host.Databases.Open(t.Context(), "books"); err != nil {
		t.Fatal(err)
	}
	o.client = &client{t: t, url: o.serve(t), login: "admin"}
	return o
}

// freeAddress is one that nobody listens to: banks have to be told it before the
// host listens. Its port is below those that the system gives to connections.
func freeAddress(t *testing.T) string {
	t.Helper()
	const first, last = 12_000, 20_000
	for range 100 {
		port := first + rand.IntN(last-first)
		if _, taken := portsGiven.LoadOrStore(port, true); taken {
			continue
		}
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue // another program's
		}
		if err := listener.Close(); err != nil {
			t.Fatal(err)
		}
		return listener.Addr().String()
	}
	t.Fatal("no free address")
	return ""
}

// portsGiven are those of this run of the tests.
var portsGiven sync.Map

// serve serves until the end of the test, and returns the host's address once it
// is ready.
func (o *office) serve(t *testing.T) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	served, address := make(chan error, 1), make(chan string, 1)
	ready := make(chan struct{})
	go func() {
		served <- o.host.Serve(ctx, func(ctx context.Context) error {
			defer close(ready)
			return o.host.Prepare(ctx, o.db)
		}, func(a string) { address <- a })
	}()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error("serve:", err)
		}
	})
	select {
	case <-ready:
	case err := <-served:
		t.Fatalf("the host does not serve: %v\n%s", err, o.log)
	}
	return "http://" + <-address
}

// later moves the clock, does what is due then, and waits for its end.
func (o *office) later(d time.Duration) {
	o.t.Helper()
	o.time.Move(d)
	o.settle()
}

// settle does what is due by now, waits until no synchronisation is under way or
// could be, and ends the consents that nobody has any more.
func (o *office) settle() {
	o.t.Helper()
	if err := o.host.Sync.Sweep(context.Background(), o.db); err != nil {
		o.t.Fatal(err)
	}
	for began := time.Now(); o.underWay() > 0; time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > patience {
			o.t.Fatalf("synchronisations do not end\n%s", o.log)
		}
	}
	if err := o.host.Sync.EndConsents(context.Background(), o.db); err != nil {
		o.t.Fatal(err)
	}
}

// underWay is how many synchronisations run, or could.
func (o *office) underWay() (n int) {
	o.t.Helper()
	err := o.db.Within(context.Background(), orm.Principal{System: true}, orm.TxRead, func(env *orm.Env) (err error) {
		n, err = env.Count("account.online.run", domain.All(domain.Where("state", domain.Ne, "done"),
			domain.Where("due", domain.Le, env.Now())), 0)
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return n
}

// visit reads a page as somebody who is not logged in.
func (o *office) visit(url string) (status int, text string) {
	o.t.Helper()
	response, err := http.Get(url)
	if err != nil {
		o.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return response.StatusCode, string(body)
}
