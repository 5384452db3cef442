package connect

import (
	"encoding/json"

	"github.com/girosync/girosync/addon/onlinesync/balance"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/plugins/sdk"
)

// shownStep is a step as front ends read it.
type shownStep struct {
	Type      string         `json:"type"`
	Title     string         `json:"title"`
	Text      string         `json:"text"`
	Fields    []shownField   `json:"fields"`
	URL       string         `json:"url,omitempty"`
	PollAfter float64        `json:"poll_after,omitempty"` // seconds
	Accounts  []shownAccount `json:"accounts,omitempty"`
	Error     *shownError    `json:"error,omitempty"`
}

type shownField struct {
	Name     string        `json:"name"`
	Label    string        `json:"label"`
	Kind     string        `json:"kind"`
	Required bool          `json:"required"`
	Help     string        `json:"help,omitempty"`
	Default  string        `json:"default,omitempty"`
	Choices  []shownChoice `json:"choices"`
}

type shownChoice struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

type shownAccount struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Number   string `json:"account_number"`
	Currency string `json:"currency"`
	Kind     string `json:"kind"`
	Owner    string `json:"owner,omitempty"`
	Balance  string `json:"balance,omitempty"`
}

// shownError is what was wrong with the last answer; Field names the input at
// fault, if one is.
type shownError struct {
	Field   string `json:"field,omitempty"`
	Message string `json:"message"`
}

// stepJSON is a step as front ends read it. What a provider proposes as a
// field's default may be the user's own, so that only a reply holds it, never
// the flow's row.
func (f *liveFlow) stepJSON(step *sdk.Step, field, message string, defaults bool) json.RawMessage {
	out := shownStep{Type: string(step.Kind), Title: step.Title, Text: step.Text, Fields: []shownField{},
		URL: record.WebURL(step.URL), PollAfter: step.PollAfter.Seconds()}
	for i := range step.Fields {
		out.Fields = append(out.Fields, showField(&step.Fields[i], defaults))
	}
	for i := range step.Accounts {
		out.Accounts = append(out.Accounts, showAccount(&step.Accounts[i]))
	}
	if message != "" {
		out.Error = &shownError{field, f.typed.cut(message)}
	}
	text, err := json.Marshal(out)
	if err != nil {
		return json.RawMessage(`{"type":"message","title":"","text":"","fields":[]}`)
	}
	return text
}

func showField(x *sdk.Field, defaults bool) shownField {
	in := shownField{x.Name, x.Label, string(x.Kind), x.Required, x.Help, "", []shownChoice{}}
	if defaults {
		in.Default = x.Default
	}
	for _, c := range x.Choices {
		in.Choices = append(in.Choices, shownChoice(c))
	}
	return in
}

func showAccount(x *sdk.Account) shownAccount {
	out := shownAccount{ID: x.ID, Name: x.Name, Number: x.Number, Currency: x.Currency, Kind: string(x.Kind), Owner: x.Owner}
	if b := balance.Best(x.Balances); b != nil {
		out.Balance = b.Amount
	}
	return out
}
