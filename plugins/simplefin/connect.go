package simplefin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
)

// stage is what a flow waits for.
type stage string

const (
	atToken    stage = "token"    // the setup token
	atListing  stage = "listing"  // to go on, and ask for the accounts again
	atAccounts stage = "accounts" // which accounts
)

// flow is a connection in the making: the flow state, as JSON. Once a token is
// claimed, the access URL is here and nowhere else: no failure may lose it.
type flow struct {
	Stage  stage  `json:"stage"`
	Secret secret `json:"secret"`
	// Accounts are those to choose from: asking again would cost a request.
	Accounts []sdk.Account `json:"accounts,omitempty"`
}

// StartConnect implements sdk.Provider. A renewal first tries whether the access
// that is there still works: then no token is needed.
func (p *Provider) StartConnect(ctx context.Context, req sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
	cfg, err := configFrom(req.Config)
	if err != nil {
		return sdk.ConnectAnswer{}, err
	}
	if req.InstitutionID != bridgeID && (req.InstitutionID != "" || len(req.Secret) == 0) {
		return sdk.ConnectAnswer{}, sdk.FieldErrorf("institution", "there is no institution %q", req.InstitutionID)
	}
	if len(req.Secret) == 0 {
		return askToken(req.Call, cfg)
	}
	kept, err := secretFrom(req.Call)
	if err != nil || req.Now.Before(kept.Quiet) { // a new token has requests of its own
		return askToken(req.Call, cfg)
	}
	s, err := p.session(req.Call, cfg, kept)
	if err != nil {
		return sdk.ConnectAnswer{}, err
	}
	list, err := s.list(ctx)
	switch {
	case sdk.KindOf(err) == sdk.ConsentExpired:
		return askToken(req.Call, cfg)
	case err != nil:
		return sdk.ConnectAnswer{}, err
	case req.Kind == sdk.FlowUpdate:
		return s.choose(list)
	}
	return done(s.secret, list.accounts, nil)
}

// ContinueConnect implements sdk.Provider.
func (p *Provider) ContinueConnect(ctx context.Context, req sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
	cfg, err := configFrom(req.Config)
	if err != nil {
		return sdk.ConnectAnswer{}, err
	}
	var f flow
	if err := json.Unmarshal(req.FlowState, &f); err != nil {
		return sdk.ConnectAnswer{}, sdk.FieldErrorf("flow_state", "%s", say(req.Language, textBadFlow))
	}
	switch f.Stage {
	case atToken:
		u, err := claimURL(req.Values[fieldToken], cfg, req.Language)
		if err != nil {
			return sdk.ConnectAnswer{}, err
		}
		if f.Secret, err = p.claim(ctx, req.Call, cfg, u); err != nil {
			return sdk.ConnectAnswer{}, err
		}
	case atAccounts:
		return f.chosen(req.Language, req.Values["accounts"])
	case atListing:
	default:
		return sdk.ConnectAnswer{}, sdk.FieldErrorf("flow_state", "%s", say(req.Language, textBadFlow))
	}
	call := req.Call
	call.Secret = nil // a warning belongs to the connection in the making
	s, err := p.session(call, cfg, f.Secret)
	if err != nil {
		return sdk.ConnectAnswer{}, err
	}
	list, err := s.list(ctx)
	if err != nil {
		return s.later(err)
	}
	return s.choose(list)
}

// askToken asks for the setup token.
func askToken(call sdk.Call, cfg config) (sdk.ConnectAnswer, error) {
	return ask(flow{Stage: atToken}, sdk.Step{
		Kind: sdk.StepForm, Title: say(call.Language, textTokenTitle),
		Text:   fmt.Sprintf(say(call.Language, textToken), cfg.bridge.String()+"/create"),
		Fields: []sdk.Field{{Name: fieldToken, Label: say(call.Language, textTokenLabel), Kind: sdk.SecretField, Required: true}},
	})
}

// later keeps what was claimed when the accounts could not be listed: the user
// may go on with it. What no trying again can heal ends the flow.
func (s *session) later(err error) (sdk.ConnectAnswer, error) {
	var told *sdk.Error
	if !errors.As(err, &told) || told.Kind == sdk.ConsentExpired {
		return sdk.ConnectAnswer{}, err
	}
	return ask(flow{Stage: atListing, Secret: s.secret}, sdk.Step{
		Kind: sdk.StepMessage, Title: say(s.call.Language, textLaterTitle),
		Text: fmt.Sprintf(say(s.call.Language, textLater), told.Message),
	})
}

// choose asks which accounts to synchronise, and tells what there is to say.
func (s *session) choose(list listing) (sdk.ConnectAnswer, error) {
	language := s.call.Language
	texts := []string{say(language, textAccounts)}
	if len(list.leftOut) > 0 {
		texts = append(texts, fmt.Sprintf(say(language, textLeftOut), strings.Join(list.leftOut, ", ")))
	}
	for _, p := range list.told {
		texts = append(texts, fmt.Sprintf(say(language, textServerSays), p.text))
	}
	if len(list.accounts) == 0 {
		texts[0] = say(language, textNoAccounts)
		return ask(flow{Stage: atListing, Secret: s.secret}, sdk.Step{Kind: sdk.StepMessage, Title: say(language, textAccountsTitle),
			Text: strings.Join(texts, "\n")})
	}
	return ask(flow{Stage: atAccounts, Secret: s.secret, Accounts: list.accounts}, sdk.Step{
		Kind: sdk.StepAccounts, Title: say(language, textAccountsTitle), Text: strings.Join(texts, "\n"), Accounts: list.accounts,
	})
}

// chosen takes the user's choice, which may be none.
func (f flow) chosen(language, answer string) (sdk.ConnectAnswer, error) {
	chosen := []string{}
	for id := range strings.SplitSeq(answer, ",") {
		if id = strings.TrimSpace(id); id == "" {
			continue
		}
		if !slices.ContainsFunc(f.Accounts, func(a sdk.Account) bool { return a.ID == id }) {
			return sdk.ConnectAnswer{}, sdk.FieldErrorf("accounts", say(language, textNotAccount), id)
		}
		chosen = append(chosen, id)
	}
	return done(f.Secret, f.Accounts, chosen)
}

// done finishes a flow. SimpleFIN has no end of a consent, and no limit of history
// that it tells.
func done(its secret, accounts []sdk.Account, chosen []string) (sdk.ConnectAnswer, error) {
	sealed, err := its.seal()
	if err != nil {
		return sdk.ConnectAnswer{}, err
	}
	return sdk.ConnectAnswer{Done: &sdk.Connection{Secret: sealed, Accounts: accounts, Chosen: chosen}}, nil
}

func ask(f flow, step sdk.Step) (sdk.ConnectAnswer, error) {
	state, err := json.Marshal(f)
	if err != nil {
		return sdk.ConnectAnswer{}, sdk.Errorf(sdk.Internal, "writing the flow's state: %w", err)
	}
	return sdk.ConnectAnswer{Step: &step, FlowState: state}, nil
}
