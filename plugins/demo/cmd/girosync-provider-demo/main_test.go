package main_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/girosync/girosync/plugins/demo"
	"github.com/girosync/girosync/plugins/host"
	"github.com/girosync/girosync/plugins/sdk"
)

var (
	noon   = time.Date(2026, 3, 17, 12, 0, 0, 0, time.UTC)
	config = map[string]string{"misbehave": "true"}
)

type trust string

func (sum trust) Trusted(string) []string { return []string{string(sum)} }

// program is the built program.
var program string

func TestMain(m *testing.M) { os.Exit(build(m)) }

func build(m *testing.M) int {
	dir, err := os.MkdirTemp("", "demo")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, host.Prefix+"demo")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// patience is how long a test waits for what must come: longer than any machine takes.
const patience = 2 * time.Minute

// start returns the program as a host sees it that ends it after silence.
func start(t testing.TB, silence time.Duration) sdk.Provider {
	t.Helper()
	return startProgram(t, program, silence)
}

func startProgram(t testing.TB, path string, silence time.Duration) sdk.Provider {
	t.Helper()
	sum, err := host.Checksum(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := host.New(host.Options{Dir: filepath.Dir(path), Trust: trust(sum), StartTimeout: patience, CallTimeout: silence})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	p, err := m.Provider("demo")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func call(secret []byte) sdk.Call {
	return sdk.Call{Config: config, Now: noon, UserPresent: true, Secret: secret, SaveSecret: func([]byte) error { return nil }}
}

func connect(t testing.TB, p sdk.Provider, institution string) sdk.Connection {
	t.Helper()
	ctx := context.Background()
	answer, err := p.StartConnect(ctx, sdk.StartConnectRequest{Call: call(nil), Kind: sdk.FlowConnect, InstitutionID: institution})
	for n := 0; err == nil && answer.Done == nil && n < 3; n++ {
		values := map[string]string{"user": "alice", "password": "any", "accounts": ""}
		answer, err = p.ContinueConnect(ctx, sdk.ContinueConnectRequest{Call: call(nil), FlowState: answer.FlowState, Values: values})
	}
	if err != nil || answer.Done == nil {
		t.Fatalf("connect to %s: %+v, %v", institution, answer, err)
	}
	return *answer.Done
}

func fetch(p sdk.Provider, c sdk.Connection) (batches []sdk.Batch, err error) {
	err = p.FetchTransactions(context.Background(), sdk.FetchRequest{Call: call(c.Secret), AccountID: c.Accounts[0].ID, PageSize: 1000},
		func(b sdk.Batch) error { batches = append(batches, b); return nil })
	return batches, err
}

// The world is the same in a process of its own.
func TestProgramServesTheWorld(t *testing.T) {
	served, own := start(t, patience), demo.New()
	for _, institution := range []string{"demo-big-2000", "fr-2-3"} {
		there, here := connect(t, served, institution), connect(t, own, institution)
		if diff := cmp.Diff(here, there, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s, connected (-here +served):\n%s", institution, diff)
		}
		want, err := fetch(own, here)
		if err != nil {
			t.Fatal(err)
		}
		got, err := fetch(served, there)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s, fetched (-here +served):\n%s", institution, diff[:min(len(diff), 4000)])
		}
	}
	lister, ok := sdk.As[sdk.InstitutionLister](served)
	if !ok {
		t.Fatal("it lists no institutions")
	}
	institutions := 0
	err := lister.ListInstitutions(context.Background(), call(nil), func(page []sdk.Institution) error {
		institutions += len(page)
		return nil
	})
	if err != nil || institutions < 24_000 {
		t.Errorf("%d institutions, %v", institutions, err)
	}
}

// What misbehaves harms its own call only: the next one is served.
func TestMisbehaviourHarmsOneCall(t *testing.T) {
	patient := start(t, patience)
	for _, institution := range []string{"demo-crash", "demo-panic", "demo-hang"} {
		p := patient
		if institution == "demo-hang" {
			p = start(t, 4*time.Second)
		}
		c := connect(t, p, institution)
		batches, err := fetch(p, c)
		if err == nil || len(batches) == 0 {
			t.Errorf("%s: %d batches, %v", institution, len(batches), err)
		}
		if institution == "demo-crash" && !errors.Is(err, host.ErrPluginGone) {
			t.Errorf("%s: %v", institution, err)
		}
		if institution == "demo-panic" && (sdk.KindOf(err) != sdk.Internal || strings.Contains(err.Error(), "goroutine")) {
			t.Errorf("%s: %v", institution, err)
		}
		good := connectSoon(t, p)
		if _, err := fetch(p, good); err != nil {
			t.Errorf("after %s: %v", institution, err)
		}
	}
	if _, err := fetch(patient, connect(t, patient, "demo-flood")); err != nil {
		t.Errorf("demo-flood: %v", err)
	}
}

// connectSoon connects to the plain bank, waiting until the plugin may be
// started again.
func connectSoon(t testing.TB, p sdk.Provider) sdk.Connection {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		if _, err := p.Describe(context.Background()); err == nil || time.Now().After(deadline) {
			return connect(t, p, "demo-checking")
		}
	}
}

func BenchmarkServedFetch(b *testing.B) {
	p := start(b, patience)
	c := connect(b, p, "demo-big-100000")
	told := 0
	for b.Loop() {
		batches, err := fetch(p, c)
		if err != nil {
			b.Fatal(err)
		}
		for _, batch := range batches {
			told += len(batch.Booked)
		}
	}
	b.ReportMetric(float64(told)/b.Elapsed().Seconds(), "tx/s")
}
