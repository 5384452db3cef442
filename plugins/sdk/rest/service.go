package rest

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// Options declare what holds for every call to a service. Only Name is needed.
type Options struct {
	// Name is the service's, as users know it: their messages begin with it.
	Name string
	// Agent is the header User-Agent; "" means "girosync".
	Agent string
	// Judge turns an answer into an error by the service's own rules. nil means
	// that it has no opinion: then 2xx is good, and every other status is what
	// HTTP says that it is. It is asked about each answer, good ones too. What it
	// puts into Message may come from the service: it is tidied, and secrets are
	// blotted out of it. Reference and Until are filled in where it leaves them empty.
	// At status 401 it is asked before Access.Renew is called; what it says counts only
	// where there is no Renew, or when the renewed request was answered with 401, too.
	Judge func(Answer) *sdk.Error
	// References are the headers in which the service gives a request an id that
	// its support can find again, such as X-Request-Id; the first one present counts.
	References []string
	// SecretNames are headers, query values and fields of forms that are secret,
	// besides those that everybody knows, such as Authorization and access_token.
	SecretNames []string
	// KeyHeader carries Request.Key; "" means Idempotency-Key.
	KeyHeader string
	// Attempts is how often a request is made at most; 0 means 3.
	Attempts int
	// FirstPause is the pause before the second attempt; each further one is twice
	// as long, and a random part of it is left out. 0 means 300 ms.
	FirstPause time.Duration
	// LongestPause bounds a pause that the service asks for. A longer one is not
	// waited for: the answer is an error with Until. 0 means 5 seconds.
	LongestPause time.Duration
	// AttemptTime bounds one attempt, its whole answer included; 0 means 30 seconds.
	AttemptTime time.Duration
	// MaxBody bounds an answer, in bytes, unpacked; 0 means 16 MiB.
	MaxBody int64
	// Log gets a line for each attempt, of level debug; nil means slog.Default().
	Log *slog.Logger
	// Transport makes the attempts in place of the package's own; for tests, see
	// rest/resttest. Certificates are then the transport's affair.
	Transport http.RoundTripper
}

// Service is a service on the web, as its provider declared it. It keeps open
// connections, and tokens that were got meanwhile; nothing is lost with it.
// Any number of calls may use it at the same time.
type Service struct {
	o         Options
	known     names
	transport transports
	tokens    slots
	sleep     func(ctx context.Context, long time.Duration) error
}

// NewService declares a service. A provider does so once, when it is made.
func NewService(o Options) *Service {
	if o.Agent == "" {
		o.Agent = "girosync"
	}
	if o.KeyHeader == "" {
		o.KeyHeader = "Idempotency-Key"
	}
	if o.Attempts <= 0 {
		o.Attempts = 3
	}
	if o.FirstPause <= 0 {
		o.FirstPause = 300 * time.Millisecond
	}
	if o.LongestPause <= 0 {
		o.LongestPause = 5 * time.Second
	}
	if o.AttemptTime <= 0 {
		o.AttemptTime = 30 * time.Second
	}
	if o.MaxBody <= 0 {
		o.MaxBody = 16 << 20
	}
	return &Service{o: o, known: newNames(o.SecretNames), sleep: sleep}
}

func (s *Service) log() *slog.Logger {
	if s.o.Log != nil {
		return s.o.Log
	}
	return slog.Default()
}

// sleep waits, unless ctx ends first; then it returns the context's error.
func sleep(ctx context.Context, long time.Duration) error {
	timer := time.NewTimer(long)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
