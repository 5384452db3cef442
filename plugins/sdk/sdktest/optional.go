package sdktest

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// cancel: a call whose context has ended returns soon, and with an error.
func (r *run) cancel() {
	if r.connection == nil || len(r.found) == 0 {
		r.skip(noConnection)
		return
	}
	ctx, cancel := context.WithCancel(r.ctx)
	cancel()
	done := make(chan error, 1)
	go func() {
		done <- r.provider.FetchTransactions(ctx, r.fetchRequest(r.found[0], nil), func(sdk.Batch) error { return ctx.Err() })
	}()
	select {
	case err := <-done:
		if err == nil {
			r.problem("a cancelled fetch succeeds")
		}
	case <-time.After(r.suite.CancelWithin):
		r.problem("a cancelled fetch goes on for more than %s", r.suite.CancelWithin)
	}
}

// alone: most calls are made while nobody waits, at night; a bank may not allow
// that, or only so often a day.
func (r *run) alone() {
	if r.connection == nil || len(r.fetched) == 0 {
		r.skip(noConnection)
		return
	}
	call := r.call()
	call.UserPresent, call.Language = false, ""
	_, err := r.provider.ListAccounts(r.ctx, sdk.ListAccountsRequest{Call: call})
	if err == nil {
		req := r.fetchRequest(r.one(), nil)
		req.Call = call
		_, err = r.fetchWith(r.one(), req)
	}
	allowed := []sdk.Kind{sdk.AutoNotAllowed, sdk.NeedsUser, sdk.RateLimited}
	if err != nil && !slices.Contains(allowed, sdk.KindOf(err)) {
		r.problem("while no user waits it fails: %v: where a bank does not allow that, the kind is auto_not_allowed, needs_user or rate_limited",
			err)
	}
	if err != nil {
		r.failed(err)
	}
}

// errors: what is wrong is answered with an error of the sdk's, whatever it is.
func (r *run) errors() {
	if r.suite.Institution == "" {
		r.skip(noInstitution)
		return
	}
	own := r.host
	defer func() { r.host = own }()
	for _, garbage := range [][]byte{nil, []byte("garbage"), {0xff, 0x00, 0xfe}, []byte(`{"a":[1,2,3]}`), []byte(`null`)} {
		r.host = &kept{secret: garbage}
		_, err := r.provider.ListAccounts(r.ctx, sdk.ListAccountsRequest{Call: r.call()})
		r.mustFail(err, "ListAccounts with the secret %q", garbage)
		err = r.provider.FetchTransactions(r.ctx, r.fetchRequest(sdk.Account{ID: "none"}, nil), func(sdk.Batch) error { return nil })
		r.mustFail(err, "FetchTransactions with the secret %q", garbage)
		_, err = r.provider.ContinueConnect(r.ctx, sdk.ContinueConnectRequest{
			Call: r.call(), InstitutionID: r.suite.Institution, FlowState: garbage, Values: map[string]string{"garbage": "garbage"},
		})
		r.mustFail(err, "ContinueConnect with the flow state %q", garbage)
	}
	r.host = own
	_, err := r.provider.StartConnect(r.ctx, sdk.StartConnectRequest{
		Call: r.call(), Kind: sdk.FlowConnect, InstitutionID: "no such institution",
	})
	r.mustFail(err, "StartConnect at an unknown institution")
	if r.connection != nil {
		err := r.provider.FetchTransactions(r.ctx, r.fetchRequest(sdk.Account{ID: "no such account"}, nil),
			func(sdk.Batch) error { return nil })
		r.mustFail(err, "FetchTransactions of an unknown account")
	}
}

func (r *run) mustFail(err error, format string, args ...any) {
	if err == nil {
		r.problem(format+" succeeds", args...)
		return
	}
	r.failed(err)
}

func (r *run) statements() {
	p, ok := sdk.As[sdk.StatementReader](r.provider)
	if !ok {
		r.skip("it reads no files")
		return
	}
	read := func(name string, content []byte) (int, error) {
		n := 0
		err := p.ReadStatements(r.ctx, sdk.ReadRequest{Call: r.call(), Filename: name}, bytes.NewReader(content),
			func(b sdk.StatementBatch) error {
				n += len(b.Booked) + len(b.Pending)
				if b.Format == "" {
					r.problem("a statement of no format")
				}
				r.transactions("booked", b.Booked)
				r.transactions("pending", b.Pending)
				r.findingsOf(b.Findings)
				for _, balance := range []*sdk.Balance{b.Opening, b.Closing} {
					if balance != nil {
						r.balances([]sdk.Balance{*balance})
					}
				}
				return nil
			})
		return n, err
	}
	for _, garbage := range []string{"", "\x00\xff", "no statement\n", strings.Repeat("x", 1<<16)} {
		if _, err := read("garbage.txt", []byte(garbage)); sdk.KindOf(err) != sdk.BadRequest {
			r.problem("a file that is no statement, %.20q, is answered with %v", garbage, err)
		}
	}
	if r.suite.File == nil {
		return
	}
	r.result.File = true
	first, err := read(r.suite.Filename, r.suite.File)
	if err != nil || first == 0 {
		r.problem("%s: %d transactions, %v", r.suite.Filename, first, err)
	}
	if second, _ := read(r.suite.Filename, r.suite.File); second != first {
		r.problem("%s: read twice, %d transactions and then %d", r.suite.Filename, first, second)
	}
}

// code is how a finding, or a value of one, may be named.
var code = regexp.MustCompile(`^[a-z0-9_]+$`)

// findingsOf: what a reader tells beside transactions has a kind, a code, and a
// text for those who do not know the code.
func (r *run) findingsOf(list []sdk.Finding) {
	if len(list) > sdk.MaxFindings {
		r.problem("%d findings in one batch: a host hears %d", len(list), sdk.MaxFindings)
	}
	for _, f := range list {
		if !slices.Contains([]sdk.FindingKind{sdk.FindingProof, sdk.FindingDoubt, sdk.FindingChoice}, f.Kind) {
			r.problem("finding %q is of kind %q", f.Code, f.Kind)
		}
		if !code.MatchString(f.Code) || len(f.Code) > sdk.MaxFindingCode {
			r.problem("a finding's code is %q: want lower case letters, digits and _", f.Code)
		}
		if strings.TrimSpace(f.Text) == "" || len(f.Text) > sdk.MaxFindingText || len(f.Values) > sdk.MaxFindingValues {
			r.problem("finding %q has a text of %d bytes and %d values", f.Code, len(f.Text), len(f.Values))
		}
		for name, value := range f.Values {
			if !code.MatchString(name) || len(name) > sdk.MaxFindingCode || len(value) > sdk.MaxFindingText {
				r.problem("finding %q has the value %q of %d bytes", f.Code, name, len(value))
			}
		}
	}
}

// webhook: what nobody signed is refused.
func (r *run) webhook() {
	p, ok := sdk.As[sdk.WebhookHandler](r.provider)
	if !ok {
		r.skip("it takes no notifications")
		return
	}
	_, err := p.HandleWebhook(r.ctx, sdk.WebhookRequest{
		Call: r.call(), Method: "POST", Path: "/webhook", Headers: map[string][]string{"Content-Type": {"application/json"}},
		Body: []byte(`{"garbage":`),
	})
	if sdk.KindOf(err) != sdk.BadRequest {
		r.problem("an unverifiable notification is answered with %v, want bad_request", err)
	}
}

func (r *run) refresh() {
	p, ok := sdk.As[sdk.Refresher](r.provider)
	if !ok || r.connection == nil {
		r.skip("it refreshes nothing, or there is no connection")
		return
	}
	if _, err := p.Refresh(r.ctx, sdk.RefreshRequest{Call: r.call()}); err != nil {
		r.failed(err)
	}
}

// revoke comes last: it ends the connection.
func (r *run) revoke() {
	p, ok := sdk.As[sdk.Revoker](r.provider)
	if !ok || r.connection == nil {
		r.skip("it revokes nothing, or there is no connection")
		return
	}
	for i := range 2 {
		if err := p.Revoke(r.ctx, r.call()); err != nil {
			r.problem("revoking for the %d. time: %v", i+1, err)
		}
	}
	for _, other := range r.others {
		if other != r.host {
			_ = p.Revoke(r.ctx, r.callOf(other)) // a service may have ended it with the first
		}
	}
}
