package plaid

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// stage is what a flow waits for.
type stage string

const (
	atReturn   stage = "return"   // the user, back from Plaid's page
	atAccounts stage = "accounts" // which accounts
)

// flow is a connection in the making: the flow state, as JSON.
type flow struct {
	Stage stage  `json:"stage"`
	State string `json:"state"` // the host's, which the redirect brings back
	Bank  string `json:"bank"`  // its name
	ID    string `json:"institution"`
	Link  string `json:"link_token"`
	Renew bool   `json:"renew,omitempty"` // the item stays: nothing is exchanged
	// Secret is what the connection remembers, once there is an item.
	Secret   secret        `json:"secret,omitzero"`
	Accounts []sdk.Account `json:"accounts,omitempty"`
	Until    time.Time     `json:"until,omitzero"`
}

// StartConnect implements sdk.Provider. A renewal leads through Plaid's update
// mode, in which the item and its token stay what they are; an item that is no more
// is replaced by a new one.
func (p *Provider) StartConnect(ctx context.Context, req sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
	s, err := p.begin(req.Call)
	if err != nil {
		return sdk.ConnectAnswer{}, err
	}
	f := flow{Stage: atReturn, State: req.State, ID: req.InstitutionID}
	if len(req.Secret) > 0 && req.Kind != sdk.FlowConnect {
		if old, err := secretFrom(req.Call); err == nil { // an unreadable one is replaced
			s.secret = old
			answer, gone, err := f.update(ctx, s, req)
			if !gone {
				return answer, err
			}
			f.ID, s.secret = or(f.ID, old.Institution), secret{}
		}
	}
	bank, err := s.institution(ctx, f.ID)
	if err != nil {
		return sdk.ConnectAnswer{}, err
	}
	f.Bank = bank.Name
	asked := s.visit(req)
	asked.Countries = bank.in(s.config.countries)
	asked.Products = []string{transactions}
	asked.Transactions = &history{s.config.days}
	asked.Webhook = req.WebhookURL
	if len(bank.Routing) > 0 {
		asked.Institution = &highlighted{bank.Routing[0]}
	}
	return f.redirect(ctx, s, asked, textRedirect)
}

// update leads to the page on which an item is renewed. gone says that Plaid does
// not know the item any more.
func (f flow) update(ctx context.Context, s *session, req sdk.StartConnectRequest) (answer sdk.ConnectAnswer, gone bool, err error) {
	told, code, err := s.state(ctx)
	if removed(code) {
		return sdk.ConnectAnswer{}, true, nil
	}
	if err != nil {
		return sdk.ConnectAnswer{}, false, err
	}
	f.Renew, f.Secret, f.Bank, f.ID = true, s.secret, told.Item.Name, or(told.Item.Institution, f.ID)
	if err := s.notify(ctx, told.Item, req.WebhookURL); err != nil {
		return sdk.ConnectAnswer{}, false, err
	}
	asked := s.visit(req)
	asked.Access = s.secret.Access
	america := slices.Contains(s.config.countries, "US") || slices.Contains(s.config.countries, "CA")
	if req.Kind == sdk.FlowUpdate && america { // the user may choose other accounts, too
		asked.Update = &update{true}
	}
	answer, err = f.redirect(ctx, s, asked, textRenew)
	return answer, false, err
}

// removed reports whether a code says that there is no such item any more.
func removed(code string) bool {
	return slices.Contains([]string{codeNotFound, codeAccessToken, codeDeleted}, code)
}

// notify tells Plaid where this item's news are to go, when that has changed: a
// visit in update mode does not.
func (s *session) notify(ctx context.Context, i item, address string) error {
	if address == "" || i.Webhook == address {
		return nil
	}
	_, err := s.read(ctx, "item/webhook/update", map[string]string{"access_token": s.secret.Access, "webhook": address}, &nothing{})
	return err
}

// visit is a user's visit to Plaid's page, as it is asked for.
type visit struct {
	Name         string       `json:"client_name"`
	Language     string       `json:"language"`
	Countries    []string     `json:"country_codes"`
	User         visitor      `json:"user"`
	Products     []string     `json:"products,omitempty"`
	Transactions *history     `json:"transactions,omitempty"`
	Webhook      string       `json:"webhook,omitempty"`
	Access       string       `json:"access_token,omitempty"`
	Update       *update      `json:"update,omitempty"`
	Institution  *highlighted `json:"institution_data,omitempty"`
	Hosted       hosted       `json:"hosted_link"`
}

type (
	visitor struct {
		ID string `json:"client_user_id"`
	}
	history struct {
		Days int `json:"days_requested"`
	}
	update struct {
		Accounts bool `json:"account_selection_enabled"`
	}
	highlighted struct {
		Routing string `json:"routing_number"`
	}
	hosted struct {
		Back string `json:"completion_redirect_uri"`
	}
)

// visit is what all visits have.
func (s *session) visit(req sdk.StartConnectRequest) visit {
	v := visit{Name: s.config.name, Language: s.config.language, Countries: s.config.countries,
		User: visitor{"flow-" + fingerprint(req.State)}}
	if first, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(req.Language, "-", "_")), "_"); slices.Contains(languages(), first) {
		v.Language = first
	}
	v.Hosted.Back = back(req.RedirectURL, req.State)
	return v
}

// back is where Plaid sends the user when the visit is over.
func back(address, state string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address // the service says what is wrong with it
	}
	query := u.Query()
	query.Set("state", state)
	u.RawQuery = query.Encode()
	return u.String()
}

// redirect asks for a visit, and sends the user there.
func (f flow) redirect(ctx context.Context, s *session, asked visit, words text) (sdk.ConnectAnswer, error) {
	var made struct {
		Token   string `json:"link_token"`
		URL     string `json:"hosted_link_url"`
		Expires string `json:"expiration"`
	}
	if _, err := s.read(ctx, "link/token/create", asked, &made); err != nil {
		return sdk.ConnectAnswer{}, err
	}
	if made.Token == "" || made.URL == "" {
		return sdk.ConnectAnswer{}, sdk.Errorf(sdk.Internal, "%s", say(s.call.Language, textNoAnswer))
	}
	f.Link = made.Token
	ends := instant(made.Expires)
	if !ends.After(s.call.Now) {
		ends = time.Time{} // Plaid's clock is another
	}
	bank := or(tidy(f.Bank), "Plaid")
	return f.ask(sdk.Step{Kind: sdk.StepRedirect, Title: bank, Text: sayf(s.call.Language, words, bank), URL: made.URL, ExpiresAt: ends})
}

// ContinueConnect implements sdk.Provider.
func (p *Provider) ContinueConnect(ctx context.Context, req sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
	s, err := p.begin(req.Call)
	if err != nil {
		return sdk.ConnectAnswer{}, err
	}
	var f flow
	if err := json.Unmarshal(req.FlowState, &f); err != nil {
		return sdk.ConnectAnswer{}, sdk.FieldErrorf("flow_state", "%s", say(req.Language, textBadFlow))
	}
	switch f.Stage {
	case atReturn:
		// Who continues by hand brings no state: the host knows whose flow it is.
		if state, told := req.Values["state"]; told && state != f.State {
			return sdk.ConnectAnswer{}, sdk.FieldErrorf("state", "%s", say(req.Language, textBadFlow))
		}
		if f.Renew {
			return f.renewed(ctx, s)
		}
		return f.returned(ctx, s)
	case atAccounts:
		return f.chosen(req.Language, req.Values["accounts"])
	}
	return sdk.ConnectAnswer{}, sdk.FieldErrorf("flow_state", "%s", say(req.Language, textBadFlow))
}

// chosen takes the user's choice, which may be none.
func (f flow) chosen(language, answer string) (sdk.ConnectAnswer, error) {
	chosen := []string{}
	for id := range strings.SplitSeq(answer, ",") {
		if id = strings.TrimSpace(id); id == "" {
			continue
		}
		if !slices.ContainsFunc(f.Accounts, func(a sdk.Account) bool { return a.ID == id }) {
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
	return sdk.ConnectAnswer{Done: &sdk.Connection{Secret: sealed, ExternalID: f.Secret.Item, Accounts: f.Accounts, Chosen: chosen,
		ConsentUntil: f.Until, HistoryFrom: f.Secret.history()}}, nil
}

func (f flow) ask(step sdk.Step) (sdk.ConnectAnswer, error) {
	state, err := json.Marshal(f)
	if err != nil {
		return sdk.ConnectAnswer{}, sdk.Errorf(sdk.Internal, "writing the flow's state: %w", err)
	}
	return sdk.ConnectAnswer{Step: &step, FlowState: state}, nil
}

// leave is the answer to a user who left Plaid's page without what was to come of it:
// the step stays, so that the page can be opened again.
func leave(language string, t text, said words) error {
	e := sdk.Errorf(sdk.BadRequest, "%s", withWords(language, t, tidy(said.Display)))
	e.Reference = said.RequestID
	return e
}
