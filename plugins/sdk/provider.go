package sdk

import (
	"context"
	"io"
)

// Provider is what every plugin implements. Methods may be called at the same
// time from several goroutines. Every error should be one of this package's
// kinds (see [Error]); any other error counts as [Internal].
type Provider interface {
	// Describe says what this provider is. It needs no secret, must not use
	// the network, and answers the same for one build.
	Describe(ctx context.Context) (Description, error)

	// StartConnect begins a connection, or renews one when the request brings
	// a secret. The answer is a step for the user, or a finished connection.
	StartConnect(ctx context.Context, req StartConnectRequest) (ConnectAnswer, error)

	// ContinueConnect takes the user's answer to the last step. Bad input is
	// [BadRequest] with Field set, so that the user may correct it.
	ContinueConnect(ctx context.Context, req ContinueConnectRequest) (ConnectAnswer, error)

	// ListAccounts returns all accounts that the connection may read.
	ListAccounts(ctx context.Context, req ListAccountsRequest) (AccountList, error)

	// FetchTransactions emits batches for one account until the last has
	// HasMore false. It stops when emit fails and returns that error.
	FetchTransactions(ctx context.Context, req FetchRequest, emit func(Batch) error) error
}

// InstitutionLister is implemented by providers that know which banks they reach.
type InstitutionLister interface {
	// ListInstitutions emits the whole catalogue, in pages of any size.
	ListInstitutions(ctx context.Context, call Call, emit func([]Institution) error) error
}

// Refresher is implemented by providers that can be asked to contact the bank now.
type Refresher interface {
	// Refresh returns once the bank was asked. [RateLimited] with Until says
	// when asking is allowed again.
	Refresh(ctx context.Context, req RefreshRequest) (RefreshAnswer, error)
}

// Revoker is implemented by providers that can end a consent upstream.
type Revoker interface {
	// Revoke ends the connection's consent. Revoking twice is no error.
	Revoke(ctx context.Context, call Call) error
}

// WebhookHandler is implemented by providers that are notified over HTTP.
type WebhookHandler interface {
	// HandleWebhook verifies the raw request and says which connections it
	// concerns. An unverifiable request is [BadRequest].
	HandleWebhook(ctx context.Context, req WebhookRequest) (WebhookAnswer, error)
}

// StatementReader is implemented by providers that read statement files.
type StatementReader interface {
	// ReadStatements reads one file of any size as a stream and emits batches
	// per account. A file of no known format is [BadRequest] without a line,
	// before anything is emitted: the host then asks the next reader. A damaged
	// one is [BadRequest] with its Line, and the host imports nothing of it. An
	// entry that cannot be read is reported in StatementBatch.Refused and does
	// not stop the rest.
	ReadStatements(ctx context.Context, req ReadRequest, file io.Reader, emit func(StatementBatch) error) error
}
