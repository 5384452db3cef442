package plaid

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

// apiVersion is the version of Plaid's interface that this package speaks.
const apiVersion = "2020-09-14"

// session is one call, of the host's account at Plaid or on behalf of a connection.
type session struct {
	call   sdk.Call
	config config
	secret secret // zero: none yet
	client *rest.Client
}

// begin reads a call's configuration.
func (p *Provider) begin(call sdk.Call) (*session, error) {
	cfg, err := configFrom(call.Config)
	if err != nil {
		return nil, err
	}
	authorise := func(r *http.Request) error {
		r.Header.Set("PLAID-CLIENT-ID", cfg.client)
		r.Header.Set("PLAID-SECRET", cfg.secret)
		r.Header.Set("Plaid-Version", apiVersion)
		return nil
	}
	client, err := p.service.Client(call, rest.Access{BaseURL: cfg.api.String(), Authorise: authorise, Secrets: []string{cfg.secret}})
	if err != nil {
		return nil, err
	}
	return &session{call: call, config: cfg, client: client}, nil
}

// open reads a call's configuration and secret.
func (p *Provider) open(call sdk.Call) (*session, error) {
	kept, err := secretFrom(call)
	if err != nil {
		return nil, err
	}
	s, err := p.begin(call)
	if err != nil {
		return nil, err
	}
	s.secret = kept
	return s, nil
}

// limitTime is when to ask again after a limit of which Plaid does not say when
// it ends: they are all by the minute.
const limitTime = time.Minute

// read asks for something, and may ask again.
func (s *session) read(ctx context.Context, path string, body, into any) (code string, err error) {
	return s.ask(ctx, rest.Request{Path: path, JSON: body, Repeatable: true}, into)
}

// write asks once for what changes something.
func (s *session) write(ctx context.Context, path string, body, into any) (code string, err error) {
	return s.ask(ctx, rest.Request{Path: path, JSON: body}, into)
}

// ask makes a request. Beside the error stands the code by which Plaid names it.
func (s *session) ask(ctx context.Context, r rest.Request, into any) (code string, err error) {
	r.Method = http.MethodPost
	answer, err := s.client.Do(ctx, r)
	var told *sdk.Error
	if errors.As(err, &told) && told.Kind == sdk.RateLimited && told.Until.IsZero() {
		told.Until = s.call.Now.Add(limitTime).Truncate(time.Second)
	}
	if err != nil {
		return wordsOf(answer.Body).Code, err
	}
	if err := answer.Decode(into); err != nil {
		slog.LogAttrs(ctx, slog.LevelWarn, "an answer of Plaid's cannot be read", slog.String("path", r.Path),
			slog.String("error", rest.Text(err.Error(), 200)))
		return "", sdk.Errorf(sdk.Internal, "%s", say(s.call.Language, textNoAnswer))
	}
	return "", nil
}

// nothing is an answer of which only that it came counts.
type nothing struct{}

// item is a connection, as Plaid tells it.
type item struct {
	ID          string `json:"item_id"`
	Institution string `json:"institution_id"`
	Name        string `json:"institution_name"`
	Webhook     string `json:"webhook"`
	Error       *words `json:"error"`
	Consent     string `json:"consent_expiration_time"`
}

// until is the consent's end; zero when it has none.
func (i item) until() time.Time { return instant(i.Consent) }

// instant reads a moment; zero when it cannot be read.
func instant(text string) time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

// state is an item, and when its transactions were last brought up to date.
type state struct {
	Item   item `json:"item"`
	Status struct {
		Transactions struct {
			Updated string `json:"last_successful_update"`
		} `json:"transactions"`
	} `json:"status"`
}

// state asks for the item.
func (s *session) state(ctx context.Context) (told state, code string, err error) {
	code, err = s.read(ctx, "item/get", map[string]string{"access_token": s.secret.Access}, &told)
	return told, code, err
}
