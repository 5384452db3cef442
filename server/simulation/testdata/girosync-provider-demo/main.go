// Command girosync-provider-demo serves the demo bank world and writes down, in the
// file that the setting "diary" names, what it was asked and what it answered.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"sync"
	"time"

	"github.com/girosync/girosync/plugins/demo"
	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/serve"
)

func main() { serve.Serve(&recorder{Provider: demo.New(), secrets: map[string]string{}}) }

// recorder is the demo provider, with a diary.
type recorder struct {
	*demo.Provider

	mu      sync.Mutex
	diary   *os.File
	secrets map[string]string // as last written down, by connection
}

// entry is a line of the diary.
type entry struct {
	At        time.Time       `json:"at"`
	Call      string          `json:"call"`
	Present   bool            `json:"present,omitempty"`
	Bank      string          `json:"bank,omitempty"`
	Link      string          `json:"link,omitempty"`    // the connection's external id
	Account   string          `json:"account,omitempty"` // its id in the consent
	Secret    json.RawMessage `json:"secret,omitempty"`  // when it is another than before
	Stage     string          `json:"stage,omitempty"`   // what a flow waits for now
	Done      bool            `json:"done,omitempty"`    // a flow
	Until     time.Time       `json:"until,omitzero"`    // of the consent, or of a limit
	From      string          `json:"from,omitempty"`    // the days that were told
	To        string          `json:"to,omitempty"`
	Refreshed time.Time       `json:"refreshed,omitzero"`
	Failed    sdk.Kind        `json:"failed,omitempty"`
	Words     string          `json:"words,omitempty"`
}

// identity is what of a secret, or of a flow's state, is of interest.
type identity struct {
	Institution string `json:"institution"`
	External    string `json:"external"`
}

// of begins an entry about a call of a connection.
func of(call sdk.Call, what string) entry {
	e := entry{At: call.Now, Call: what, Present: call.UserPresent}
	e.about(call.Secret)
	return e
}

func (e *entry) about(secret []byte) {
	var who identity
	if json.Unmarshal(secret, &who) == nil && who.Institution != "" {
		e.Bank, e.Link, e.Secret = who.Institution, who.External, secret
	}
}

func (r *recorder) write(call sdk.Call, e entry, err error) {
	var told *sdk.Error
	switch {
	case errors.As(err, &told):
		e.Failed, e.Words = told.Kind, told.Message
		if !told.Until.IsZero() {
			e.Until = told.Until
		}
	case err != nil:
		e.Failed, e.Words = "broken", err.Error()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.secrets[e.Link] == string(e.Secret) {
		e.Secret = nil
	} else {
		r.secrets[e.Link] = string(e.Secret)
	}
	if r.diary == nil {
		if r.diary, err = os.OpenFile(call.Config["diary"], os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err != nil {
			panic(err)
		}
	}
	line, err := json.Marshal(e)
	if err == nil {
		_, err = r.diary.Write(append(line, '\n'))
	}
	if err != nil {
		panic(err)
	}
}

func (r *recorder) StartConnect(ctx context.Context, req sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
	answer, err := r.Provider.StartConnect(ctx, req)
	e := of(req.Call, "start")
	if e.Bank == "" {
		e.Bank = req.InstitutionID
	}
	r.answered(req.Call, e, answer, err)
	return answer, err
}

func (r *recorder) ContinueConnect(ctx context.Context, req sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
	answer, err := r.Provider.ContinueConnect(ctx, req)
	e := of(req.Call, "continue")
	if e.Bank == "" {
		e.Bank = req.InstitutionID
	}
	r.answered(req.Call, e, answer, err)
	return answer, err
}

func (r *recorder) answered(call sdk.Call, e entry, answer sdk.ConnectAnswer, err error) {
	var state struct {
		Stage string `json:"stage"`
	}
	if json.Unmarshal(answer.FlowState, &state) == nil {
		e.Stage = state.Stage
	}
	if answer.Done != nil {
		e.about(answer.Done.Secret)
		e.Done, e.Until = true, answer.Done.ConsentUntil
	}
	r.write(call, e, err)
}

func (r *recorder) ListAccounts(ctx context.Context, req sdk.ListAccountsRequest) (sdk.AccountList, error) {
	list, err := r.Provider.ListAccounts(ctx, req)
	r.write(req.Call, of(req.Call, "accounts"), err)
	return list, err
}

func (r *recorder) FetchTransactions(ctx context.Context, req sdk.FetchRequest, emit func(sdk.Batch) error) error {
	e := of(req.Call, "fetch")
	e.Account = req.AccountID
	err := r.Provider.FetchTransactions(ctx, req, func(b sdk.Batch) error {
		e.From, e.To, e.Refreshed = b.From.String(), b.To.String(), b.RefreshedAt
		return emit(b)
	})
	r.write(req.Call, e, err)
	return err
}

func (r *recorder) Refresh(ctx context.Context, req sdk.RefreshRequest) (sdk.RefreshAnswer, error) {
	answer, err := r.Provider.Refresh(ctx, req)
	r.write(req.Call, of(req.Call, "refresh"), err)
	return answer, err
}

func (r *recorder) Revoke(ctx context.Context, call sdk.Call) error {
	err := r.Provider.Revoke(ctx, call)
	r.write(call, of(call, "revoke"), err)
	return err
}
