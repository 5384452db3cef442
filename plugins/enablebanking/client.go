package enablebanking

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

// session is one call, of the application or on behalf of a connection.
type session struct {
	call   sdk.Call
	config config
	secret secret // zero: none yet
	client *rest.Client
}

// application reads a call's configuration.
func (p *Provider) application(call sdk.Call) (*session, error) {
	cfg, err := configFrom(call.Config)
	if err != nil {
		return nil, err
	}
	secrets := []string{cfg.pem}
	if kept, err := secretFrom(call); err == nil { // its session stands in paths, which are logged
		secrets = append(secrets, kept.sessions()...)
	}
	client, err := p.service.Client(call, rest.Access{BaseURL: cfg.api.String(), Authorise: cfg.authorise(call), Secrets: secrets})
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
	s, err := p.application(call)
	if err != nil {
		return nil, err
	}
	s.secret = kept
	return s, nil
}

// limitTime is when to ask again after a limit of the bank's of which it does not
// say when it ends: four requests a day are one in six hours.
const limitTime = 6 * time.Hour

// get asks for something of the connection's. What the service says of an error is
// told beside it.
func (s *session) get(ctx context.Context, r rest.Request, into any) (words, error) {
	if strings.HasPrefix(r.Path, "accounts/") || r.Method == http.MethodDelete { // the rest does not reach the bank
		r.Header = s.present()
	}
	answer, err := s.client.Do(ctx, r)
	var told *sdk.Error
	if errors.As(err, &told) && told.Kind == sdk.RateLimited && told.Until.IsZero() {
		told.Until = s.call.Now.Add(limitTime).Truncate(time.Second)
	}
	if err != nil {
		return wordsOf(answer.Body), err
	}
	if err := answer.Decode(into); err != nil {
		unread := sdk.Errorf(sdk.Internal, "%s", say(s.call.Language, textNoAnswer))
		unread.Reference = answer.Reference
		slog.LogAttrs(ctx, slog.LevelWarn, "an answer of Enable Banking's cannot be read", slog.String("path", r.Path),
			slog.String("error", rest.Text(err.Error(), 200)))
		return words{}, unread
	}
	return words{}, nil
}

// present are the headers that tell the bank of the user who waits: all that the
// bank requires, or none.
func (s *session) present() http.Header {
	if !s.call.UserPresent || s.call.UserIP == "" {
		return nil
	}
	h := http.Header{}
	h.Set("Psu-Ip-Address", s.call.UserIP)
	if language := languageOf(s.call.Language); language != "" {
		h.Set("Psu-Accept-Language", language)
	}
	for _, required := range s.secret.Headers {
		known := false
		for name := range h {
			known = known || plainName(name) == plainName(required)
		}
		if !known {
			return nil
		}
	}
	return h
}

// plainName is a header's in any spelling: Psu-Ip-Address and psuIpAddress are the same.
func plainName(header string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(header))
}

// account is one account, as a session tells it.
type account struct {
	ID struct {
		IBAN  string         `json:"iban"`
		Other identification `json:"other"`
	} `json:"account_id"`
	All      []identification `json:"all_account_ids"`
	Owner    string           `json:"name"`
	Details  string           `json:"details"`
	Product  string           `json:"product"`
	Type     string           `json:"cash_account_type"`
	Currency string           `json:"currency"`
	UID      string           `json:"uid"`
	Hash     string           `json:"identification_hash"`
	Limit    json.RawMessage  `json:"credit_limit"`
}

// identification is an account's number in some scheme.
type identification struct {
	Text   string `json:"identification"`
	Scheme string `json:"scheme_name"`
}

// money is an amount.
type money struct {
	Currency string      `json:"currency"`
	Amount   rest.Number `json:"amount"`
}

// party is who pays, or is paid.
type party struct {
	Name string `json:"name"`
}

// transaction is one movement. A field that the bank does not tell is empty.
type transaction struct {
	Reference       string         `json:"entry_reference"`
	Amount          money          `json:"transaction_amount"`
	Indicator       string         `json:"credit_debit_indicator"`
	Status          string         `json:"status"`
	Booked          string         `json:"booking_date"`
	Value           string         `json:"value_date"`
	Made            string         `json:"transaction_date"`
	Creditor        party          `json:"creditor"`
	CreditorAccount accountOfOther `json:"creditor_account"`
	Debtor          party          `json:"debtor"`
	DebtorAccount   accountOfOther `json:"debtor_account"`
	Code            struct {
		Description string `json:"description"`
		Code        string `json:"code"`
		SubCode     string `json:"sub_code"`
	} `json:"bank_transaction_code"`
	Number     string   `json:"reference_number"`
	Remittance []string `json:"remittance_information"`
	Exchange   struct {
		Rate   rest.Number `json:"exchange_rate"`
		Amount money       `json:"instructed_amount"`
	} `json:"exchange_rate"`
	Note string `json:"note"`
	MCC  string `json:"merchant_category_code"`
}

// accountOfOther is the other party's account.
type accountOfOther struct {
	IBAN  string         `json:"iban"`
	Other identification `json:"other"`
}

// page is a part of an account's transactions.
type page struct {
	Transactions []json.RawMessage `json:"transactions"`
	Key          string            `json:"continuation_key"`
}

// balance is an account's.
type balance struct {
	Amount    money  `json:"balance_amount"`
	Type      string `json:"balance_type"`
	Changed   string `json:"last_change_date_time"`
	Reference string `json:"reference_date"`
}
