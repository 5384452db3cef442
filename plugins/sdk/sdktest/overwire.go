package sdktest

import (
	"context"
	"fmt"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/wire"
)

// OverWire serves a provider in this process over gRPC and returns it as a host
// sees it. done ends the serving.
func OverWire(p sdk.Provider) (seen sdk.Provider, done func(), err error) {
	listener := bufconn.Listen(1 << 20)
	server := wire.NewGRPCServer(nil)
	wire.Register(server, p, nil)
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener)
	}()
	conn, err := grpc.NewClient("passthrough:provider", append(wire.DialOptions(),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))...)
	if err != nil {
		server.Stop()
		<-served
		return nil, nil, fmt.Errorf("serve over the wire: %w", err)
	}
	done = func() {
		conn.Close()
		server.Stop()
		<-served
	}
	return sdk.Offer(wire.NewClient(conn), sdk.CapabilitiesOf(p)), done, nil
}
