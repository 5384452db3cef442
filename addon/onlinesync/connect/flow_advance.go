package connect

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/step"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/plugins/sdk"
)

// advance asks the next step: the host's own first, then the provider's. texts
// are the answers to the provider's last step; nil to start it.
func (c *Connections) advance(env *orm.Env, key flowKey, f *liveFlow, texts map[string]string) (any, error) {
	if !f.started {
		if own := f.hostStep(env.Context().Lang()); own != nil {
			return c.ask(env, key, f, own)
		}
	}
	answer, err := c.askProvider(env, f, texts)
	if err != nil {
		return c.flowFailed(env, key, f, err)
	}
	f.state = answer.FlowState
	if answer.Step != nil {
		return c.ask(env, key, f, f.shown(answer.Step, env.Context().Lang()))
	}
	if answer.Done == nil {
		return c.flowFailed(env, key, f, sdk.Errorf(sdk.Internal, "neither a step nor a connection"))
	}
	f.done = answer.Done
	if err := c.hold(env, f); err != nil {
		return nil, err
	}
	c.Points.Hit("flow.authorised")
	return c.settleOrAsk(env, key, f)
}

// shown is a provider's step as it may be shown, without what was typed before. That
// there is no account to choose is explained (D10).
func (f *liveFlow) shown(asked *sdk.Step, lang string) *sdk.Step {
	asked.Title, asked.Text = f.typed.Cut(asked.Title), f.typed.Cut(asked.Text)
	if asked.Kind == sdk.StepAccounts && len(asked.Accounts) == 0 {
		asked.Text = strings.TrimSpace(asked.Text + "\n" + f.whyNone(asked.Empty, lang))
	}
	for i := range asked.Fields {
		field := &asked.Fields[i]
		field.Label, field.Help = f.typed.Cut(field.Label), f.typed.Cut(field.Help)
		for j := range field.Choices {
			field.Choices[j].Label = f.typed.Cut(field.Choices[j].Label)
		}
	}
	f.typed.Heard(asked)
	return asked
}

// askProvider asks for the next step. What cannot be shown to a user is the
// provider's mistake.
func (c *Connections) askProvider(env *orm.Env, f *liveFlow, texts map[string]string) (sdk.ConnectAnswer, error) {
	answer, err := c.askPlugin(env, f, texts)
	switch {
	case err != nil:
		return sdk.ConnectAnswer{}, err
	case len(answer.FlowState) > step.MostState:
		return sdk.ConnectAnswer{}, sdk.Errorf(sdk.Internal, "the state of its flow is too large")
	case answer.Step != nil:
		return answer, step.Clean(answer.Step)
	}
	return answer, nil
}

func (c *Connections) askPlugin(env *orm.Env, f *liveFlow, texts map[string]string) (sdk.ConnectAnswer, error) {
	p, _, err := c.Plugins.Open(env.Ctx(), f.provider)
	if err != nil {
		return sdk.ConnectAnswer{}, err
	}
	ctx, cancel := c.Plugins.Limit(env.Ctx())
	defer cancel()
	if !f.started {
		answer, err := p.StartConnect(ctx, sdk.StartConnectRequest{
			Call: c.flowCall(env, f), Kind: f.told(), InstitutionID: f.institution.identifier, AccountKind: f.accountKind,
			Phone: f.phone, RedirectURL: c.RedirectURL, State: f.token, WebhookURL: c.webhookURL(f.provider),
		})
		f.started = err == nil
		return answer, err
	}
	return p.ContinueConnect(ctx, sdk.ContinueConnectRequest{
		Call: c.flowCall(env, f), InstitutionID: f.institution.identifier, FlowState: f.state, Values: texts, RedirectURL: c.RedirectURL,
		WebhookURL: c.webhookURL(f.provider),
	})
}

// webhookURL is where a provider notifies this host; "" when it cannot.
func (c *Connections) webhookURL(provider string) string {
	if c.WebhookURL == "" {
		return ""
	}
	return c.WebhookURL + provider
}

// shortest is how long a user has at least to answer a step, whatever its provider's
// clock says.
const shortest = time.Minute

// ask shows a step.
func (c *Connections) ask(env *orm.Env, key flowKey, f *liveFlow, asked *sdk.Step) (any, error) {
	f.step = asked
	state := record.FlowAsking
	if asked.Kind == sdk.StepRedirect || asked.Kind == sdk.StepWait {
		state = record.FlowWaiting
	}
	now := env.Now()
	expires := now.Add(c.FlowLifetime)
	if ends := asked.ExpiresAt; !ends.IsZero() && ends.Before(expires) {
		expires = ends
		if least := now.Add(shortest); ends.Before(least) {
			expires = least
		}
	}
	c.flows.extend(f, expires)
	c.flows.arm(key, f)
	if err := c.holdUntil(env, f, expires); err != nil {
		return nil, err
	}
	reply, err := c.settle(env, key.id, orm.Values{"state": state, "step": step.JSON(asked, step.Wrong{}, false), "expires_at": expires,
		"error_message": nil, "error_reference": nil})
	return withStep(reply, step.JSON(asked, step.Wrong{}, true)), err
}

// withStep puts the step as only the asking user may see it into a reply.
func withStep(reply any, full json.RawMessage) any {
	if m, ok := reply.(map[string]any); ok && full != nil {
		m["step"] = full
	}
	return reply
}

// again shows the same step with what was wrong in the answer.
func (c *Connections) again(env *orm.Env, key flowKey, f *liveFlow, wrong step.Wrong) (any, error) {
	c.flows.arm(key, f)
	wrong.Message = f.typed.Cut(wrong.Message)
	var kept, full json.RawMessage
	if f.step != nil {
		kept, full = step.JSON(f.step, wrong, false), step.JSON(f.step, wrong, true)
	}
	reply, err := c.settle(env, key.id, orm.Values{"state": record.FlowAsking, "step": kept, "error_message": wrong.Message})
	return withStep(reply, full), err
}

// flowFailed lets the user correct what was typed, and ends the flow otherwise.
func (c *Connections) flowFailed(env *orm.Env, key flowKey, f *liveFlow, err error) (any, error) {
	lang := env.Context().Lang()
	var told *sdk.Error
	if errors.As(err, &told) && f.started && f.step != nil && (told.Kind == sdk.BadRequest || told.Kind == sdk.BadCredentials) {
		return c.again(env, key, f, step.Wrong{Field: told.Field, Message: record.Tidy(told.Message)})
	}
	safe := &sdk.Error{Kind: record.KindOf(err), Message: "", Cause: errors.New(f.typed.Cut(err.Error()))}
	if told != nil {
		safe.Message, safe.Until = f.typed.Cut(told.Message), told.Until
	}
	failed := record.Fail(c.Log, safe, "flow", key.id, "provider", f.provider)
	if f.institution.status == record.InBeta {
		failed.Beta = f.institution.name
	}
	defer c.flows.drop(key)
	if err := c.giveBack(env, f); err != nil {
		return nil, err
	}
	words := failed.Words(lang)
	if safe.Kind == sdk.NeedsUser && safe.Message != "" { // there is no connection to confirm
		words = record.Tidy(safe.Message)
	}
	return c.settle(env, key.id, orm.Values{"state": record.FlowFailed, "step": nil,
		"error_message": words, "error_reference": failed.Reference})
}
