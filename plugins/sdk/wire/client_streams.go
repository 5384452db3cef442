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
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := c.api.FetchTransactions(ctx, &pb.FetchTransactionsRequest{
		Call:      callToWire(req.Call),
		AccountId: req.AccountID,
		Cursor:    req.Cursor,
		From:      req.From.String(),
		To:        req.To.String(),
		PageSize:  int64(req.PageSize),
	})
	if err != nil {
		return fail(ctx, req.Call, err)
	}
	var days dates
	complete := false
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fail(ctx, req.Call, err)
		}
		batch, isBatch, err := fetchedFromWire(req.Call, m, &days)
		if err != nil {
			return err
		}
		if !isBatch {
			continue
		}
		if complete {
			return invalid(fmt.Errorf("a batch came after the last one"))
		}
		complete = !batch.HasMore
		if err := emit(batch); err != nil {
			return err
		}
	}
	if !complete {
		return invalid(fmt.Errorf("it ended before the last batch"))
	}
	return nil
}

func fetchedFromWire(call sdk.Call, m *pb.FetchTransactionsResponse, days *dates) (sdk.Batch, bool, error) {
	switch m := m.GetMessage().(type) {
	case *pb.FetchTransactionsResponse_NewSecret:
		return sdk.Batch{}, false, saveSecret(call, present(m.NewSecret))
	case *pb.FetchTransactionsResponse_Batch:
		batch, err := batchFromWire(m.Batch, days)
		if err != nil {
			return sdk.Batch{}, false, invalid(err)
		}
		return batch, true, nil
	default:
		return sdk.Batch{}, false, invalid(fmt.Errorf("a message of no known kind"))
	}
}

// present makes an empty secret distinct from none.
func present(secret []byte) []byte {
	if secret == nil {
		return []byte{}
	}
	return secret
}

// ListInstitutions implements [sdk.InstitutionLister].
func (c *Client) ListInstitutions(ctx context.Context, call sdk.Call, emit func([]sdk.Institution) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := c.api.ListInstitutions(ctx, &pb.ListInstitutionsRequest{Call: callToWire(call)})
	if err != nil {
		return fail(ctx, call, err)
	}
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fail(ctx, call, err)
		}
		if err := saveSecret(call, m.NewSecret); err != nil {
			return err
		}
		list, err := each("institution", m.GetInstitutions(), institutionFromWire)
		if err != nil {
			return invalid(err)
		}
		if len(list) == 0 {
			continue
		}
		if err := emit(list); err != nil {
			return err
		}
	}
}

// ReadStatements implements [sdk.StatementReader]. It returns only after file
// is not read any more, so a Read of it must not block for ever. An error of
// file's Read is returned as it is.
func (c *Client) ReadStatements(ctx context.Context, req sdk.ReadRequest, file io.Reader, emit func(sdk.StatementBatch) error) error {
	ctx, cancel := context.WithCancel(ctx)
	stream, err := c.api.ReadStatements(ctx)
	if err != nil {
		defer cancel()
		return fail(ctx, req.Call, err)
	}
	sent := make(chan error, 1)
	go func() { sent <- sendFile(stream, req, file, cancel) }()
	err = receiveStatements(ctx, stream, req.Call, emit)
	cancel()
	if unread := <-sent; unread != nil {
		return unread
	}
	return err
}

// sendFile returns the error of file only: one of the stream also reaches the
// receiver. A file that cannot be read ends the call.
func sendFile(stream grpc.BidiStreamingClient[pb.ReadStatementsRequest, pb.ReadStatementsResponse],
	req sdk.ReadRequest, file io.Reader, abort context.CancelFunc) error {
	open := &pb.OpenStatements{Call: callToWire(req.Call), Filename: utf8Text(req.Filename), Options: req.Options}
	if stream.Send(&pb.ReadStatementsRequest{Message: &pb.ReadStatementsRequest_Open{Open: open}}) != nil {
		return nil
	}
	for {
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
			_ = stream.CloseSend()
			return nil
		default:
			abort()
			return fmt.Errorf("read %s: %w", req.Filename, err)
		}
	}
}

func receiveStatements(ctx context.Context, stream grpc.BidiStreamingClient[pb.ReadStatementsRequest, pb.ReadStatementsResponse],
	call sdk.Call, emit func(sdk.StatementBatch) error) error {
	var days dates
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fail(ctx, call, err)
		}
		switch m := m.GetMessage().(type) {
		case *pb.ReadStatementsResponse_NewSecret:
			if err := saveSecret(call, present(m.NewSecret)); err != nil {
				return err
			}
		case *pb.ReadStatementsResponse_Batch:
			batch, err := statementFromWire(m.Batch, &days)
			if err != nil {
				return invalid(err)
			}
			if err := emit(batch); err != nil {
				return err
			}
		default:
			return invalid(fmt.Errorf("a message of no known kind"))
		}
	}
}
