package rest_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
	"github.com/girosync/girosync/plugins/sdk/rest/resttest"
)

func fails(err error) resttest.Fault {
	return func(*http.Request, http.RoundTripper) (*http.Response, error) { return nil, err }
}

func dial(err error) resttest.Fault { return fails(&net.OpError{Op: "dial", Net: "tcp", Err: err}) }

// What the network does is said in words that name the part, and what to check.
func TestWordsOfTheNetwork(t *testing.T) {
	tests := []struct {
		fault resttest.Fault
		kind  sdk.Kind
		says  string
	}{
		{dial(&net.DNSError{Err: "no such host", Name: "bank.example", IsNotFound: true}), sdk.BankUnavailable,
			"the name bank.example is not known"},
		{dial(&net.DNSError{Err: "timeout", Name: "bank.example", IsTimeout: true}), sdk.BankUnavailable, "no name server answers"},
		{resttest.Refused, sdk.BankUnavailable, "takes no connections"},
		{dial(syscall.EHOSTUNREACH), sdk.BankUnavailable, "there is no way to"},
		{dial(syscall.ENETUNREACH), sdk.BankUnavailable, "there is no way to"},
		{dial(syscall.ETIMEDOUT), sdk.BankUnavailable, "does not answer"},
		{resttest.Broken, sdk.BankUnavailable, "broke"},
		{resttest.Half, sdk.BankUnavailable, "broke"},
		{fails(&net.OpError{Op: "proxyconnect", Net: "tcp", Err: syscall.ECONNREFUSED}), sdk.BankUnavailable, "plugins.proxy"},
		{fails(x509.UnknownAuthorityError{}), sdk.Internal, "plugins.ca_file"},
		{fails(x509.HostnameError{Certificate: &x509.Certificate{}, Host: "bank.example"}), sdk.Internal, "another name"},
		{fails(x509.CertificateInvalidError{Reason: x509.Expired}), sdk.Internal, "Check the clock"},
		{fails(errors.New("remote error: tls: certificate required")), sdk.Internal, "refuses the certificate"},
		{fails(errors.New("remote error: tls: handshake failure")), sdk.Internal, "no secure connection"},
		{fails(tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}), sdk.Internal, "no secure connection"},
	}
	for _, tt := range tests {
		s := serve(t, answer(200, `{"a": "long enough to be cut"}`))
		faults := &resttest.Faults{}
		faults.Add(tt.fault, tt.fault, tt.fault)
		c, _ := clientOf(t, rest.Options{Transport: faults}, rest.Access{BaseURL: s.URL})
		_, err := c.Do(t.Context(), rest.Request{})
		if e := told(t, err); e.Kind != tt.kind || !strings.Contains(e.Message, tt.says) || strings.Contains(e.Message, "{") {
			t.Errorf("%v; want %s, %q", e, tt.kind, tt.says)
		}
	}
}

// The same with a real network: nobody listens, and somebody who speaks no TLS.
func TestARealNetwork(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	l.Close()
	c, _ := clientOf(t, rest.Options{}, rest.Access{BaseURL: "http://" + closed})
	_, err = c.Do(t.Context(), rest.Request{})
	if e := told(t, err); !strings.Contains(e.Message, closed+" takes no connections") || !errors.Is(err, syscall.ECONNREFUSED) {
		t.Error(e)
	}
	plain := serve(t, answer(200, ""))
	c, _ = clientOf(t, rest.Options{}, rest.Access{BaseURL: strings.Replace(plain.URL, "http:", "https:", 1)})
	if _, err = c.Do(t.Context(), rest.Request{}); told(t, err).Kind != sdk.Internal {
		t.Error(err)
	}
}

// authority signs certificates of a test.
type authority struct {
	pem  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	a := &authority{cert: &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test CA"}, IsCA: true,
		BasicConstraintsValid: true, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}}
	a.pem, _ = a.sign(t, a.cert, true)
	return a
}

func (a *authority) sign(t testing.TB, c *x509.Certificate, self bool) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer := a.key
	if self {
		a.key, signer = private, private
	}
	der, err := x509.CreateCertificate(rand.Reader, c, a.cert, &private.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret}))
}

// issue makes a certificate for a server on loopback, or its client.
func (a *authority) issue(t testing.TB, change func(*x509.Certificate)) (certificate, key string) {
	t.Helper()
	c := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	if change != nil {
		change(c)
	}
	return a.sign(t, c, false)
}

// server speaks TLS with a certificate; clients is who may come, nil for everybody.
func (a *authority) server(t testing.TB, change func(*x509.Certificate), clients *authority, versions ...uint16) string {
	t.Helper()
	certificate, key := a.issue(t, change)
	pair, err := tls.X509KeyPair([]byte(certificate), []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"clients": %d}`, len(r.TLS.PeerCertificates))
	}))
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	if len(versions) > 0 {
		s.TLS.MaxVersion = versions[0]
		s.TLS.MinVersion = versions[0]
	}
	if clients != nil {
		s.TLS.ClientAuth, s.TLS.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
		s.TLS.ClientCAs.AddCert(clients.parsed(t))
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL
}

func (a *authority) parsed(t testing.TB) *x509.Certificate {
	t.Helper()
	block, _ := pem.Decode([]byte(a.pem))
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTLS(t *testing.T) {
	ours, others := newAuthority(t), newAuthority(t)
	certificate, key := others.issue(t, nil)
	stranger, strangerKey := ours.issue(t, nil)
	expired := func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }
	renamed := func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"bank.example"} }
	tests := []struct {
		name string
		base string
		a    rest.Access
		says string // "" when it goes well
	}{
		{"another authority", ours.server(t, nil, nil), rest.Access{}, "plugins.ca_file"},
		{"an authority that was given", ours.server(t, nil, nil), rest.Access{CA: ours.pem}, ""},
		{"the wrong one", ours.server(t, nil, nil), rest.Access{CA: others.pem}, "plugins.ca_file"},
		{"expired", ours.server(t, expired, nil), rest.Access{CA: ours.pem}, "Check the clock"},
		{"another name", ours.server(t, renamed, nil), rest.Access{CA: ours.pem}, "another name"},
		{"a client's certificate", ours.server(t, nil, others), rest.Access{CA: ours.pem, Certificate: certificate, Key: key}, ""},
		{"none where one is needed", ours.server(t, nil, others), rest.Access{CA: ours.pem}, "refuses the certificate"},
		{"a stranger's", ours.server(t, nil, others), rest.Access{CA: ours.pem, Certificate: stranger, Key: strangerKey},
			"refuses the certificate"},
		{"TLS 1.2", ours.server(t, nil, nil, tls.VersionTLS12), rest.Access{CA: ours.pem}, ""},
		{"TLS 1.1", ours.server(t, nil, nil, tls.VersionTLS11), rest.Access{CA: ours.pem}, "no secure connection"},
	}
	for _, tt := range tests {
		tt.a.BaseURL = tt.base
		c, _ := clientOf(t, rest.Options{}, tt.a)
		var got struct{ Clients int }
		err := c.JSON(t.Context(), rest.Request{}, &got)
		switch {
		case tt.says == "" && (err != nil || (got.Clients > 0) != (tt.a.Key != "")):
			t.Errorf("%s: %+v, %v", tt.name, got, err)
		case tt.says != "" && err == nil:
			t.Errorf("%s: it goes well", tt.name)
		case tt.says != "":
			if e := told(t, err); !strings.Contains(e.Message, tt.says) || e.Kind != sdk.Internal {
				t.Errorf("%s: %v", tt.name, e)
			}
		}
	}
	for _, wrong := range []rest.Access{{Certificate: "no certificate", Key: key}, {Certificate: certificate, Key: strangerKey},
		{Key: key}, {CA: "no certificate"}} {
		wrong.BaseURL = "https://bank.example"
		_, err := rest.NewService(rest.Options{Name: "Test Bank"}).Client(call(), wrong)
		if err == nil {
			t.Error("a wrong certificate is taken")
			continue
		}
		resttest.Untold(t, "the error", err.Error(), key, strangerKey, strings.Split(key, "\n")[1])
	}
}

func TestTheCanaryIsNotHeard(t *testing.T) {
	const canary, user, password = "canary-4711-secret", "canaryuser42", "pass word/é+1"
	const unlearnt = "unlearnt-1234" // stands in an address alone, under a name that nobody takes for secret
	var log strings.Builder
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", "id-"+r.Header.Get("X-Token"))
		w.WriteHeader(400)
		_, _ = w.Write([]byte(`{"text": "no ` + r.URL.RawQuery + r.Header.Get("Authorization") + user + password + canary + `"}`))
	})
	judge := func(a rest.Answer) *sdk.Error {
		return &sdk.Error{Kind: sdk.BadRequest, Message: string(a.Body), Cause: fmt.Errorf("at %s", a.Body)}
	}
	faults := &resttest.Faults{}
	broken := &url.Error{Op: "Get", URL: "https://" + user + ":" + canary + "@bank.example/?ticket=" + unlearnt,
		Err: fmt.Errorf("cannot reach %s", canary)}
	c, _ := clientOf(t, rest.Options{Judge: judge, References: []string{"X-Request-Id"}, SecretNames: []string{"X-Token"},
		Transport: faults, Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))},
		rest.Access{BaseURL: s.URL, Authorise: rest.Basic(user, password), Secrets: []string{canary}})
	const inJSON, inForm = "json-canary-815", "form-canary-815"
	requests := []rest.Request{
		{Method: "POST", JSON: map[string]any{"deep": []any{map[string]string{"secret": inJSON}}, "token": []string{inJSON + "-2"}}},
		{Method: "POST", Form: url.Values{"code": {inForm}}},
	}
	for _, r := range requests {
		echo := func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			body, _ := io.ReadAll(r.Body)
			return resttest.Status(500, string(body))(r, next)
		}
		faults.Add(echo)
		_, err := c.Do(t.Context(), r)
		resttest.Untold(t, "the error", fmt.Sprintf("%v %+v", err, *told(t, err)), inJSON, inForm)
	}
	faults.Add(nil, fails(broken), fails(broken), fails(broken)) // the first comes to the server
	for range 2 {
		_, err := c.Do(t.Context(), rest.Request{Path: rest.Path("claim", canary, "of", password),
			Header: http.Header{"X-Token": {"tok-" + password}},
			Query:  url.Values{"access_token": {"query-" + password}}})
		e := told(t, err)
		resttest.Untold(t, "the error", fmt.Sprintf("%v %+v %v %v", err, *e, e.Cause, asJSON(e.Message)), canary, user, password, unlearnt,
			url.QueryEscape(password), url.PathEscape(password))
		if errors.Unwrap(e.Cause) != nil {
			t.Error("the cause can be taken apart")
		}
	}
	resttest.Untold(t, "the log", log.String(), canary, user, password, unlearnt, url.QueryEscape(password), url.PathEscape(password))
	if !strings.Contains(log.String(), "path=/claim/•••/of/•••") || strings.Count(log.String(), "attempt=") != 6 {
		t.Errorf("the log: %s", log.String())
	}
}
