package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// Answer is what a service answered.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte // unpacked, within Options.MaxBody
	// Reference is the request's id in the service's own words; see
	// Options.References. "" when it gave none.
	Reference string
	// Wait is how long the service asks to leave it alone; 0 when it does not say.
	Wait time.Duration
	// Language is the call's, for what Options.Judge says to the user.
	Language string
}

// Decode reads the body as JSON into a value. Amounts belong into a Number.
// Fields that the value lacks are passed over.
func (a Answer) Decode(into any) error {
	d := json.NewDecoder(bytes.NewReader(a.Body))
	d.UseNumber() // where a field is of any type
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON value")
	}
	return nil
}

// outcome is what became of one attempt.
type outcome struct {
	request *http.Request
	answer  Answer
	err     error
	unsent  bool // nothing can have reached the service
	again   bool // another attempt may go better
}

// Do makes a request, as often as it takes and is allowed. Its error is an
// *sdk.Error, or ctx's own when that has ended. The answer comes with an error,
// too, where there was one.
func (c *Client) Do(ctx context.Context, r Request) (Answer, error) {
	p, err := c.prepare(r)
	if err != nil {
		return Answer{}, c.failure(sdk.Internal, textBadRequest, err)
	}
	renewed := c.access.Renew == nil || p.authorise != nil
	for tried := 1; ; tried++ {
		o := c.attempt(ctx, p, tried)
		if o.err == nil {
			return o.answer, nil
		}
		if ctx.Err() != nil {
			return o.answer, ctx.Err()
		}
		if o.answer.Status == http.StatusUnauthorized && !renewed {
			renewed = true
			if err := c.access.Renew(ctx, o.request); err != nil {
				return o.answer, err
			}
			tried--
			continue
		}
		pause, ok := c.pause(o, p, tried)
		if !ok {
			return o.answer, o.err
		}
		if err := c.service.sleep(ctx, pause); err != nil {
			return o.answer, err
		}
	}
}

// JSON makes a request and reads the answer into a value; see Answer.Decode. An
// answer that is no such JSON is an error of kind Internal.
func (c *Client) JSON(ctx context.Context, r Request, into any) error {
	answer, err := c.Do(ctx, r)
	if err != nil {
		return err
	}
	if err := answer.Decode(into); err != nil {
		e := c.failure(sdk.Internal, textUnreadable, err)
		e.Reference = answer.Reference
		return e
	}
	return nil
}

// attempt makes a request once.
func (c *Client) attempt(ctx context.Context, p *prepared, tried int) outcome {
	limited, cancel := context.WithTimeout(ctx, c.service.o.AttemptTime)
	defer cancel()
	request, err := c.request(limited, p)
	if err != nil {
		return outcome{err: c.unprepared(err)}
	}
	began := time.Now()
	answer, err := c.exchange(request)
	c.tell(ctx, request, answer, err, tried, time.Since(began))
	if err != nil {
		return c.lost(limited, answer, err)
	}
	o := outcome{request: request, answer: answer}
	if judged := c.judge(p, answer); judged != nil {
		o.err = judged
		o.again = transient(answer.Status) && (judged.Kind == sdk.BankUnavailable || judged.Kind == sdk.RateLimited)
	}
	return o
}

// unprepared is the error of what Authorise could not do: an error of the sdk's
// and a context's are passed on.
func (c *Client) unprepared(err error) error {
	var told *sdk.Error
	if errors.As(err, &told) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return c.failure(sdk.Internal, textBadRequest, err)
}

// errTooLarge: an answer has more than Options.MaxBody.
var errTooLarge = errors.New("the answer is too large")

// exchange sends a request and reads the answer.
func (c *Client) exchange(request *http.Request) (Answer, error) {
	response, err := c.http.Do(request)
	if err != nil {
		return Answer{}, err
	}
	defer response.Body.Close()
	most := c.service.o.MaxBody
	answer := Answer{Status: response.StatusCode, Header: response.Header, Reference: c.reference(response.Header),
		Language: c.call.Language}
	answer.Body, err = io.ReadAll(io.LimitReader(response.Body, most+1))
	if err == nil && int64(len(answer.Body)) > most {
		err = fmt.Errorf("%w: more than %d bytes", errTooLarge, most)
	}
	if err != nil {
		answer.Body = nil
	}
	answer.Wait = waitOf(response.StatusCode, response.Header, c.now())
	return answer, err
}

// reference is the first of the service's headers with a request's id.
func (c *Client) reference(h http.Header) string {
	for _, name := range c.service.o.References {
		if value := h.Get(name); value != "" {
			return Text(value, 200)
		}
	}
	return ""
}

// tell logs an attempt. The query may hold anything and is left out.
func (c *Client) tell(ctx context.Context, r *http.Request, a Answer, err error, tried int, took time.Duration) {
	log := c.service.log()
	if !log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{
		slog.String("service", c.service.o.Name), slog.String("method", r.Method), slog.String("host", r.URL.Host),
		slog.String("path", c.secrets.Clean(r.URL.EscapedPath())), slog.Int("attempt", tried), slog.Int64("ms", took.Milliseconds()),
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", c.secrets.Clean(bare(err).Error())))
	} else {
		attrs = append(attrs, slog.Int("status", a.Status), slog.Int("bytes", len(a.Body)))
	}
	if a.Reference != "" {
		attrs = append(attrs, slog.String("reference", c.secrets.Clean(a.Reference)))
	}
	log.LogAttrs(ctx, slog.LevelDebug, "request", attrs...)
}
