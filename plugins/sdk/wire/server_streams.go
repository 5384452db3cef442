package wire

import (
	"context"
	"fmt"
	"io"
	"sync"

	"google.golang.org/grpc"

	"github.com/girosync/girosync/plugins/sdk"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

// sender sends a stream's messages: from emit, and from SaveSecret, which a
// provider may call from another goroutine.
type sender[T any] struct {
	mu   sync.Mutex
	ctx  context.Context
	send func(*T) error
	over bool
}

func newSender[T any](stream interface {
	Context() context.Context
	Send(*T) error
}) *sender[T] {
	return &sender[T]{ctx: stream.Context(), send: stream.Send}
}

// message sends one, unless the caller has gone.
func (s *sender[T]) message(m *T) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return fmt.Errorf("the call is over")
	}
	if err := s.ctx.Err(); err != nil {
		return err
	}
	if err := s.send(m); err != nil {
		if ended := s.ctx.Err(); ended != nil {
			return ended
		}
		return &sdk.Error{Kind: sdk.Internal, Message: "the provider's answer cannot be sent: it is too large, or has text that is not UTF-8", Cause: err}
	}
	return nil
}

// end makes later messages fail. A stream must not be used after its handler.
func (s *sender[T]) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
}

func (s *server) FetchTransactions(req *pb.FetchTransactionsRequest, stream grpc.ServerStreamingServer[pb.FetchTransactionsResponse]) (err error) {
	ctx := stream.Context()
	var kept keeper
	defer s.finish(ctx, &kept, &err)
	out := newSender(stream)
	defer out.end()
	call, err := callFromWire(req.GetCall(), func(secret []byte) error {
		return out.message(&pb.FetchTransactionsResponse{Message: &pb.FetchTransactionsResponse_NewSecret{NewSecret: secret}})
	})
	if err != nil {
		return err
	}
	fetch, err := fetchFromWire(call, req)
	if err != nil {
		return refused(err)
	}
	var days dates
	return s.provider.FetchTransactions(ctx, fetch, func(b sdk.Batch) error {
		for _, page := range batchPages(b) {
			m := &pb.FetchTransactionsResponse_Batch{Batch: batchToWire(page, &days)}
			if err := out.message(&pb.FetchTransactionsResponse{Message: m}); err != nil {
				return err
			}
		}
		return nil
	})
}

func fetchFromWire(call sdk.Call, req *pb.FetchTransactionsRequest) (to sdk.FetchRequest, err error) {
	to = sdk.FetchRequest{Call: call, AccountID: req.GetAccountId(), Cursor: req.GetCursor()}
	var days dates
	if to.From, err = days.fromWire("from", req.GetFrom()); err != nil {
		return to, err
	}
	if to.To, err = days.fromWire("to", req.GetTo()); err != nil {
		return to, err
	}
	to.PageSize, err = count("page size", req.GetPageSize())
	return to, err
}

func (s *server) ListInstitutions(req *pb.ListInstitutionsRequest, stream grpc.ServerStreamingServer[pb.ListInstitutionsResponse]) (err error) {
	ctx := stream.Context()
	var kept keeper
	defer s.finish(ctx, &kept, &err)
	provider, ok := sdk.As[sdk.InstitutionLister](s.provider)
	if !ok {
		return unsupported("list institutions")
	}
	out := newSender(stream)
	defer out.end()
	call, err := callFromWire(req.GetCall(), func(secret []byte) error {
		return out.message(&pb.ListInstitutionsResponse{NewSecret: append([]byte{}, secret...)})
	})
	if err != nil {
		return err
	}
	return provider.ListInstitutions(ctx, call, func(list []sdk.Institution) error {
		for _, page := range pages(list, institutionSize) {
			if err := out.message(&pb.ListInstitutionsResponse{Institutions: all(page, institutionToWire)}); err != nil {
				return err
			}
		}
		return nil
	})
}

func institutionSize(i *sdk.Institution) int {
	return 64 + len(i.Name) + len(i.Website) + len(i.LogoURL)
}

func (s *server) ReadStatements(stream grpc.BidiStreamingServer[pb.ReadStatementsRequest, pb.ReadStatementsResponse]) (err error) {
	ctx := stream.Context()
	var kept keeper
	defer s.finish(ctx, &kept, &err)
	provider, ok := sdk.As[sdk.StatementReader](s.provider)
	if !ok {
		return unsupported("read statement files")
	}
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	open := first.GetOpen()
	if open == nil {
		return refused(fmt.Errorf("the first message does not open a file"))
	}
	out := newSender(stream)
	defer out.end()
	call, err := callFromWire(open.GetCall(), func(secret []byte) error {
		return out.message(&pb.ReadStatementsResponse{Message: &pb.ReadStatementsResponse_NewSecret{NewSecret: secret}})
	})
	if err != nil {
		return err
	}
	req := sdk.ReadRequest{Call: call, Filename: open.GetFilename(), Options: open.GetOptions()}
	var days dates
	return provider.ReadStatements(ctx, req, &chunks{recv: stream.Recv}, func(b sdk.StatementBatch) error {
		for _, page := range statementPages(b) {
			m := &pb.ReadStatementsResponse_Batch{Batch: statementToWire(page, &days)}
			if err := out.message(&pb.ReadStatementsResponse{Message: m}); err != nil {
				return err
			}
		}
		return nil
	})
}

// chunks reads a file from the messages of a stream.
type chunks struct {
	recv func() (*pb.ReadStatementsRequest, error)
	rest []byte
}

func (c *chunks) Read(p []byte) (int, error) {
	for len(c.rest) == 0 {
		m, err := c.recv()
		if err != nil {
			return 0, err // io.EOF when the file is complete
		}
		if m.GetOpen() != nil {
			return 0, refused(fmt.Errorf("a second file in one stream"))
		}
		c.rest = m.GetChunk()
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

var _ io.Reader = (*chunks)(nil)
