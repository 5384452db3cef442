package postman

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"

	"github.com/girosync/girosync/addon/onlinesync/hook"
	"github.com/girosync/girosync/addon/orm"
)

// RunnerOptions are those of a runner.
type RunnerOptions struct {
	// Networks may be reached although they are not public.
	Networks []netip.Prefix
	// Plain lets http, without TLS, reach this machine itself.
	Plain bool
	// Time is how long one delivery may take.
	Time time.Duration
	// CAFile holds certificates that count besides the system's; "" for none.
	CAFile string
	// Name tells this process from others; Agent is how it introduces itself.
	Name, Agent string
	Log         *slog.Logger
}

// Runner posts deliveries of webhooks.
type Runner struct {
	opt    RunnerOptions
	client *http.Client
}

// NewRunner makes a runner. It fails when the file of certificates cannot be read.
func NewRunner(opt RunnerOptions) (*Runner, error) {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	r := &Runner{opt: opt}
	secure := &tls.Config{MinVersion: tls.VersionTLS12}
	if opt.CAFile != "" {
		pool, err := trusted(opt.CAFile)
		if err != nil {
			return nil, err
		}
		secure.RootCAs = pool
	}
	dialer := &net.Dialer{Timeout: opt.Time, Control: r.control}
	r.client = &http.Client{
		Timeout: opt.Time,
		// no proxy: it would look names up itself, past control
		Transport: &http.Transport{DialContext: dialer.DialContext, TLSClientConfig: secure, DisableKeepAlives: true,
			MaxResponseHeaderBytes: longestHeader, TLSHandshakeTimeout: opt.Time, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return r, nil
}

// How much of an answer is read, and kept.
const (
	longestHeader = 16 << 10
	longestRead   = 4 << 10
	longestKept   = 200
)

// control is asked for each address before it is connected to, whatever name led
// there and however often that changes.
func (r *Runner) control(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return err
	}
	if !r.reachable(ip) {
		return fmt.Errorf("%w: %s", errPrivate, ip)
	}
	return nil
}

var errPrivate = errors.New("the address is not public, and hooks.networks does not allow it")

// roundTime bounds what one database's webhooks take of a round.
const roundTime = time.Minute

// Run posts what is due in a database, as much as a round allows. A webhook that
// fails is left alone for the rest of it. An error is the database's.
func (r *Runner) Run(ctx context.Context, db *orm.Database, hooks *hook.Hooks) error {
	due := false
	err := db.Within(ctx, system, orm.TxRead, func(env *orm.Env) (err error) {
		due, err = hooks.Due(env)
		return err
	})
	if err != nil || !due {
		return err
	}
	var failing []int64
	for began, n := time.Now(), 0; n < mostInARound && time.Since(began) < roundTime; n++ {
		var d *hook.Delivery
		err := db.Within(ctx, system, orm.TxWrite, func(env *orm.Env) (err error) {
			d, err = hooks.Claim(env, r.opt.Name, 2*r.opt.Time+time.Minute, failing)
			return err
		})
		if err != nil || d == nil {
			return err
		}
		outcome := r.send(ctx, d)
		if outcome.Reason != "" {
			failing = append(failing, d.Hook)
			r.opt.Log.Warn("a webhook did not take a notice", "database", db.Name(), "webhook", d.Hook, "delivery", d.ID,
				"reason", outcome.Reason)
		}
		if err := r.note(ctx, db, hooks, d, outcome); err != nil {
			return err
		}
	}
	return nil
}

// note writes what became of a delivery, also when the host is being stopped.
func (r *Runner) note(ctx context.Context, db *orm.Database, hooks *hook.Hooks, d *hook.Delivery, outcome hook.Outcome) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	err := db.Within(ctx, system, orm.TxWrite, func(env *orm.Env) error { return hooks.Note(env, d, outcome) })
	if err != nil {
		return fmt.Errorf("note delivery %d: %w", d.ID, err)
	}
	return nil
}

// send makes one attempt.
func (r *Runner) send(ctx context.Context, d *hook.Delivery) hook.Outcome {
	if len(d.Secret) == 0 {
		return hook.Outcome{Reason: "the webhook has no secret that can be read: make a new one"}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL, bytes.NewReader(d.Payload))
	if err != nil {
		return hook.Outcome{Reason: "the address is none"}
	}
	if request.URL.Scheme != "https" && !r.opt.Plain {
		return hook.Outcome{Reason: "http is not allowed: use https, or set hooks.plain"}
	}
	at := strconv.FormatInt(d.At.Unix(), 10)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", r.opt.Agent)
	request.Header.Set("webhook-id", d.Event)
	request.Header.Set("webhook-timestamp", at)
	request.Header.Set("webhook-signature", sign(d.Secret, d.Event, at, d.Payload))
	response, err := r.client.Do(request)
	if err != nil {
		return hook.Outcome{Reason: reason(err)}
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(response.Body, longestRead)) // the status says whether it was taken
	outcome := hook.Outcome{Status: response.StatusCode, Answer: beginning(body), Gone: response.StatusCode == http.StatusGone}
	switch {
	case response.StatusCode >= 300 && response.StatusCode < 400:
		outcome.Reason = "the address leads to another one, which is not followed: " + response.Status
	case response.StatusCode < 200 || response.StatusCode >= 300:
		outcome.Reason = response.Status
	}
	return outcome
}

// sign is the signature of Standard Webhooks: version 1, HMAC-SHA256.
func sign(secret []byte, event, at string, payload []byte) string {
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "%s.%s.%s", event, at, payload)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// reason is an error of the network without the address, which may hold a token.
func reason(err error) string {
	var op *net.OpError
	switch {
	case errors.Is(err, errPrivate):
		return errPrivate.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.As(err, &op):
		return op.Err.Error()
	}
	if _, inner, ok := strings.Cut(err.Error(), `": `); ok {
		return inner
	}
	return "no answer"
}

// beginning is a short piece of an answer, as text of one line.
func beginning(body []byte) string {
	text := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(string(body), " "))
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > longestKept {
		return string(runes[:longestKept]) + "…"
	}
	return text
}
