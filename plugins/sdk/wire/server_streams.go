package wire

import (
	"context"
	"fmt"
	"io"

	"google.golang.org/grpc"

	"github.com/girosync/girosync/plugins/sdk"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

func (s *server) FetchTransactions(req *pb.FetchTransactionsRequest, stream outgoing[pb.FetchTransactionsResponse]) error {
	return serve(s, req.GetCall(), stream, func(ctx context.Context, call sdk.Call, out *sender[*pb.FetchTransactionsResponse]) error {
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

func (s *server) ListInstitutions(req *pb.ListInstitutionsRequest, stream outgoing[pb.ListInstitutionsResponse]) error {
	return serve(s, req.GetCall(), stream, func(ctx context.Context, call sdk.Call, out *sender[*pb.ListInstitutionsResponse]) error {
		provider, ok := sdk.As[sdk.InstitutionLister](s.provider)
		if !ok {
			return unsupported("list institutions")
		}
		return provider.ListInstitutions(ctx, call, func(list []sdk.Institution) error {
			for _, page := range pages(list, institutionSize) {
				if err := out.message(&pb.ListInstitutionsResponse{Institutions: all(page, institutionToWire)}); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func institutionSize(i *sdk.Institution) int {
	return 64 + len(i.Name) + len(i.Website) + len(i.LogoURL)
}

func (s *server) ReadStatements(stream grpc.BidiStreamingServer[pb.ReadStatementsRequest, pb.ReadStatementsResponse]) error {
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	open := first.GetOpen()
	return serve(s, open.GetCall(), stream, func(ctx context.Context, call sdk.Call, out *sender[*pb.ReadStatementsResponse]) error {
		provider, ok := sdk.As[sdk.StatementReader](s.provider)
		if !ok {
			return unsupported("read statement files")
		}
		if open == nil {
			return refused(fmt.Errorf("the first message does not open a file"))
		}
		req := sdk.ReadRequest{Call: call, Filename: open.GetFilename(), Options: open.GetOptions()}
		var days dates
		return provider.ReadStatements(ctx, req, &chunks{ctx: ctx, recv: stream.Recv}, func(b sdk.StatementBatch) error {
			for _, page := range statementPages(b) {
				m := &pb.ReadStatementsResponse_Batch{Batch: statementToWire(page, &days)}
				if err := out.message(&pb.ReadStatementsResponse{Message: m}); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// chunks reads a file from the messages of a stream. Once the call is broken
// off, the end of the chunks is not the file's.
type chunks struct {
	ctx  context.Context
	recv func() (*pb.ReadStatementsRequest, error)
	rest []byte
}

func (c *chunks) Read(p []byte) (int, error) {
	for len(c.rest) == 0 {
		m, err := c.recv()
		if ended := c.ctx.Err(); ended != nil {
			return 0, ended
		}
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
