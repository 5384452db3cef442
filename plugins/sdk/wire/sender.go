package wire

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"google.golang.org/grpc"

	"github.com/girosync/girosync/plugins/sdk"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

// outgoing takes the answer of a call, as messages.
type outgoing[T any] = grpc.ServerStreamingServer[T]

// sender sends a call's messages: from emit, and from SaveSecret, which a
// provider may call from another goroutine.
type sender[T any] struct {
	ctx    context.Context // the provider's
	call   *ongoing
	secret func(*pb.NewSecret) *T
	stream outgoing[T]

	saving sync.Mutex // one secret at a time; the call does not end meanwhile

	mu   sync.Mutex
	over bool
}

// message sends one of many, unless the caller wants no more.
func (s *sender[T]) message(m *T) error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	return s.send(m)
}

// answer sends the only one. It counts although the caller wanted no more: it
// may tell of a new connection.
func (s *sender[T]) answer(m *T) error { return s.send(m) }

// send fails when the caller has gone.
func (s *sender[T]) send(m *T) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return fmt.Errorf("the call is over")
	}
	ctx := s.stream.Context()
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.stream.Send(m); err != nil {
		if ended := ctx.Err(); ended != nil {
			return ended
		}
		return &sdk.Error{Kind: sdk.Internal, Cause: err,
			Message: "the provider's answer cannot be sent: it is too large, or has text that is not UTF-8"}
	}
	return nil
}

// save sends a new secret and returns when the caller has kept it. A call that
// was broken off still may.
func (s *sender[T]) save(secret []byte) error {
	s.saving.Lock()
	defer s.saving.Unlock()
	select {
	case <-s.call.heard: // an answer to nothing
	default:
	}
	if err := s.send(s.secret(&pb.NewSecret{Secret: bytes.Clone(secret)})); err != nil {
		return fmt.Errorf("save secret: %w", err)
	}
	if s.call.id == "" {
		return nil // a caller that tells nothing
	}
	select {
	case kept := <-s.call.heard:
		if !kept {
			return fmt.Errorf("save secret: the host could not keep it")
		}
		return nil
	case <-s.stream.Context().Done():
		return fmt.Errorf("save secret: %w", context.Cause(s.stream.Context()))
	}
}

// end makes later messages fail. A stream must not be used after its handler.
func (s *sender[T]) end() {
	s.saving.Lock()
	defer s.saving.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
}
