package wire

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/girosync/girosync/plugins/sdk"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

// lastWord is how long a call that was broken off may go on, so that a secret
// on its way is not lost.
const lastWord = 3 * time.Second

// exchange is one call under way, as the caller sees it. Its stream outlives
// the caller's context, and any failure on the caller's side: the provider is
// then asked to break off, and whatever it still says of a new secret is heard.
type exchange struct {
	client *Client
	call   sdk.Call
	id     string
	caller context.Context

	ctx    context.Context    // of the stream
	cut    context.CancelFunc // ends the stream at once
	unbind func() bool

	breaking sync.Once
	told     chan struct{} // closed when the provider was asked to break off

	failure error // of the caller's side; belongs to whoever receives
}

// begin prepares a call. What it returns must be closed.
func (c *Client) begin(ctx context.Context, call sdk.Call) (*exchange, error) {
	if err := ctx.Err(); err != nil {
		return nil, ended(err)
	}
	x := &exchange{client: c, call: call, id: rand.Text(), caller: ctx, told: make(chan struct{})}
	x.ctx, x.cut = context.WithCancel(context.WithoutCancel(ctx))
	x.unbind = context.AfterFunc(ctx, x.breakOff)
	return x, nil
}

func (x *exchange) close() {
	x.unbind()
	x.cut()
}

// breakOff asks the provider to end the call. One that does not end it in time,
// or cannot be asked, is cut off.
func (x *exchange) breakOff() {
	x.breaking.Do(func() {
		time.AfterFunc(x.client.lastWord, x.cut)
		go func() {
			defer close(x.told)
			if err := x.tell(&pb.TellRequest{Word: &pb.TellRequest_BreakOff{BreakOff: &pb.BreakOff{}}}); err != nil {
				x.cut()
			}
		}()
	})
}

// tell fails when the provider's side has no Tell. It is then asked once only.
func (x *exchange) tell(word *pb.TellRequest) error {
	if x.client.deaf.Load() {
		return status.Error(codes.Unimplemented, "the provider cannot be told")
	}
	word.CallId = x.id
	_, err := x.client.api.Tell(x.ctx, word)
	if status.Code(err) == codes.Unimplemented {
		x.client.deaf.Store(true)
	}
	return err
}

// fail notes a failure of the caller's side. The call is then heard to its end
// for the sake of new secrets alone.
func (x *exchange) fail(err error) {
	if x.failure == nil {
		x.failure = err
	}
	x.breakOff()
}

// keep makes a new secret durable at the caller and tells the provider whether
// that worked. No other failure counts as much as a secret that was not kept.
func (x *exchange) keep(secret []byte) {
	err := saveSecret(x.call, secret)
	word := &pb.SecretHeard{Kept: err == nil}
	// When it cannot be told, the stream says why, or there is no Tell.
	_ = x.tell(&pb.TellRequest{Word: &pb.TellRequest_SecretHeard{SecretHeard: word}})
	if err != nil {
		x.failure = err
		x.breakOff()
	}
}

// outcome reads how the call ended, and keeps the secret that came with a
// failure.
func (x *exchange) outcome(err error) error {
	if errors.Is(err, io.EOF) {
		return x.failure
	}
	failure, secret := errorFromWire(x.caller, err)
	if secret != nil {
		if err := saveSecret(x.call, secret); err != nil {
			return err
		}
	}
	if x.failure != nil {
		return x.failure
	}
	return failure
}

// message is one message of an answer.
type message[T any] interface {
	*T
	proto.Message
}

// receive hears a call to its end. Every secret is kept; everything else goes
// to take, until that fails or the call is broken off. alone tells take that
// the message was a secret and nothing else.
func receive[T any, M message[T]](x *exchange, recv func() (*T, error), take func(m M, alone bool) error) error {
	for {
		m, err := recv()
		if err != nil {
			return x.outcome(err)
		}
		secret, alone := cutSecret(M(m))
		if secret != nil {
			x.keep(secret)
		}
		if x.failure != nil {
			continue
		}
		if err := take(m, alone); err != nil {
			x.fail(err)
		}
	}
}

// incoming is the answer of a call, as messages.
type incoming[T any] = grpc.ServerStreamingClient[T]

// opener starts a call.
type opener[T any] func(ctx context.Context, call *pb.Call) (incoming[T], error)

// listen makes a call that answers with a stream, until take fails or the
// caller's context ends.
func listen[T any, M message[T]](ctx context.Context, c *Client, call sdk.Call, open opener[T], take func(M) error) error {
	x, err := c.begin(ctx, call)
	if err != nil {
		return err
	}
	defer x.close()
	stream, err := open(x.ctx, callToWire(call, x.id))
	if err != nil {
		return x.outcome(err)
	}
	return receive(x, stream.Recv, wanted(ctx, take))
}

// wanted passes on what is more than a secret, and refuses what comes after the
// caller's context has ended.
func wanted[M any](ctx context.Context, take func(M) error) func(M, bool) error {
	return func(m M, alone bool) error {
		if alone {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return ended(err)
		}
		return take(m)
	}
}

// ask makes a call with one answer. An answer that comes although the caller's
// context has ended counts: it may tell of a new connection.
func ask[T any, M message[T]](ctx context.Context, c *Client, call sdk.Call, open opener[T]) (M, error) {
	x, err := c.begin(ctx, call)
	if err != nil {
		return nil, err
	}
	defer x.close()
	stream, err := open(x.ctx, callToWire(call, x.id))
	if err != nil {
		return nil, x.outcome(err)
	}
	var answer, empty M // empty is the answer if no other comes
	err = receive(x, stream.Recv, func(m M, alone bool) error {
		switch {
		case alone:
			empty = m
		case answer != nil:
			return invalid(fmt.Errorf("a second one came"))
		default:
			answer = m
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case answer != nil:
		return answer, nil
	case empty != nil:
		return empty, nil
	}
	return nil, invalid(fmt.Errorf("it ended without one"))
}
