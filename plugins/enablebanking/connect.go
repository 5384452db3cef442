package enablebanking

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

// stage is what a flow waits for.
type stage string

const (
	atType        stage = "type"        // personal or business
	atMethod      stage = "method"      // how to authorise
	atCredentials stage = "credentials" // what the method wants beforehand
	atReturn      stage = "return"      // the user, back from the bank
	atAccounts    stage = "accounts"    // which accounts
)

// flow is a connection in the making: the flow state, as JSON.
type flow struct {
	Stage   stage    `json:"stage"`
	State   string   `json:"state"` // the host's, which the redirect brings back
	Bank    aspsp    `json:"bank"`
	Type    string   `json:"type,omitempty"`
	Chosen  bool     `json:"chosen,omitempty"` // Method was settled, if only to none
	Method  method   `json:"method,omitzero"`
	Old     secret   `json:"old,omitzero"`       // of the connection that is renewed
	Secret  secret   `json:"secret,omitzero"`    // once there is a session
	LeftOut []string `json:"left_out,omitempty"` // accounts whose currency is none
}

// StartConnect implements sdk.Provider. A renewal goes to the same bank in the
// same way, and leaves the old session as it is.
func (p *Provider) StartConnect(ctx context.Context, req sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
	s, err := p.application(req.Call)
	if err != nil {
		return sdk.ConnectAnswer{}, err
	}
	f := flow{State: req.State, Type: typeOf(req.AccountKind)}
	id := req.InstitutionID
	if len(req.Secret) > 0 {
		if old, err := secretFrom(req.Call); err == nil { // an unreadable one is replaced
			f.Old, f.Type, id = old, old.PSUType, or(id, old.Bank.id())
		}
	}
	if req.Kind == sdk.FlowUpdate && f.Old.Session != "" {
		s.secret = f.Old
		accounts, err := s.list(ctx)
		if err != nil {
			return sdk.ConnectAnswer{}, err
		}
		f.Secret = f.Old
		return f.choose(req.Language, accounts)
	}
	if f.Bank, err = s.bank(ctx, id); err != nil {
		return sdk.ConnectAnswer{}, err
	}
	return f.next(ctx, s, req.RedirectURL)
}

// ContinueConnect implements sdk.Provider.
func (p *Provider) ContinueConnect(ctx context.Context, req sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
	s, err := p.application(req.Call)
	if err != nil {
		return sdk.ConnectAnswer{}, err
	}
	var f flow
	if err := json.Unmarshal(req.FlowState, &f); err != nil {
		return sdk.ConnectAnswer{}, sdk.FieldErrorf("flow_state", "%s", say(req.Language, textBadFlow))
	}
	switch f.Stage {
	case atType:
		if f.Type = req.Values[fieldType]; !slices.Contains(f.Bank.PSUTypes, f.Type) {
			return sdk.ConnectAnswer{}, sdk.FieldErrorf(fieldType, "%s", say(req.Language, textChoose))
		}
		return f.next(ctx, s, req.RedirectURL)
	case atMethod:
		methods := f.methods()
		i := slices.IndexFunc(methods, func(m method) bool { return m.Name == req.Values[fieldMethod] })
		if i < 0 {
			return sdk.ConnectAnswer{}, sdk.FieldErrorf(fieldMethod, "%s", say(req.Language, textChoose))
		}
		f.Method, f.Chosen = methods[i], true
		return f.next(ctx, s, req.RedirectURL)
	case atCredentials:
		credentials, err := f.Method.filledIn(req.Language, req.Values)
		if err != nil {
			return sdk.ConnectAnswer{}, err
		}
		return f.redirect(ctx, s, req.RedirectURL, credentials)
	case atReturn:
		return f.returned(ctx, s, req.Values)
	case atAccounts:
		return f.chosen(req.Language, req.Values["accounts"])
	}
	return sdk.ConnectAnswer{}, sdk.FieldErrorf("flow_state", "%s", say(req.Language, textBadFlow))
}

// redirect asks the service where to send the user. Whatever the bank's approach,
// the service's page leads through it, and then back here.
func (f flow) redirect(ctx context.Context, s *session, back string, credentials map[string]string) (sdk.ConnectAnswer, error) {
	type access struct {
		Until        string `json:"valid_until"`
		Balances     bool   `json:"balances"`
		Transactions bool   `json:"transactions"`
	}
	request := struct {
		Access      access            `json:"access"`
		Bank        bankName          `json:"aspsp"`
		State       string            `json:"state"`
		Back        string            `json:"redirect_url"`
		Type        string            `json:"psu_type,omitempty"`
		Method      string            `json:"auth_method,omitempty"`
		Credentials map[string]string `json:"credentials,omitempty"`
		Language    string            `json:"language,omitempty"`
	}{access{f.until(s).Format(time.RFC3339), true, true}, f.Bank.bankName, f.State, back, f.Type, f.Method.Name, credentials,
		languageOf(s.call.Language)}
	var started struct {
		URL string `json:"url"`
	}
	told, err := s.get(ctx, rest.Request{Method: http.MethodPost, Path: "auth", JSON: request, Repeatable: true}, &started)
	if told.Error == codeBack {
		return sdk.ConnectAnswer{}, sdk.Errorf(sdk.Internal, "%s", sayf(s.call.Language, textBackNotAllowed, back))
	}
	if err != nil {
		return sdk.ConnectAnswer{}, err
	}
	words := textRedirect
	if f.Method.Approach == "DECOUPLED" {
		words = textDecoupled
	}
	f.Stage = atReturn
	return f.ask(sdk.Step{Kind: sdk.StepRedirect, Title: f.Bank.Name, Text: sayf(s.call.Language, words, f.Bank.Name), URL: started.URL})
}

// consentSlip is what is kept free of the longest consent: the service measures
// it by its own clock.
const consentSlip = 10 * time.Minute

// until is the end of the consent that is asked for.
func (f flow) until(s *session) time.Time {
	long := time.Duration(s.config.consentDays) * 24 * time.Hour
	if f.Bank.Validity > 0 && f.Bank.Validity < mostConsent*86_400 {
		bank := time.Duration(f.Bank.Validity) * time.Second
		long = min(long, max(bank-consentSlip, bank/2))
	}
	return s.call.Now.Add(long).UTC().Truncate(time.Second)
}

// returned takes what the bank sent the user back with.
func (f flow) returned(ctx context.Context, s *session, values map[string]string) (sdk.ConnectAnswer, error) {
	language := s.call.Language
	switch {
	case f.State != values["state"]:
		return sdk.ConnectAnswer{}, sdk.FieldErrorf("state", "%s", say(language, textBadFlow))
	case values["error"] != "":
		words := rest.Text(or(values["error_description"], values["error"]), 200)
		return sdk.ConnectAnswer{}, sdk.Errorf(sdk.NeedsUser, "%s", withWords(language, textNoConsent, words))
	case values["code"] == "":
		return sdk.ConnectAnswer{}, sdk.Errorf(sdk.NeedsUser, "%s", say(language, textNoConsent))
	}
	var made authorised
	request := rest.Request{Method: http.MethodPost, Path: "sessions", JSON: map[string]string{"code": values["code"]}}
	if _, err := s.get(ctx, request, &made); err != nil {
		return sdk.ConnectAnswer{}, err
	}
	f.Secret = secret{Session: made.Session, Until: made.until(), Bank: f.Bank.bankName, PSUType: or(made.PSUType, f.Type),
		Method: f.Method.Name, Headers: f.Bank.Headers}
	f.Secret.Accounts, f.LeftOut = keep(made.Accounts)
	f.Secret.replaces(f.Old, s.call.Now)
	if f.Old.Session != "" {
		return f.done(nil)
	}
	return f.choose(language, f.Secret.list(nil))
}

// authorised is what the service gives for a code.
type authorised struct {
	Session  string    `json:"session_id"`
	Accounts []account `json:"accounts"`
	PSUType  string    `json:"psu_type"`
	Access   struct {
		Until string `json:"valid_until"`
	} `json:"access"`
}

// until is the consent's end, zero when it cannot be read.
func (a authorised) until() time.Time {
	at, err := time.Parse(time.RFC3339, a.Access.Until)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

// choose asks which accounts to synchronise.
func (f flow) choose(language string, accounts []sdk.Account) (sdk.ConnectAnswer, error) {
	text := say(language, textAccounts)
	if len(accounts) == 0 {
		text = say(language, textNoAccounts)
	}
	if len(f.LeftOut) > 0 {
		text += "\n" + sayf(language, textLeftOut, strings.Join(f.LeftOut, ", "))
	}
	f.Stage = atAccounts
	return f.ask(sdk.Step{Kind: sdk.StepAccounts, Title: say(language, textAccountsTitle), Text: text, Accounts: accounts,
		Empty: f.empty()})
}

// empty is why a session has no accounts: the user allowed none at the bank, if none
// had to be left out.
func (f flow) empty() sdk.NoAccounts {
	if len(f.LeftOut) > 0 {
		return ""
	}
	return sdk.NotCovered
}

// chosen takes the user's choice, which may be none.
func (f flow) chosen(language, answer string) (sdk.ConnectAnswer, error) {
	chosen := []string{}
	for id := range strings.SplitSeq(answer, ",") {
		if id = strings.TrimSpace(id); id == "" {
			continue
		}
		if f.Secret.find(id) == nil {
			return sdk.ConnectAnswer{}, sdk.FieldErrorf("accounts", "%s", sayf(language, textNotAccount, id))
		}
		chosen = append(chosen, id)
	}
	return f.done(chosen)
}

// done finishes a flow.
func (f flow) done(chosen []string) (sdk.ConnectAnswer, error) {
	sealed, err := f.Secret.seal()
	if err != nil {
		return sdk.ConnectAnswer{}, err
	}
	return sdk.ConnectAnswer{Done: &sdk.Connection{Secret: sealed, ExternalID: f.Secret.Session, Accounts: f.Secret.list(nil),
		Chosen: chosen, ConsentUntil: f.Secret.Until, Empty: f.empty(), Holder: sdk.Holder(f.Secret.PSUType)}}, nil
}

func (f flow) ask(step sdk.Step) (sdk.ConnectAnswer, error) {
	state, err := json.Marshal(f)
	if err != nil {
		return sdk.ConnectAnswer{}, sdk.Errorf(sdk.Internal, "writing the flow's state: %w", err)
	}
	return sdk.ConnectAnswer{Step: &step, FlowState: state}, nil
}
