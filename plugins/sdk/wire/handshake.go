package wire

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

// ProtocolVersion is the version of the protocol that this build speaks.
const ProtocolVersion = 1

// PluginName is the name under which a plugin process serves its provider.
const PluginName = "provider"

// MaxMessage is the largest message, in bytes, that either half accepts.
const MaxMessage = 64 << 20

// windowSize is the flow control window of a stream. It holds some pages of
// transactions, so that the provider works while the host stores.
const windowSize = 4 << 20

// ProtocolVersions lists the versions that this build can speak, oldest first.
func ProtocolVersions() []int { return []int{ProtocolVersion} }

// Handshake tells a plugin that it was started by a host. It is no secret.
func Handshake() plugin.HandshakeConfig {
	return plugin.HandshakeConfig{
		ProtocolVersion:  ProtocolVersion,
		MagicCookieKey:   "GIROSYNC_PROVIDER",
		MagicCookieValue: "statement-lines",
	}
}

// Plugin joins both halves to go-plugin. Provider and Log are needed in the
// plugin's process only.
type Plugin struct {
	plugin.NetRPCUnsupportedPlugin
	Provider sdk.Provider
	Log      *slog.Logger
}

// Set is the plugin set of this protocol version.
func (p *Plugin) Set() plugin.PluginSet { return plugin.PluginSet{PluginName: p} }

// GRPCServer registers the provider; go-plugin calls it.
func (p *Plugin) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	if p.Provider == nil {
		return fmt.Errorf("serve: no provider given")
	}
	Register(s, p.Provider, p.Log)
	return nil
}

// GRPCClient returns a [*Client]; go-plugin calls it.
func (p *Plugin) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return NewClient(conn), nil
}

// NewGRPCServer makes the server of a plugin process, with this protocol's limits.
func NewGRPCServer(opts []grpc.ServerOption) *grpc.Server {
	return grpc.NewServer(append(opts,
		grpc.MaxRecvMsgSize(MaxMessage),
		grpc.MaxSendMsgSize(MaxMessage),
		grpc.InitialWindowSize(windowSize),
		grpc.InitialConnWindowSize(2*windowSize),
	)...)
}

// DialOptions are what a client's connection needs, with this protocol's limits.
func DialOptions() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithDefaultCallOptions(
			grpc.MaxCallRecvMsgSize(MaxMessage),
			grpc.MaxCallSendMsgSize(MaxMessage),
		),
		grpc.WithInitialWindowSize(windowSize),
		grpc.WithInitialConnWindowSize(2 * windowSize),
		grpc.WithDisableServiceConfig(),
	}
}

// Register serves a provider on a gRPC server. What a user must not see, such
// as the cause of a failure, goes to log; nil discards it.
func Register(s grpc.ServiceRegistrar, p sdk.Provider, log *slog.Logger) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	pluginpb.RegisterProviderServer(s, &server{provider: p, log: log})
}
