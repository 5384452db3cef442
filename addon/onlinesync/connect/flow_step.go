package connect

import (
	"errors"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"
	"github.com/girosync/girosync/addon/onlinesync/step"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/plugins/sdk"
)

// flowSubmit takes the user's answer to the current step.
func (c *Connections) flowSubmit(env *orm.Env, call *orm.Call) (any, error) {
	key, f, reply, err := c.resume(env, call)
	if f == nil || err != nil {
		return reply, err
	}
	defer f.mu.Unlock()
	if f.user.UID != env.UID() {
		return nil, fault.Say(fault.Denied, "sync.flow_of_another", nil)
	}
	values := map[string]any{}
	if call.Value("values") != nil {
		if values, err = call.Map("values"); err != nil {
			return nil, err
		}
	}
	return c.answer(env, key, f, values)
}

func (c *Connections) answer(env *orm.Env, key flowKey, f *liveFlow, values map[string]any) (any, error) {
	if journals, ok := values["journals"].(map[string]any); ok {
		f.journals = journals
	}
	answer, field, err := step.Read(f.step, values, &f.typed)
	if err != nil {
		return c.again(env, key, f, step.Wrong{Field: field, Message: fault.Localize(err, env.Context().Lang())})
	}
	if answer.None {
		f.noJournals()
	}
	if f.step != nil && f.step.Kind == sdk.StepRedirect {
		if state, told := answer.Texts["state"]; told && state != f.token {
			text := fault.Localize(fault.Say(fault.User, "sync.flow_gone", nil), env.Context().Lang())
			return c.again(env, key, f, step.Wrong{Field: "state", Message: text})
		}
		c.flows.redeem(f.token) // it has come back
	}
	if f.done != nil {
		return c.settled(env, key, f, answer.Texts)
	}
	if !f.started {
		return c.hostAnswered(env, key, f, answer.Texts)
	}
	return c.advance(env, key, f, answer.Texts)
}

// flowPoll asks whether what a wait step waits for has come.
func (c *Connections) flowPoll(env *orm.Env, call *orm.Call) (any, error) {
	key, f, reply, err := c.resume(env, call)
	if f == nil || err != nil {
		return reply, err
	}
	defer f.mu.Unlock()
	if f.user.UID == env.UID() && f.started && f.step != nil && f.step.Kind == sdk.StepWait {
		return c.advance(env, key, f, map[string]string{})
	}
	return c.flowReply(env, key.id)
}

func (c *Connections) flowCancel(env *orm.Env, call *orm.Call) (any, error) {
	key, f, reply, err := c.resume(env, call)
	if f == nil || err != nil {
		return reply, err
	}
	defer f.mu.Unlock()
	defer c.flows.drop(key)
	if err := c.giveBack(env, f); err != nil {
		return nil, err
	}
	return c.settle(env, key.id, orm.Values{"state": record.FlowCancelled, "step": nil})
}

// resume finds a flow that still runs, locked. Without one it answers what the
// flow's row says, after marking one that nobody can continue as expired.
func (c *Connections) resume(env *orm.Env, call *orm.Call) (flowKey, *liveFlow, any, error) {
	id, err := flowID(call)
	if err != nil {
		return flowKey{}, nil, nil, err
	}
	key := flowKey{env.Database(), id}
	open, err := isOpen(env, id)
	if err != nil {
		return key, nil, nil, err
	}
	if !open {
		reply, err := c.flowReply(env, id)
		return key, nil, reply, err
	}
	f := c.flows.get(key)
	if f == nil || c.flows.isOver(f, env.Now()) {
		reply, err := c.lateFor(env, key, f)
		return key, nil, reply, err
	}
	f.mu.Lock()
	if c.flows.get(key) != f { // finished while we waited for its turn
		f.mu.Unlock()
		reply, err := c.flowReply(env, id)
		return key, nil, reply, err
	}
	return key, f, nil, nil
}

// isOpen reads whether a flow is neither done nor ended.
func isOpen(env *orm.Env, id int64) (open bool, err error) {
	err = env.Within(orm.TxRead, func(env *orm.Env) error {
		rows, err := env.Read(record.Flows, []int64{id}, "state")
		if err != nil {
			return err
		}
		if rows.Len() == 0 {
			return fault.Say(fault.Missing, "fault.missing", nil)
		}
		state := rows.At(0).Str("state")
		open = state == record.FlowAsking || state == record.FlowWaiting
		return nil
	})
	return open, err
}

// lateFor ends a flow that waited too long, or that this process knows nothing of. One
// that has come to its end meanwhile is left as it ended.
func (c *Connections) lateFor(env *orm.Env, key flowKey, f *liveFlow) (any, error) {
	if f != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		defer c.flows.drop(key)
	}
	if open, err := isOpen(env, key.id); err != nil || !open {
		reply, wrong := c.flowReply(env, key.id)
		return reply, errors.Join(err, wrong)
	}
	lang := env.Context().Lang()
	if f == nil {
		return c.settle(env, key.id, orm.Values{"state": record.FlowFailed, "step": nil,
			"error_message": record.SayIn(lang, "sync.flow_gone", nil)})
	}
	last := sdk.StepKind("")
	if f.step != nil {
		last = f.step.Kind
	}
	if err := c.giveBack(env, f); err != nil {
		return nil, err
	}
	return c.settle(env, key.id, expired(last, lang))
}

// flowID reads the id, given alone or, as by record methods, in a list.
func flowID(call *orm.Call) (int64, error) {
	if list, ok := call.Value("flow_id").([]any); ok && len(list) == 1 {
		if id, ok := record.IDIn(map[string]any{"id": list[0]}, "id"); ok {
			return id, nil
		}
	}
	return call.Int("flow_id")
}

// noJournals lets no account feed a journal. The provider hears of all of them, so
// that each can be chosen later.
func (f *liveFlow) noJournals() {
	f.journals = map[string]any{}
	for _, a := range f.step.Accounts {
		f.journals[a.ID] = false
	}
}

// settle writes a flow's row, tells who watches, and answers as every flow
// method does.
func (c *Connections) settle(env *orm.Env, id int64, values orm.Values) (any, error) {
	err := env.Within(orm.TxWrite, func(env *orm.Env) error {
		if err := env.Sudo().Write(record.Flows, []int64{id}, values); err != nil {
			return err
		}
		return run.TellFlowStep(env, id, values)
	})
	if err != nil {
		return nil, err
	}
	return c.flowReply(env, id)
}

func (c *Connections) flowReply(env *orm.Env, id int64) (any, error) {
	reply := map[string]any{"flow_id": id}
	err := env.Within(orm.TxRead, func(env *orm.Env) error {
		rows, err := env.Sudo().Read(record.Flows, []int64{id}, "state", "step", "link_id", "error_message", "error_reference",
			"notice", "expires_at")
		if err != nil || rows.Len() == 0 {
			return err
		}
		row := rows.At(0)
		reply["state"] = row.Str("state")
		reply["step"] = any(false)
		if step := row.JSON("step"); len(step) > 0 {
			reply["step"] = step
		}
		reply["link_id"] = any(false)
		if link := row.Ref("link_id"); link != 0 {
			reply["link_id"] = link
		}
		reply["error_message"], reply["error_reference"] = record.OrFalse(row.Str("error_message")),
			record.OrFalse(row.Str("error_reference"))
		reply["notice"] = record.OrFalse(row.Str("notice"))
		reply["expires_at"] = row.Time("expires_at").Format(time.DateTime)
		return nil
	})
	return reply, err
}
