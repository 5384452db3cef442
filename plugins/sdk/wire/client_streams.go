package wire

import (
	"context"
	"errors"
	"fmt"
	"io"

	"google.golang.org/grpc"

	"github.com/girosync/girosync/plugins/sdk"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

// chunkSize is how much of a file goes into one message, in bytes.
const chunkSize = 256 << 10

// FetchTransactions implements [sdk.Provider]. A stream that ends before its
// last batch, or goes on after it, is an error.
func (c *Client) FetchTransactions(ctx context.Context, req sdk.FetchRequest, emit func(sdk.Batch) error) error {
	var days dates
	complete := false
	err := listen(ctx, c, req.Call, func(ctx context.Context, call *pb.Call) (incoming[pb.FetchTransactionsResponse], error) {
		return c.api.FetchTransactions(ctx, &pb.FetchTransactionsRequest{
			Call:      call,
			AccountId: req.AccountID,
			Cursor:    req.Cursor,
			From:      req.From.String(),
			To:        req.To.String(),
			PageSize:  int64(req.PageSize),
		})
	}, func(m *pb.FetchTransactionsResponse) error {
		if m.GetBatch() == nil {
			return invalid(fmt.Errorf("a message of no known kind"))
		}
		batch, err := batchFromWire(m.GetBatch(), &days)
		if err != nil {
			return invalid(err)
		}
		if complete {
			return invalid(fmt.Errorf("a batch came after the last one"))
		}
		complete = !batch.HasMore
		return emit(batch)
	})
	if err == nil && !complete {
		return invalid(fmt.Errorf("it ended before the last batch"))
	}
	return err
}

// ListInstitutions implements [sdk.InstitutionLister].
func (c *Client) ListInstitutions(ctx context.Context, call sdk.Call, emit func([]sdk.Institution) error) error {
	return listen(ctx, c, call, func(ctx context.Context, call *pb.Call) (incoming[pb.ListInstitutionsResponse], error) {
		return c.api.ListInstitutions(ctx, &pb.ListInstitutionsRequest{Call: call})
	}, func(m *pb.ListInstitutionsResponse) error {
		list, err := each("institution", m.GetInstitutions(), institutionFromWire)
		if err != nil {
			return invalid(err)
		}
		if len(list) == 0 {
			return nil
		}
		return emit(list)
	})
}

// ReadStatements implements [sdk.StatementReader]. It returns only after file
// is not read any more, so a Read of it must not block for ever. An error of
// file's Read is returned as it is.
func (c *Client) ReadStatements(ctx context.Context, req sdk.ReadRequest, file io.Reader, emit func(sdk.StatementBatch) error) error {
	x, err := c.begin(ctx, req.Call)
	if err != nil {
		return err
	}
	defer x.close()
	stream, err := c.api.ReadStatements(x.ctx)
	if err != nil {
		return x.outcome(err)
	}
	sent := make(chan error, 1)
	go func() { sent <- x.sendFile(stream, req, file) }()
	var days dates
	err = receive(x, stream.Recv, wanted(ctx, func(m *pb.ReadStatementsResponse) error {
		if m.GetBatch() == nil {
			return invalid(fmt.Errorf("a message of no known kind"))
		}
		batch, err := statementFromWire(m.GetBatch(), &days)
		if err != nil {
			return invalid(err)
		}
		return emit(batch)
	}))
	x.cut()
	if unread := <-sent; unread != nil {
		return unread
	}
	return err
}

// sendFile returns the error of file only: one of the stream also reaches the
// receiver. A file that cannot be read breaks the call off. Nothing more is sent
// to a provider that was asked to break off; the end of the chunks wakes it.
func (x *exchange) sendFile(stream grpc.BidiStreamingClient[pb.ReadStatementsRequest, pb.ReadStatementsResponse],
	req sdk.ReadRequest, file io.Reader) error {
	defer func() { _ = stream.CloseSend() }()
	open := &pb.OpenStatements{Call: callToWire(req.Call, x.id), Filename: utf8Text(req.Filename), Options: req.Options}
	if stream.Send(&pb.ReadStatementsRequest{Message: &pb.ReadStatementsRequest_Open{Open: open}}) != nil {
		return nil
	}
	for {
		select {
		case <-x.told:
			return nil
		default:
		}
		// gRPC may keep a message after Send, so each chunk has bytes of its own.
		chunk := make([]byte, chunkSize)
		n, err := io.ReadFull(file, chunk)
		if n > 0 {
			m := &pb.ReadStatementsRequest_Chunk{Chunk: chunk[:n]}
			if stream.Send(&pb.ReadStatementsRequest{Message: m}) != nil {
				return nil
			}
		}
		switch {
		case err == nil:
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		default:
			x.breakOff()
			<-x.told // so that the provider does not take the chunks for a whole file
			return fmt.Errorf("read %s: %w", req.Filename, err)
		}
	}
}
