package rest

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// maxMessage is how much of a message, in bytes, is shown to users.
const maxMessage = 500

// judge says whether an answer is good: nil, or what it means.
func (c *Client) judge(p *prepared, a Answer) *sdk.Error {
	rules := c.service.o.Judge
	if p.judge != nil {
		rules = p.judge
	}
	if rules != nil {
		if told := rules(a); told != nil {
			return c.finished(told, a)
		}
	}
	if a.Status >= 200 && a.Status < 300 {
		return nil
	}
	return c.finished(c.byStatus(a.Status), a)
}

// byStatus is what HTTP says that a status means.
func (c *Client) byStatus(status int) *sdk.Error {
	kind, text := sdk.Internal, textUnexpected
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		kind, text = sdk.BadCredentials, textRefused
	case status == http.StatusTooManyRequests:
		kind, text = sdk.RateLimited, textTooMany
	case status >= 500, transient(status):
		kind, text = sdk.BankUnavailable, textTrouble
	case status >= 300 && status < 400:
		text = textSentOn
	}
	return &sdk.Error{Kind: kind, Message: c.say(text, "status", strconv.Itoa(status))}
}

// finished completes an error about an answer, and cleans it.
func (c *Client) finished(told *sdk.Error, a Answer) *sdk.Error {
	e := *told
	e.Message = c.secrets.Clean(Text(e.Message, maxMessage))
	if e.Message == "" {
		e.Message = c.say(textUnexpected, "status", strconv.Itoa(a.Status))
	}
	if e.Reference == "" {
		e.Reference = a.Reference
	}
	e.Reference = c.secrets.Clean(Text(e.Reference, 200))
	if a.Wait > 0 && e.Until.IsZero() && (e.Kind == sdk.RateLimited || e.Kind == sdk.BankUnavailable) {
		e.Until = c.now().Add(a.Wait).Truncate(time.Second)
	}
	e.Cause = c.cleaned(e.Cause)
	return &e
}

// failure is an error that is not about an answer.
func (c *Client) failure(kind sdk.Kind, text text, cause error, values ...string) *sdk.Error {
	return &sdk.Error{Kind: kind, Message: c.secrets.Clean(c.say(text, values...)), Cause: c.cleaned(cause)}
}

// cleanError is a cause whose words hold no secret. What it is can still be
// asked for by errors.Is, but the error itself is out of reach.
type cleanError struct {
	words string
	is    func(target error) bool
}

// Error is the cleaned words.
func (e *cleanError) Error() string { return e.words }

// Is reports whether the error that was cleaned is target.
func (e *cleanError) Is(target error) bool { return e.is(target) }

// cleaned is an error without secrets; nil stays nil.
func (c *Client) cleaned(err error) error {
	if err == nil {
		return nil
	}
	return &cleanError{
		words: c.secrets.Clean(Text(bare(err).Error(), 4*maxMessage)),
		is:    func(target error) bool { return errors.Is(err, target) },
	}
}
