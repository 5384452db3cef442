package connect

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/plugins/sdk"
)

// advance asks the next step: the host's own first, then the provider's. texts
// are the answers to the provider's last step; nil to start it.
func (c *Connections) advance(env *orm.Env, key flowKey, f *liveFlow, texts map[string]string) (any, error) {
	if !f.started {
		if step := f.hostStep(env.Context().Lang()); step != nil {
			f.step = step
			return c.ask(env, key, f, step)
		}
	}
	answer, err := c.askProvider(env, f, texts)
	if err != nil {
		return c.flowFailed(env, key, f, err)
	}
	f.state = answer.FlowState
	if answer.Step != nil {
		f.step = f.shown(answer.Step)
		return c.ask(env, key, f, f.step)
	}
	if answer.Done == nil {
		return c.flowFailed(env, key, f, sdk.Errorf(sdk.Internal, "neither a step nor a connection"))
	}
	c.Points.Hit("flow.authorised")
	f.withLinkUUID()
	return c.storeUnlessSame(env, key, f, answer.Done)
}

// shown is a provider's step as it may be shown, without what was typed before.
func (f *liveFlow) shown(step *sdk.Step) *sdk.Step {
	step.Title, step.Text = f.typed.cut(step.Title), f.typed.cut(step.Text)
	for i := range step.Fields {
		field := &step.Fields[i]
		field.Label, field.Help = f.typed.cut(field.Label), f.typed.cut(field.Help)
		for j := range field.Choices {
			field.Choices[j].Label = f.typed.cut(field.Choices[j].Label)
		}
	}
	f.typed.heard(step)
	return step
}

// askProvider asks for the next step. Nobody is led to what is no web address.
func (c *Connections) askProvider(env *orm.Env, f *liveFlow, texts map[string]string) (sdk.ConnectAnswer, error) {
	answer, err := c.askPlugin(env, f, texts)
	if step := answer.Step; err == nil && step != nil && step.Kind == sdk.StepRedirect && record.WebURL(step.URL) == "" {
		return sdk.ConnectAnswer{}, sdk.Errorf(sdk.Internal, "it leads to an address that is none of the web")
	}
	return answer, err
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

// ask shows a step.
func (c *Connections) ask(env *orm.Env, key flowKey, f *liveFlow, step *sdk.Step) (any, error) {
	state := record.FlowAsking
	if step.Kind == sdk.StepRedirect || step.Kind == sdk.StepWait {
		state = record.FlowWaiting
	}
	expires := env.Now().Add(c.FlowLifetime)
	if !step.ExpiresAt.IsZero() && step.ExpiresAt.Before(expires) {
		expires = step.ExpiresAt
	}
	c.flows.extend(f, expires)
	c.flows.arm(key, f)
	reply, err := c.settle(env, key.id, orm.Values{"state": state, "step": f.stepJSON(step, "", "", false), "expires_at": expires,
		"error_message": nil, "error_reference": nil})
	return withStep(reply, f.stepJSON(step, "", "", true)), err
}

// withStep puts the step as only the asking user may see it into a reply.
func withStep(reply any, step json.RawMessage) any {
	if m, ok := reply.(map[string]any); ok && step != nil {
		m["step"] = step
	}
	return reply
}

// again shows the same step with what was wrong in the answer.
func (c *Connections) again(env *orm.Env, key flowKey, f *liveFlow, field, message, reference string) (any, error) {
	c.flows.arm(key, f)
	var step, full json.RawMessage
	if f.step != nil {
		step, full = f.stepJSON(f.step, field, message, false), f.stepJSON(f.step, field, message, true)
	}
	values := orm.Values{"state": record.FlowAsking, "step": step, "error_message": f.typed.cut(message)}
	if reference != "" {
		values["error_reference"] = reference
	}
	reply, err := c.settle(env, key.id, values)
	return withStep(reply, full), err
}

// flowFailed lets the user correct what was typed, and ends the flow otherwise.
func (c *Connections) flowFailed(env *orm.Env, key flowKey, f *liveFlow, err error) (any, error) {
	lang := env.Context().Lang()
	var told *sdk.Error
	if errors.As(err, &told) && f.started && f.step != nil && (told.Kind == sdk.BadRequest || told.Kind == sdk.BadCredentials) {
		return c.again(env, key, f, told.Field, record.Tidy(told.Message), "")
	}
	safe := &sdk.Error{Kind: record.KindOf(err), Message: "", Cause: errors.New(f.typed.cut(err.Error()))}
	if told != nil {
		safe.Message, safe.Until = f.typed.cut(told.Message), told.Until
	}
	failed := record.Fail(c.Log, safe, "flow", key.id, "provider", f.provider)
	if f.institution.status == record.InBeta {
		failed.Beta = f.institution.name
	}
	c.flows.drop(key)
	words := failed.Words(lang)
	if safe.Kind == sdk.NeedsUser && safe.Message != "" { // there is no connection to confirm
		words = record.Tidy(safe.Message)
	}
	return c.settle(env, key.id, orm.Values{"state": record.FlowFailed, "step": nil,
		"error_message": words, "error_reference": failed.Reference})
}

// Callback takes the query with which a bank sent a user back. Its state token
// works once for each time that a redirect is asked. It answers as the flow's
// methods do; an unknown token is a fault of kind Missing.
func (c *Connections) Callback(ctx context.Context, query map[string]string) (map[string]any, error) {
	key, ok := c.flows.redeem(query["state"])
	f := c.flows.get(key)
	if !ok || f == nil {
		return nil, fault.Say(fault.Missing, "sync.flow_gone", nil)
	}
	var reply any
	err := key.db.Within(ctx, f.user, orm.TxNone, func(env *orm.Env) error {
		f.mu.Lock()
		defer f.mu.Unlock()
		if c.flows.get(key) != f || c.flows.isOver(f, env.Now()) || f.step == nil || f.step.Kind != sdk.StepRedirect {
			return fault.Say(fault.Missing, "sync.flow_gone", nil)
		}
		values := make(map[string]any, len(query))
		for name, value := range query {
			values[name] = value
		}
		var err error
		reply, err = c.answer(env, key, f, values)
		return err
	})
	if err != nil {
		return nil, err
	}
	out, _ := reply.(map[string]any)
	return out, nil
}
