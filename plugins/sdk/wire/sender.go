package wire

import (
	"context"
	"fmt"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/girosync/girosync/plugins/sdk"
)

// outgoing takes the answer of a call, as gRPC gives it to a handler.
type outgoing[T any] = grpc.ServerStreamingServer[T]

// messages is what a sender needs of it.
type messages[M proto.Message] interface {
	Context() context.Context
	Send(M) error
}

// sender sends a call's messages: from emit, and from SaveSecret, which a
// provider may call from another goroutine.
type sender[M proto.Message] struct {
	ctx  context.Context // the provider's
	call *ongoing
	to   messages[M]

	// carry says that the caller hears one message only: a new secret waits for
	// the answer, or the failure, and goes with it.
	carry bool

	saving sync.Mutex // one secret at a time; the call does not end meanwhile
	unsent []byte     // the secret that waits; nil when there is none

	mu   sync.Mutex
	over bool
}

// message sends one of many, unless the caller wants no more.
func (s *sender[M]) message(m M) error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	return s.send(m)
}

// answer sends the only one. It counts although the caller wanted no more: it
// may tell of a new connection.
func (s *sender[M]) answer(m M) error {
	if !s.carry {
		return s.send(m)
	}
	s.saving.Lock()
	defer s.saving.Unlock()
	if s.unsent != nil {
		putSecret(m, s.unsent)
		// gRPC ends a call itself when a message cannot be sent; the failure that
		// carries the secret would come too late.
		if err := sendable(m); err != nil {
			return err
		}
	}
	if err := s.send(m); err != nil {
		return err
	}
	s.unsent = nil
	s.close()
	return nil
}

// send fails when the caller has gone.
func (s *sender[M]) send(m M) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return fmt.Errorf("the call is over")
	}
	ctx := s.to.Context()
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.to.Send(m); err != nil {
		if ended := ctx.Err(); ended != nil {
			return ended
		}
		return unsendable(err)
	}
	return nil
}

// sendable reports what keeps a message from being sent.
func sendable(m proto.Message) error {
	if size := proto.Size(m); size > MaxMessage {
		return unsendable(fmt.Errorf("it has %d bytes", size))
	}
	if _, err := proto.Marshal(m); err != nil {
		return unsendable(err)
	}
	return nil
}

func unsendable(cause error) error {
	return &sdk.Error{Kind: sdk.Internal, Cause: cause,
		Message: "the provider's answer cannot be sent: it is too large, or has text that is not UTF-8"}
}

// save sends a new secret and returns when the caller has kept it, if the
// caller can say so. A call that was broken off still may.
func (s *sender[M]) save(secret []byte) error {
	s.saving.Lock()
	defer s.saving.Unlock()
	secret = append([]byte{}, secret...)
	if s.carry {
		return s.hold(secret)
	}
	select {
	case <-s.call.heard: // an answer to nothing
	default:
	}
	if err := s.send(secretAlone[M](secret)); err != nil {
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
	case <-s.to.Context().Done():
		return fmt.Errorf("save secret: %w", context.Cause(s.to.Context()))
	}
}

// hold lets a secret wait for what the caller will hear.
func (s *sender[M]) hold(secret []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return fmt.Errorf("save secret: the call is over")
	}
	s.unsent = secret
	if err := s.to.Context().Err(); err != nil {
		return fmt.Errorf("save secret: %w", err)
	}
	return nil
}

// end makes later messages fail: a stream must not be used after its handler.
// It returns the secret that was not sent, nil when there is none.
func (s *sender[M]) end() []byte {
	s.saving.Lock()
	defer s.saving.Unlock()
	s.close()
	return s.unsent
}

func (s *sender[M]) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
}
