package rest

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"
)

// maxTransports bounds how many sets of certificates have open connections.
const maxTransports = 32

// transports keeps connections open from call to call, apart for each set of
// certificates. The zero value is ready.
type transports struct {
	mu    sync.Mutex
	known map[[sha256.Size]byte]*http.Transport
}

// of returns the transport for an access's certificates; an error says what is
// wrong with them, without their text.
func (t *transports) of(a Access) (http.RoundTripper, error) {
	key := keyOf(a.Certificate, a.Key, a.CA)
	t.mu.Lock()
	defer t.mu.Unlock()
	if found := t.known[key]; found != nil {
		return found, nil
	}
	config, err := tlsConfig(a)
	if err != nil {
		return nil, err
	}
	if t.known == nil {
		t.known = map[[sha256.Size]byte]*http.Transport{}
	}
	for old, one := range t.known {
		if len(t.known) < maxTransports {
			break
		}
		delete(t.known, old)
		one.CloseIdleConnections()
	}
	made := newTransport(config)
	t.known[key] = made
	return made, nil
}

func newTransport(config *tls.Config) *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		OnProxyConnectResponse: throughProxy,
		DialContext:            (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:        config,
		TLSHandshakeTimeout:    10 * time.Second,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    8,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 256 << 10,
	}
}

func tlsConfig(a Access) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if a.Certificate != "" || a.Key != "" {
		pair, err := tls.X509KeyPair([]byte(a.Certificate), []byte(a.Key))
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	if a.CA != "" {
		pool, err := x509.SystemCertPool()
		if err != nil {
			return nil, err
		}
		if !pool.AppendCertsFromPEM([]byte(a.CA)) {
			return nil, errors.New("there is no certificate in the text of the CA")
		}
		config.RootCAs = pool
	}
	return config, nil
}

// keyOf is a short name of texts that may be secret.
func keyOf(parts ...string) [sha256.Size]byte {
	h := sha256.New()
	for _, part := range parts {
		sum := sha256.Sum256([]byte(part))
		h.Write(sum[:])
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// proxySecrets are the passwords in the addresses of proxies that the host gave.
func proxySecrets() (secrets []string) {
	for _, name := range []string{"HTTPS_PROXY", "HTTP_PROXY"} {
		if u, err := url.Parse(os.Getenv(name)); err == nil && u.User != nil {
			if password, ok := u.User.Password(); ok {
				secrets = append(secrets, password, strings.TrimPrefix(u.User.String(), url.User(u.User.Username()).String()+":"))
			}
		}
	}
	return secrets
}
