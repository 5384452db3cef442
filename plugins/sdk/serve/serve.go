package serve

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/wire"
)

// Serve serves a provider to the host that started this process and returns
// when the host ends it. Run by hand, it says what the program is and exits
// with status 2.
func Serve(p sdk.Provider) {
	handshake := wire.Handshake()
	if os.Getenv(handshake.MagicCookieKey) != handshake.MagicCookieValue {
		introduce(os.Stderr, p)
		os.Exit(2)
	}
	log := slog.New(logHandler(os.Stderr))
	slog.SetDefault(log)
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: handshake,
		VersionedPlugins: map[int]plugin.PluginSet{
			wire.ProtocolVersion: (&wire.Plugin{Provider: p, Log: log}).Set(),
		},
		GRPCServer: wire.NewGRPCServer,
		Logger: hclog.New(&hclog.LoggerOptions{
			Level:      hclog.Info,
			Output:     os.Stderr,
			JSONFormat: true,
		}),
	})
}

// introduce says what this program is to someone who ran it by hand.
func introduce(w io.Writer, p sdk.Provider) {
	d, err := p.Describe(context.Background())
	if err != nil {
		fmt.Fprintf(w, "This is a bank data provider for girosync, but it cannot say which: %v\n", err)
		return
	}
	fmt.Fprintf(w, "This is %s %s, a bank data provider for girosync (provider %q, protocol %v).\n",
		d.DisplayName, d.Version, d.Name, wire.ProtocolVersions())
	for _, c := range sdk.CapabilitiesOf(p) {
		fmt.Fprintf(w, "  can %s\n", c)
	}
	fmt.Fprintf(w, "It is not run by hand. Put it as girosync-provider-%s into the host's plugins folder,\n"+
		"then record it there: girosync plugin trust PATH\n", d.Name)
}
