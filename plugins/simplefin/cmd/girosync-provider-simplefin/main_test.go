package main_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/host"
	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest/resttest"
	"github.com/girosync/girosync/plugins/sdk/rest/standin"
	"github.com/girosync/girosync/plugins/simplefin/emulator"
)

// program is the built program.
var program string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "simplefin")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, host.Prefix+"simplefin")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// patience is how long a test waits for what must come: longer than any machine takes.
const patience = 5 * time.Minute

type trust string

func (sum trust) Trusted(string) []string { return []string{string(sum)} }

// start returns the program as a host sees it that gives it an environment.
func start(t *testing.T, log io.Writer, env ...string) sdk.Provider {
	t.Helper()
	sum, err := host.Checksum(program)
	if err != nil {
		t.Fatal(err)
	}
	m, err := host.New(host.Options{Dir: filepath.Dir(program), Trust: trust(sum), StartTimeout: patience, CallTimeout: patience, Env: env,
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	p, err := m.Provider("simplefin")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// bridge serves a stand-in by TLS, as bridge.example, with a certificate that
// only the file ca vouches for.
func bridge(t *testing.T, clock *standin.Clock) (s *emulator.Server, address, ca string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"bridge.example"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	ca = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	s = emulator.New("https://bridge.example", clock)
	server := httptest.NewUnstartedServer(standin.Controlled(s.Emulator()))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	server.StartTLS()
	t.Cleanup(server.Close)
	return s, server.Listener.Addr().String(), ca
}

// proxy lets through to one address, whatever it is asked for.
type proxy struct {
	to string

	mu    sync.Mutex
	asked []string // host:port and who asked
	shut  bool
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked = append(p.asked, r.Method+" "+r.Host+" "+r.Header.Get("Proxy-Authorization"))
	shut := p.shut
	p.mu.Unlock()
	if shut || r.Method != http.MethodConnect {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	there, err := net.Dial("tcp", p.to)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	here, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		there.Close()
		return
	}
	_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
	go func() {
		_, _ = io.Copy(there, buffered)
		there.Close()
	}()
	_, _ = io.Copy(here, there)
	here.Close()
}

// quiet is a log that may be written and read at the same time.
type quiet struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (q *quiet) Write(b []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.text.Write(b)
}

func (q *quiet) String() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.text.String()
}

// connect connects and fetches through a program.
func connect(p sdk.Provider, s *emulator.Server, now time.Time) (booked int, err error) {
	ctx := context.Background()
	call := sdk.Call{Config: map[string]string{"bridge_url": "https://bridge.example/simplefin"}, Now: now, UserPresent: true,
		SaveSecret: func([]byte) error { return nil }}
	a, err := p.StartConnect(ctx, sdk.StartConnectRequest{Call: call, Kind: sdk.FlowConnect, InstitutionID: "simplefin-bridge"})
	for err == nil && a.Step != nil && a.Step.Kind != sdk.StepMessage {
		values := map[string]string{"setup_token": s.SetupToken(), "accounts": ""}
		a, err = p.ContinueConnect(ctx, sdk.ContinueConnectRequest{Call: call, FlowState: a.FlowState, Values: values})
	}
	if err != nil || a.Done == nil {
		return 0, errors.Join(err, fmt.Errorf("no connection: %+v", a.Step))
	}
	call.Secret = a.Done.Secret
	err = p.FetchTransactions(ctx, sdk.FetchRequest{Call: call, AccountID: a.Done.Accounts[0].ID}, func(b sdk.Batch) error {
		booked += len(b.Booked)
		return nil
	})
	return booked, err
}

// A plugin's way to the internet is the host's: its proxy, and whom it trusts.
func TestTheWayOutIsTheHosts(t *testing.T) {
	now := time.Now()
	s, address, ca := bridge(t, standin.NewClock(now))
	through := &proxy{to: address}
	server := httptest.NewServer(through)
	defer server.Close()
	const user, password = "proxy-user", "proxy word/4711"
	env := []string{"HTTPS_PROXY=" + strings.Replace(server.URL, "://", "://"+user+":proxy%20word%2F4711@", 1), "SSL_CERT_FILE=" + ca}
	var log quiet
	p := start(t, &log, env...)
	booked, err := connect(p, s, now)
	if err != nil || booked == 0 {
		t.Fatalf("%d booked, %v\n%s", booked, err, log.String())
	}
	want := "CONNECT bridge.example:443 Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
	if len(through.asked) == 0 || through.asked[0] != want {
		t.Errorf("the proxy was asked %q", through.asked)
	}
	// Without the host's certificate nobody vouches for the server; past a proxy
	// that does not let through there is no way.
	_, err = connect(start(t, &log, env[0]), s, now)
	if err == nil || !strings.Contains(err.Error(), "plugins.ca_file") {
		t.Errorf("without the certificate: %v", err)
	}
	through.mu.Lock()
	through.shut = true
	through.mu.Unlock()
	server.CloseClientConnections()
	_, err = connect(start(t, &log, env...), s, now)
	if err == nil || !strings.Contains(err.Error(), "plugins.proxy") {
		t.Errorf("with a proxy that is shut: %v", err)
	}
	text := fmt.Sprint(err, log.String())
	resttest.Untold(t, "the host's log", text, password, "proxy%20word")
	if found := regexp.MustCompile(`/claim/[A-Z0-9]`).FindString(text); found != "" || !strings.Contains(text, "/claim/•••") {
		t.Errorf("setup tokens in the log (%q): %s", found, text)
	}
}
