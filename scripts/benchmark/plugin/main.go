// Command plugin is what the figures about plugins are taken with. Called
// girosync-provider-NAME, it is a provider of girosync's. Called anything else it is
// the floor: the least that a program of go-plugin's must do to tell the same in the
// same messages, with nothing of ours in between.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/serve"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
	"github.com/girosync/girosync/scripts/benchmark/bare"
)

// transactions is how many one fetch tells.
const transactions = 200_000

func main() {
	if name, ours := strings.CutPrefix(filepath.Base(os.Args[0]), "girosync-provider-"); ours {
		serve.Serve(provider{name})
		return
	}
	slog.SetDefault(slog.New(slog.DiscardHandler))
	plugin.Serve(&plugin.ServeConfig{HandshakeConfig: bare.Handshake(), Plugins: bare.Set(floor{}), Logger: hclog.NewNullLogger(),
		GRPCServer: func(options []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(options, grpc.MaxRecvMsgSize(64<<20), grpc.MaxSendMsgSize(64<<20))...)
		}})
}

// provider is the part of a provider that is measured.
type provider struct{ name string }

func (p provider) Describe(context.Context) (sdk.Description, error) {
	return sdk.Description{Name: p.name, DisplayName: "Bench", Version: "1.0.0", StableIDs: true}, nil
}

func (provider) StartConnect(context.Context, sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
	return sdk.ConnectAnswer{}, sdk.Errorf(sdk.BadRequest, "there is nothing to connect")
}

func (provider) ContinueConnect(context.Context, sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
	return sdk.ConnectAnswer{}, sdk.Errorf(sdk.BadRequest, "there is nothing to connect")
}

func (provider) ListAccounts(context.Context, sdk.ListAccountsRequest) (sdk.AccountList, error) {
	return sdk.AccountList{Accounts: []sdk.Account{{ID: "1", StableID: "1", Name: "Main", Number: "NL02ABNA0123456789", Currency: "EUR",
		Kind: sdk.Checking}}}, nil
}

func (provider) FetchTransactions(_ context.Context, req sdk.FetchRequest, emit func(sdk.Batch) error) error {
	page := make([]sdk.Transaction, req.PageSize)
	day := sdk.Date{Year: 2026, Month: time.March, Day: 2}
	for i := range page {
		t := told(i)
		page[i] = sdk.Transaction{ID: t.Id, Date: day, ValueDate: day, Amount: t.Amount, Direction: sdk.Out, Currency: t.Currency,
			Counterparty: t.Counterparty, CounterNumber: t.CounterNumber, Reference: t.Reference, EndToEndID: t.EndToEndId}
	}
	for left := transactions; left > 0; left -= len(page) {
		if err := emit(sdk.Batch{Booked: page, HasMore: left > len(page)}); err != nil {
			return err
		}
	}
	return nil
}

// told is one transaction, as both tell it.
func told(i int) *pb.Transaction {
	return &pb.Transaction{Id: fmt.Sprintf("transaction-%d", i), Date: "2026-03-02", ValueDate: "2026-03-02",
		Amount: fmt.Sprintf("%d.25", i), Direction: pb.Direction_DIRECTION_OUT, Currency: "EUR", Counterparty: "Bakery at the corner",
		CounterNumber: "BE68539007547034", Reference: fmt.Sprintf("Bread and two rolls, thank you %d", i), EndToEndId: "NOTPROVIDED"}
}

// floor tells the same.
type floor struct{ pb.UnimplementedProviderServer }

func (floor) Accounts(context.Context, *pb.ListAccountsRequest) (*pb.ListAccountsResponse, error) {
	return &pb.ListAccountsResponse{Accounts: []*pb.Account{{Id: "1", StableId: "1", Name: "Main", Number: "NL02ABNA0123456789",
		Currency: "EUR", Kind: pb.AccountKind_ACCOUNT_KIND_CHECKING}}}, nil
}

func (floor) FetchTransactions(req *pb.FetchTransactionsRequest, stream grpc.ServerStreamingServer[pb.FetchTransactionsResponse]) error {
	page := make([]*pb.Transaction, req.PageSize)
	for i := range page {
		page[i] = told(i)
	}
	for left := transactions; left > 0; left -= len(page) {
		batch := &pb.Batch{Booked: page, HasMore: left > len(page)}
		answer := &pb.FetchTransactionsResponse{Message: &pb.FetchTransactionsResponse_Batch{Batch: batch}}
		if err := stream.Send(answer); err != nil {
			return err
		}
	}
	return nil
}
