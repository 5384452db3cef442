package server

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"

	"github.com/girosync/girosync/plugins/sdk"
)

// Reach tries to talk to an address, host:port or a URL, and says which layer
// fails: DNS, TCP, TLS or HTTP (S09), so that an administrator knows what to allow
// in a firewall.
func Reach(ctx context.Context, text string) error {
	to, err := sdk.ParseAddress(text)
	if err != nil {
		return err
	}
	address := to.String()
	if _, err := net.DefaultResolver.LookupHost(ctx, to.Host); err != nil {
		return fmt.Errorf("%s: DNS: the name %s is not found: %w", address, to.Host, err)
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("%s: TCP: no connection (is a firewall in between?): %w", address, err)
	}
	defer conn.Close()
	if !to.TLS {
		return reachHTTP(ctx, "http://"+address)
	}
	secure := tls.Client(conn, &tls.Config{ServerName: to.Host})
	if err := secure.HandshakeContext(ctx); err != nil {
		return fmt.Errorf("%s: TLS: %w", address, err)
	}
	return reachHTTP(ctx, "https://"+address)
}

// reachHTTP: any answer will do, for it shows that HTTP gets through.
func reachHTTP(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("%s: HTTP: %w", url, err)
	}
	return response.Body.Close()
}
