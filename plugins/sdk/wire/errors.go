package wire

import (
	"context"
	"errors"
	"log/slog"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/girosync/girosync/plugins/sdk"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

// maxErrorText is how much of an error's text crosses, in bytes.
const maxErrorText = 2000

// codeOf is the gRPC status code of each kind. The kind itself travels in the
// status details, so the codes need not tell all kinds apart, but they do.
func codeOf(kind sdk.Kind) codes.Code {
	switch kind {
	case sdk.NeedsUser:
		return codes.FailedPrecondition
	case sdk.BadCredentials:
		return codes.Unauthenticated
	case sdk.ConsentExpired:
		return codes.PermissionDenied
	case sdk.RateLimited:
		return codes.ResourceExhausted
	case sdk.BankUnavailable:
		return codes.Unavailable
	case sdk.NotSupported:
		return codes.Unimplemented
	case sdk.AutoNotAllowed:
		return codes.Aborted
	case sdk.BadRequest:
		return codes.InvalidArgument
	default:
		return codes.Internal
	}
}

// kindOf reads a status that came without details: from gRPC itself, or from a
// provider written without this package. Unavailable then means a broken
// connection, and ResourceExhausted a message beyond MaxMessage; both are Internal.
func kindOf(code codes.Code) sdk.Kind {
	switch code {
	case codes.FailedPrecondition:
		return sdk.NeedsUser
	case codes.Unauthenticated:
		return sdk.BadCredentials
	case codes.PermissionDenied:
		return sdk.ConsentExpired
	case codes.Unimplemented:
		return sdk.NotSupported
	case codes.Aborted:
		return sdk.AutoNotAllowed
	case codes.InvalidArgument, codes.OutOfRange, codes.NotFound:
		return sdk.BadRequest
	default:
		return sdk.Internal
	}
}

// errorToWire makes the status of a failed call. An error that is none of the
// sdk's may hold anything, so only the log gets its text. A secret goes along
// unless it is nil.
func errorToWire(ctx context.Context, err error, secret []byte, log *slog.Logger) error {
	if ended := ctx.Err(); ended != nil && (errors.Is(err, ended) || errors.Is(err, context.Cause(ctx))) && secret == nil {
		return status.FromContextError(ended).Err()
	}
	var known *sdk.Error
	if !errors.As(err, &known) {
		known = &sdk.Error{Kind: sdk.Internal, Message: "the provider failed; its log says why", Cause: err}
	}
	if known.Cause != nil {
		log.Warn("call failed", "kind", string(known.Kind), "error", err)
	}
	kind := errorKinds.toWire(known.Kind)
	if kind <= 0 {
		kind = pb.ErrorKind_ERROR_KIND_INTERNAL
	}
	detail := &pb.ErrorDetail{
		Kind:      kind,
		Message:   plainText(known.Message),
		Until:     timeToWire(known.Until),
		Field:     plainText(known.Field),
		Line:      int64(known.Line),
		Reference: plainText(known.Reference),
		NewSecret: secret,
	}
	st, failed := status.New(codeOf(known.Kind), detail.Message).WithDetails(detail)
	if failed != nil {
		return status.Error(codes.Internal, detail.Message)
	}
	return st.Err()
}

// errorFromWire reads a failed call, and the secret that came with it, nil when
// none did. ctx is the caller's: when it has ended, its error is in the chain.
func errorFromWire(ctx context.Context, err error) (*sdk.Error, []byte) {
	st, ok := status.FromError(err)
	if !ok {
		return &sdk.Error{Kind: sdk.Internal, Message: "the provider's answer cannot be read", Cause: err}, nil
	}
	for _, d := range st.Details() {
		if detail, ok := d.(*pb.ErrorDetail); ok {
			failure := detailFromWire(detail)
			failure.Cause = ctx.Err()
			return failure, detail.NewSecret
		}
	}
	return statusFromWire(ctx, st, err), nil
}

// statusFromWire reads a failure without details.
func statusFromWire(ctx context.Context, st *status.Status, err error) *sdk.Error {
	if gone := ctx.Err(); gone != nil {
		return ended(gone)
	}
	switch st.Code() {
	case codes.Unavailable, codes.Canceled: // Canceled: the connection was closed here
		return &sdk.Error{Kind: sdk.Internal, Message: "the provider stopped while it was asked", Cause: sdk.ErrGone}
	case codes.DeadlineExceeded:
		return &sdk.Error{Kind: sdk.Internal, Message: "the provider did not answer in time", Cause: context.DeadlineExceeded}
	case codes.ResourceExhausted:
		return &sdk.Error{Kind: sdk.Internal, Message: "a message of the provider is too large", Cause: err}
	}
	kind := kindOf(st.Code())
	if kind == sdk.Internal {
		return &sdk.Error{Kind: kind, Message: "the call to the provider failed", Cause: err}
	}
	return &sdk.Error{Kind: kind, Message: plainText(st.Message()), Cause: err}
}

// ended is the error of a call that the caller's context ended.
func ended(err error) *sdk.Error {
	return &sdk.Error{Kind: sdk.Internal, Message: "the call was ended before the provider answered", Cause: err}
}

// detailFromWire never fails: an error that is itself wrong is Internal.
func detailFromWire(d *pb.ErrorDetail) *sdk.Error {
	kind, err := errorKinds.fromWire("error kind", d.GetKind())
	if err != nil {
		kind = sdk.Internal
	}
	until, err := timeFromWire("until", d.GetUntil())
	if err != nil {
		until = noTime
	}
	message := plainText(d.GetMessage())
	if message == "" {
		message = "the provider gave no reason"
	}
	return &sdk.Error{
		Kind:      kind,
		Message:   message,
		Until:     until,
		Field:     d.GetField(),
		Line:      int(max(d.GetLine(), 0)),
		Reference: plainText(d.GetReference()),
	}
}

// plainText makes text fit for a message: valid UTF-8, of bounded length.
func plainText(s string) string {
	if len(s) > maxErrorText {
		s = s[:maxErrorText]
	}
	return utf8Text(s)
}

// invalid is the error for an answer that breaks the sdk's contract.
func invalid(err error) error {
	return &sdk.Error{Kind: sdk.Internal, Message: "the provider's answer is not valid: " + err.Error()}
}

// refused is the error for a request that breaks the sdk's contract.
func refused(err error) error {
	return &sdk.Error{Kind: sdk.BadRequest, Message: "the request is not valid: " + err.Error()}
}
