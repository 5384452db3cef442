package bare

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os/exec"
	"strconv"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

// Server is what a program serves: the provider's stream, and the list of accounts
// as a plain call with one answer.
type Server interface {
	pb.ProviderServer
	Accounts(context.Context, *pb.ListAccountsRequest) (*pb.ListAccountsResponse, error)
}

// Handshake is not that of girosync's plugins.
func Handshake() plugin.HandshakeConfig {
	return plugin.HandshakeConfig{ProtocolVersion: 1, MagicCookieKey: "GIROSYNC_FLOOR", MagicCookieValue: "floor"}
}

const name, accounts = "bank", "/bare.Bank/Accounts"

// Set is what go-plugin asks for; the host's side needs no server.
func Set(s Server) plugin.PluginSet { return plugin.PluginSet{name: &both{server: s}} }

type both struct {
	plugin.NetRPCUnsupportedPlugin
	server Server
}

func (b *both) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	pb.RegisterProviderServer(s, b.server)
	s.RegisterService(&grpc.ServiceDesc{ServiceName: "bare.Bank", HandlerType: (*Server)(nil), Methods: []grpc.MethodDesc{
		{MethodName: "Accounts", Handler: answer}}}, b.server)
	return nil
}

func answer(server any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	var request pb.ListAccountsRequest
	if err := decode(&request); err != nil {
		return nil, err
	}
	return server.(Server).Accounts(ctx, &request)
}

func (*both) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return conn, nil
}

// Process is a program that runs.
type Process struct {
	client *plugin.Client
	conn   *grpc.ClientConn
}

// Start starts a program whose SHA-256 is known, both sides known to each other by
// certificates, and connects.
func Start(path string, sum []byte) (*Process, error) {
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig: Handshake(), Plugins: Set(nil), Cmd: exec.Command(path), AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		AutoMTLS: true, SecureConfig: &plugin.SecureConfig{Checksum: sum, Hash: sha256.New()}, Logger: hclog.NewNullLogger(),
		GRPCDialOptions: []grpc.DialOption{grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(64 << 20))},
	})
	protocol, err := client.Client()
	if err != nil {
		client.Kill()
		return nil, err
	}
	conn, err := protocol.Dispense(name)
	if err != nil {
		client.Kill()
		return nil, err
	}
	return &Process{client, conn.(*grpc.ClientConn)}, nil
}

// Call asks for the accounts.
func (p *Process) Call(ctx context.Context) error {
	var list pb.ListAccountsResponse
	err := p.conn.Invoke(ctx, accounts, &pb.ListAccountsRequest{Call: call()}, &list)
	if err == nil && len(list.Accounts) != 1 {
		err = errors.New("no account came")
	}
	return err
}

func call() *pb.Call {
	return &pb.Call{Config: map[string]string{"key": "value"}, Now: timestamppb.Now(), Secret: []byte("secret")}
}

// Stream asks for transactions, so many in a message, and counts them.
func (p *Process) Stream(ctx context.Context, page int) (n int, err error) {
	stream, err := pb.NewProviderClient(p.conn).FetchTransactions(ctx, &pb.FetchTransactionsRequest{Call: call(), AccountId: "1",
		PageSize: int64(page)})
	for err == nil {
		var answer *pb.FetchTransactionsResponse
		if answer, err = stream.Recv(); err == nil {
			n += len(answer.GetBatch().GetBooked())
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

// PID is the process's id.
func (p *Process) PID() int {
	pid, _ := strconv.Atoi(p.client.ID()) // go-plugin writes it
	return pid
}

// End ends the process.
func (p *Process) End() { p.client.Kill() }
