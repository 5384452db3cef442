package demo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

const (
	businessHolder = "business"
	wrongPassword  = "wrong"
	oneTimeCode    = "123456"
	sessionLasts   = 15 * time.Minute
	redirectUser   = "redirect"
)

// stage is what a flow waits for. A host takes longer words of a flow's state for
// secrets, and would blot them out of what the user reads.
type stage string

const (
	atForm     stage = "form"
	atCode     stage = "code"
	atChannel  stage = "channel"
	atContract stage = "deal"
	atRedirect stage = "bank"
	atWait     stage = "wait"
	atAccounts stage = "pick"
)

// flow is a connection in the making: the flow state, as JSON. No password is in it.
type flow struct {
	Stage  stage  `json:"stage"`
	MFA    bool   `json:"mfa,omitempty"`   // a code alone is asked
	State  string `json:"state,omitempty"` // of the redirect
	Polls  int    `json:"polls,omitempty"`
	Secret secret `json:"secret"` // as it will be
}

// StartConnect implements sdk.Provider.
func (p *Provider) StartConnect(_ context.Context, req sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
	if len(req.Secret) > 0 {
		return renew(req)
	}
	cfg, err := configFrom(req.Config)
	if err != nil {
		return sdk.ConnectAnswer{}, err
	}
	if req.Kind != sdk.FlowConnect && req.Kind != "" {
		return sdk.ConnectAnswer{}, sdk.FieldErrorf("kind", "a flow of kind %q needs a connection", req.Kind)
	}
	b, err := findBank(req.InstitutionID, cfg.misbehave)
	if err != nil {
		return sdk.ConnectAnswer{}, err
	}
	if b.Status == sdk.Disabled {
		return sdk.ConnectAnswer{}, sdk.Errorf(sdk.NotSupported, "%s", say(req.Language, textDisabled))
	}
	f := flow{State: req.State, Secret: secret{
		Seed: cfg.seed, Institution: b.ID, Holder: req.AccountKind,
	}}
	return f.begin(req.Call, b, req.RedirectURL)
}

// renew begins a flow for a connection that exists. A reconnection is done at once
// while more than half of the consent's time is left; a code alone opens a new session.
func renew(req sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
	s, err := identify(req.Call)
	if err != nil {
		return sdk.ConnectAnswer{}, err
	}
	if req.InstitutionID != "" && req.InstitutionID != s.bank.ID {
		return sdk.ConnectAnswer{}, sdk.FieldErrorf("institution", "this connection is with %q", s.bank.ID)
	}
	f := flow{MFA: req.Kind == sdk.FlowMFA, State: req.State, Secret: s.secret}
	valid := !s.secret.Revoked && req.Now.Unix() < s.endsAt()
	switch {
	case req.Kind == sdk.FlowReconnect && valid && s.freshConsent() && s.bank.trait != codeEachTime:
		return f.done(req.Call, s.bank)
	case req.Kind == sdk.FlowMFA && valid:
		return f.ask(atCode, codeStep(req.Language, textCode))
	}
	return f.begin(req.Call, s.bank, req.RedirectURL)
}

// freshConsent reports whether more than half of the consent's time is left.
func (s session) freshConsent() bool {
	left := time.Duration(s.secret.Until-s.call.Now.Unix()) * time.Second
	return left > time.Duration(s.bank.consentDays)*12*time.Hour
}

// begin asks for what the bank asks first.
func (f flow) begin(call sdk.Call, b bank, redirectURL string) (sdk.ConnectAnswer, error) {
	if b.way != byRedirect {
		return f.ask(atForm, formStep(call.Language, b, f.Secret.User))
	}
	back, err := url.Parse(redirectURL)
	if err != nil || back.Host == "" {
		return sdk.ConnectAnswer{}, sdk.FieldErrorf("redirect_url", "%q is no address to come back to", redirectURL)
	}
	if b.trait == lost {
		back, _ = url.Parse(b.Website + "/consent") // which always is a URL
	}
	// The demo bank's page is so fast that it sends its visitor straight back.
	query := back.Query()
	query.Set("state", f.State)
	query.Set("code", f.redirectCode())
	back.RawQuery = query.Encode()
	return f.ask(atRedirect, sdk.Step{
		Kind:  sdk.StepRedirect,
		Title: say(call.Language, textRedirectTitle),
		Text:  say(call.Language, textRedirect),
		URL:   back.String(),
	})
}

func (f flow) redirectCode() string {
	return name("code-", hash(hash(0, f.Secret.Seed), f.Secret.Institution+"/"+f.State))
}

func (f flow) ask(at stage, step sdk.Step) (sdk.ConnectAnswer, error) {
	f.Stage = at
	state, err := json.Marshal(f)
	if err != nil {
		return sdk.ConnectAnswer{}, sdk.Errorf(sdk.Internal, "writing the flow's state: %w", err)
	}
	return sdk.ConnectAnswer{Step: &step, FlowState: state}, nil
}

// ContinueConnect implements sdk.Provider.
func (p *Provider) ContinueConnect(_ context.Context, req sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
	cfg, err := configFrom(req.Config)
	if err != nil {
		return sdk.ConnectAnswer{}, err
	}
	var f flow
	if err := json.Unmarshal(req.FlowState, &f); err != nil {
		return sdk.ConnectAnswer{}, sdk.FieldErrorf("flow_state", "the state of this flow cannot be read; begin again")
	}
	b, err := findBank(f.Secret.Institution, cfg.misbehave)
	if err != nil {
		return sdk.ConnectAnswer{}, err
	}
	switch f.Stage {
	case atForm:
		return f.loggedIn(req, b)
	case atCode:
		return f.codeGiven(req, b)
	case atChannel:
		return f.channelChosen(req)
	case atContract:
		return f.contractChosen(req, b)
	case atRedirect:
		return f.cameBack(req, b)
	case atWait:
		return f.polled(req, b)
	case atAccounts:
		return f.accountsChosen(req, b)
	default:
		return sdk.ConnectAnswer{}, sdk.FieldErrorf("flow_state", "this flow has no stage %q", f.Stage)
	}
}

func (f flow) loggedIn(req sdk.ContinueConnectRequest, b bank) (sdk.ConnectAnswer, error) {
	user := strings.TrimSpace(req.Values["user"])
	switch {
	case user == "":
		return sdk.ConnectAnswer{}, sdk.FieldErrorf("user", "%s", say(req.Language, textNoUser))
	case len(user) > 200:
		return sdk.ConnectAnswer{}, sdk.FieldErrorf("user", "%s", say(req.Language, textLongUser))
	case f.Secret.User != "" && !strings.EqualFold(user, f.Secret.User):
		return sdk.ConnectAnswer{}, sdk.FieldErrorf("user", say(req.Language, textOtherUser), f.Secret.User)
	case req.Values["password"] == "":
		return sdk.ConnectAnswer{}, sdk.FieldErrorf("password", "%s", say(req.Language, textNoPassword))
	case req.Values["password"] == wrongPassword:
		err := sdk.Errorf(sdk.BadCredentials, "%s", say(req.Language, textWrongPassword))
		err.Field = "password"
		return sdk.ConnectAnswer{}, err
	}
	f.Secret.User = user
	if v := req.Values["delay_ms"]; b.trait == slow {
		delay, err := strconv.ParseInt(v, 10, 64)
		if err != nil || delay < 0 || delay > 600_000 {
			return sdk.ConnectAnswer{}, sdk.FieldErrorf("delay_ms", "%q is not a number of milliseconds up to 600000", v)
		}
		f.Secret.DelayMillis = delay
	}
	return f.goOn(req, b)
}

// goOn is what a bank wants of a customer who has logged in.
func (f flow) goOn(req sdk.ContinueConnectRequest, b bank) (sdk.ConnectAnswer, error) {
	switch b.way {
	case byCode:
		return f.ask(atCode, codeStep(req.Language, textCode))
	case byWaiting:
		return f.ask(atWait, waitStep(req.Language))
	case byChannel:
		return f.ask(atChannel, channelStep(req.Language))
	case byContract:
		if f.Secret.Contract != "" { // a renewal
			return f.admit(req.Call, b)
		}
		return f.ask(atContract, contractStep(req.Language))
	case byPicture:
		return f.ask(atWait, pictureStep(req.Language, b))
	case byQuestions:
		if err := answered(req); err != nil {
			return sdk.ConnectAnswer{}, err
		}
	}
	return f.admit(req.Call, b)
}

func (f flow) codeGiven(req sdk.ContinueConnectRequest, b bank) (sdk.ConnectAnswer, error) {
	if strings.TrimSpace(req.Values["code"]) != oneTimeCode {
		return sdk.ConnectAnswer{}, sdk.FieldErrorf("code", "%s", say(req.Language, textWrongCode))
	}
	if f.MFA && f.Secret.Consent != "" {
		return f.done(req.Call, b) // the same consent, a new session
	}
	return f.admit(req.Call, b)
}

func (f flow) cameBack(req sdk.ContinueConnectRequest, b bank) (sdk.ConnectAnswer, error) {
	if req.Values["error"] != "" {
		return sdk.ConnectAnswer{}, sdk.Errorf(sdk.BadCredentials, "%s", say(req.Language, textRefusedAtBank))
	}
	if state := req.Values["state"]; state != "" && state != f.State {
		return sdk.ConnectAnswer{}, sdk.FieldErrorf("state", "the bank's answer belongs to another flow")
	}
	if req.Values["code"] != f.redirectCode() {
		return sdk.ConnectAnswer{}, sdk.FieldErrorf("code", "the bank does not know this code")
	}
	if f.Secret.User == "" {
		f.Secret.User = redirectUser
	}
	return f.admit(req.Call, b)
}

// polled is done at the second question; the customer is not quicker.
func (f flow) polled(req sdk.ContinueConnectRequest, b bank) (sdk.ConnectAnswer, error) {
	f.Polls++
	if f.Polls < 2 {
		return f.goOn(req, b)
	}
	return f.admit(req.Call, b)
}

// admit gives a new consent, with new account ids, and asks which accounts.
func (f flow) admit(call sdk.Call, b bank) (sdk.ConnectAnswer, error) {
	if b.trait == shareless {
		return sdk.ConnectAnswer{}, sdk.Errorf(sdk.NeedsUser, "%s", say(call.Language, textSharesNone))
	}
	now := call.Now.UTC()
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%s/%s/%s/%d", f.Secret.Seed, b.ID, f.Secret.User, f.Secret.Consent, now.UnixNano()))
	f.Secret.Consent = hex.EncodeToString(sum[:8])
	if f.Secret.External == "" {
		f.Secret.External = "demo-" + hex.EncodeToString(sum[8:16])
	}
	if f.Secret.FirstAt == 0 {
		f.Secret.FirstAt = now.Unix()
	}
	f.Secret.ConnectedAt = now.Unix()
	f.Secret.Until = now.AddDate(0, 0, b.consentDays).Unix()
	f.Secret.Revoked = false
	return f.ask(atAccounts, sdk.Step{
		Kind:     sdk.StepAccounts,
		Title:    say(call.Language, textAccountsTitle),
		Text:     say(call.Language, textAccounts),
		Accounts: f.session(call, b).holder().list(now.Unix()),
		Empty:    f.session(call, b).empty(),
	})
}

// session is the connection as it will be.
func (f flow) session(call sdk.Call, b bank) session {
	return session{call: call, bank: b, secret: f.Secret}
}

// accountsChosen accepts any selection, none too (S61, S62).
func (f flow) accountsChosen(req sdk.ContinueConnectRequest, b bank) (sdk.ConnectAnswer, error) {
	answer, given := req.Values["accounts"]
	if !given {
		return sdk.ConnectAnswer{}, sdk.FieldErrorf("accounts", "%s", say(req.Language, textAccounts))
	}
	h := f.session(req.Call, b).holder()
	f.Secret.Chosen = []string{}
	for id := range strings.SplitSeq(answer, ",") {
		id = strings.TrimSpace(id)
		if id == "" {
			continue
		}
		a := h.find(id)
		if a == nil {
			return sdk.ConnectAnswer{}, sdk.FieldErrorf("accounts", say(req.Language, textNoAccount), id)
		}
		if !slices.Contains(f.Secret.Chosen, a.stableID) {
			f.Secret.Chosen = append(f.Secret.Chosen, a.stableID)
		}
	}
	return f.done(req.Call, b)
}

// done finishes the flow with the consent that the secret holds.
func (f flow) done(call sdk.Call, b bank) (sdk.ConnectAnswer, error) {
	now := call.Now.Unix()
	if b.trait == codeEachTime {
		f.Secret.Session = now + int64(sessionLasts/time.Second)
	}
	sealed, err := f.Secret.seal()
	if err != nil {
		return sdk.ConnectAnswer{}, sdk.Errorf(sdk.Internal, "writing the connection's secret: %w", err)
	}
	s := f.session(call, b)
	h := s.holder()
	chosen := []string{}
	for i := range h.accounts {
		a := &h.accounts[i]
		if slices.Contains(f.Secret.Chosen, a.stableID) && !a.closed(s.seenAt()) {
			chosen = append(chosen, a.id)
		}
	}
	return sdk.ConnectAnswer{Done: &sdk.Connection{
		Secret:       sealed,
		ExternalID:   f.Secret.External,
		Accounts:     h.list(s.seenAt()),
		Chosen:       chosen,
		ConsentUntil: time.Unix(f.Secret.Until, 0).UTC(),
		HistoryFrom:  (dayAt(s.seenAt()) - s.bank.history()).date(),
		NextRefresh:  s.nextRefresh(),
		Empty:        s.empty(),
		Holder:       sdk.Holder(f.Secret.Holder),
	}}, nil
}
