package step

import (
	"encoding/json"
	"net/url"

	"github.com/girosync/girosync/addon/onlinesync/balance"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/plugins/sdk"
)

// shown is a step as front ends read it. Texts are plain: none is HTML.
type shown struct {
	Type      string         `json:"type"`
	Title     string         `json:"title"`
	Text      string         `json:"text"`
	Fields    []shownField   `json:"fields"`
	URL       string         `json:"url,omitempty"`
	Host      string         `json:"url_host,omitempty"`   // where URL leads, to be shown beside it
	PollAfter float64        `json:"poll_after,omitempty"` // seconds
	Accounts  []shownAccount `json:"accounts,omitempty"`
	Empty     string         `json:"no_accounts,omitempty"` // why there are none to choose from
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

type shownError struct {
	Field   string `json:"field,omitempty"`
	Message string `json:"message"`
}

// Wrong is what was wrong with the last answer; Field names the input at fault, if
// one is. The zero value is nothing.
type Wrong struct{ Field, Message string }

// JSON is a step as front ends read it. What a provider proposes as a field's
// default may be the user's own, so that only a reply has defaults, never a row.
func JSON(s *sdk.Step, wrong Wrong, defaults bool) json.RawMessage {
	out := shown{Type: string(s.Kind), Title: s.Title, Text: s.Text, Fields: []shownField{}, URL: record.WebURL(s.URL),
		PollAfter: s.PollAfter.Seconds()}
	if u, err := url.Parse(out.URL); err == nil {
		out.Host = u.Host
	}
	for i := range s.Fields {
		out.Fields = append(out.Fields, showField(&s.Fields[i], defaults))
	}
	for i := range s.Accounts {
		out.Accounts = append(out.Accounts, showAccount(&s.Accounts[i]))
	}
	if s.Kind == sdk.StepAccounts && len(s.Accounts) == 0 {
		out.Empty = record.NoneReason(s.Empty)
	}
	if wrong.Message != "" {
		out.Error = &shownError{wrong.Field, wrong.Message}
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
