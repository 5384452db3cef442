package wire_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/wire"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

// bareHost speaks to a provider message by message.
func bareHost(t *testing.T, p sdk.Provider) pb.ProviderClient {
	t.Helper()
	return pb.NewProviderClient(dial(t, func(s *grpc.Server) { wire.Register(s, p, nil) }))
}

func breakOff(id string) *pb.TellRequest {
	return &pb.TellRequest{CallId: id, Word: &pb.TellRequest_BreakOff{BreakOff: &pb.BreakOff{}}}
}

func TestAWordMayOvertakeItsCall(t *testing.T) {
	host := bareHost(t, every(func(ctx context.Context, _ sdk.Call) error {
		<-ctx.Done()
		return ctx.Err()
	}))
	for i := range 200 { // sometimes the one arrives first, sometimes the other
		id := fmt.Sprint(i)
		told := make(chan error)
		go func() {
			_, err := host.Tell(context.Background(), breakOff(id))
			told <- err
		}()
		if err := revoke(host, id); status.Code(err) != codes.Canceled {
			t.Errorf("got %v", err)
		}
		if err := <-told; err != nil {
			t.Errorf("tell: %v", err)
		}
	}
}

func TestAWordForACallThatNeverComesEndsWithTheHost(t *testing.T) {
	host := bareHost(t, every(func(ctx context.Context, _ sdk.Call) error { return ctx.Err() }))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := host.Tell(ctx, breakOff("a")); status.Code(err) != codes.Canceled {
		t.Errorf("tell: %v", err)
	}
	if err := revoke(host, "b"); err != nil {
		t.Errorf("another call: %v", err)
	}
}

// revoke makes a call without this package's client.
func revoke(host pb.ProviderClient, id string) error {
	stream, err := host.Revoke(context.Background(), &pb.RevokeRequest{Call: &pb.Call{Id: id}})
	if err != nil {
		return err
	}
	for {
		if _, err := stream.Recv(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func TestAnIdServesOneCall(t *testing.T) {
	entered := make(chan struct{})
	host := bareHost(t, every(func(ctx context.Context, _ sdk.Call) error {
		close(entered)
		<-ctx.Done()
		return ctx.Err()
	}))
	first := make(chan error)
	go func() { first <- revoke(host, "a") }()
	<-entered
	if err := revoke(host, "a"); status.Code(err) != codes.InvalidArgument {
		t.Errorf("the second: %v", err)
	}
	if _, err := host.Tell(context.Background(), breakOff("a")); err != nil {
		t.Errorf("tell: %v", err)
	}
	if err := <-first; status.Code(err) != codes.Canceled {
		t.Errorf("the first: %v", err)
	}
}

// A host that names no calls is not waited for.
func TestAHostThatTellsNothing(t *testing.T) {
	host := bareHost(t, every(func(_ context.Context, c sdk.Call) error { return c.SaveSecret([]byte("new")) }))
	both := make(chan error, 2)
	for range 2 {
		go func() {
			stream, err := host.Revoke(context.Background(), &pb.RevokeRequest{})
			if err != nil {
				both <- err
				return
			}
			first, err := stream.Recv()
			if err == nil && string(first.GetNewSecret()) != "new" {
				err = errors.New("the secret did not come")
			}
			if second, ended := stream.Recv(); !errors.Is(ended, io.EOF) {
				err = fmt.Errorf("then %v came, and %w", second, ended)
			}
			both <- err
		}()
	}
	for range 2 {
		if err := <-both; err != nil {
			t.Error(err)
		}
	}
}
