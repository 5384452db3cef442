package connect

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"

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
	texts, field, err := f.answers(values)
	if err != nil {
		return c.again(env, key, f, field, fault.Localize(err, env.Context().Lang()), "")
	}
	if f.done != nil {
		return c.sameAnswered(env, key, f, texts)
	}
	if !f.started {
		return c.hostAnswered(env, key, f, texts)
	}
	return c.advance(env, key, f, texts)
}

// hostAnswered takes the answer to a step that the host asked.
func (c *Connections) hostAnswered(env *orm.Env, key flowKey, f *liveFlow, texts map[string]string) (any, error) {
	if !f.betaKnown && texts[fieldBeta] == "true" {
		f.betaKnown, f.betaAgreed = true, true
	} else if !f.phoneKnown && texts[fieldPhone] != "" {
		f.phone, f.phoneKnown = texts[fieldPhone], true
		err := env.Within(orm.TxWrite, func(env *orm.Env) error {
			return env.Sudo().Write("res.company", []int64{f.company}, orm.Values{"online_phone": f.phone})
		})
		if err != nil {
			return nil, err
		}
	}
	return c.advance(env, key, f, nil)
}

// flowPoll asks whether what a wait step waits for has come.
func (c *Connections) flowPoll(env *orm.Env, call *orm.Call) (any, error) {
	key, f, reply, err := c.resume(env, call)
	if f == nil || err != nil {
		return reply, err
	}
	defer f.mu.Unlock()
	if f.started && f.step != nil && f.step.Kind == sdk.StepWait {
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
	c.flows.drop(key)
	c.giveBack(env, f)
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
	var state string
	err = env.Within(orm.TxRead, func(env *orm.Env) error {
		rows, err := env.Read(record.Flows, []int64{id}, "state")
		if err != nil {
			return err
		}
		if rows.Len() == 0 {
			return fault.Say(fault.Missing, "fault.missing", nil)
		}
		state = rows.At(0).Str("state")
		return nil
	})
	if err != nil {
		return key, nil, nil, err
	}
	if state != record.FlowAsking && state != record.FlowWaiting {
		reply, err := c.flowReply(env, id)
		return key, nil, reply, err
	}
	f := c.flows.get(key)
	if f == nil || c.flows.isOver(f, env.Now()) {
		c.flows.drop(key)
		words, state := "sync.flow_gone", record.FlowFailed
		if f != nil {
			words, state = "sync.flow_expired", record.FlowExpired
		}
		text := fault.Localize(&fault.Error{Kind: fault.User, ID: words, Message: words}, env.Context().Lang())
		reply, err := c.settle(env, id, orm.Values{"state": state, "step": nil, "error_message": text})
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

// flowID reads the id, given alone or, as by record methods, in a list.
func flowID(call *orm.Call) (int64, error) {
	if list, ok := call.Value("flow_id").([]any); ok && len(list) == 1 {
		if id, ok := record.IDIn(map[string]any{"id": list[0]}, "id"); ok {
			return id, nil
		}
	}
	return call.Int("flow_id")
}

// fieldNone says in an answer that no account is to be brought in yet: an answer
// that merely names none is asked again (S61, S62).
const fieldNone = "none"

// answers checks the values against the current step and turns them into text.
// On an error it names the field at fault.
func (f *liveFlow) answers(values map[string]any) (map[string]string, string, error) {
	out := map[string]string{}
	if f.step == nil {
		return out, "", nil
	}
	if f.step.Kind == sdk.StepAccounts {
		chosen := accountList(values["accounts"])
		for _, id := range chosen {
			if !slices.ContainsFunc(f.step.Accounts, func(a sdk.Account) bool { return a.ID == id }) {
				return nil, "accounts", fault.Say(fault.User, "sync.invalid_choice", fault.Args{"field": "accounts"})
			}
		}
		if none, _ := textOf(values[fieldNone]); none == "true" {
			chosen = f.chooseNone()
		}
		if len(chosen) == 0 && len(f.step.Accounts) > 0 {
			return nil, "accounts", fault.Say(fault.User, "sync.no_account_chosen", nil)
		}
		out["accounts"] = strings.Join(chosen, ",")
	}
	if f.step.Kind == sdk.StepRedirect {
		for name, v := range values {
			if text, ok := textOf(v); ok && name != "journals" {
				out[name] = text
				if !strings.HasPrefix(name, "error") { // what the bank says in place of a code is no secret
					f.typed.remember(text)
				}
			}
		}
		return out, "", nil
	}
	for _, field := range f.step.Fields {
		text, _ := textOf(values[field.Name])
		if field.Kind == sdk.TextField || field.Kind == sdk.SecretField || field.Kind == sdk.OTPField {
			f.typed.remember(text)
		}
		if err := checkField(field, text); err != nil {
			return nil, field.Name, err
		}
		if text != "" {
			out[field.Name] = text
		}
	}
	return out, "", nil
}

// chooseNone lets no account feed a journal. The provider hears of all of them, so
// that each can be chosen later; it returns their ids.
func (f *liveFlow) chooseNone() []string {
	f.journals = map[string]any{}
	ids := make([]string, 0, len(f.step.Accounts))
	for _, a := range f.step.Accounts {
		f.journals[a.ID], ids = false, append(ids, a.ID)
	}
	return ids
}

func checkField(field sdk.Field, text string) error {
	label := field.Label
	if label == "" {
		label = field.Name
	}
	switch {
	case field.Required && (text == "" || field.Kind == sdk.BooleanField && text != "true"):
		return fault.Say(fault.User, "sync.required", fault.Args{"field": label})
	case text == "":
		return nil
	case field.Kind == sdk.ChoiceField && !slices.ContainsFunc(field.Choices, func(c sdk.Choice) bool { return c.Value == text }):
		return fault.Say(fault.User, "sync.invalid_choice", fault.Args{"field": label})
	case field.Kind == sdk.PhoneField && !phonePattern.MatchString(text):
		return fault.Say(fault.User, "sync.invalid_phone", nil)
	}
	return nil
}

// accountList reads chosen accounts: a list, or text separated by commas.
func accountList(v any) []string {
	switch v := v.(type) {
	case []any:
		var out []string
		for _, x := range v {
			if text, ok := textOf(x); ok && text != "" {
				out = append(out, text)
			}
		}
		return out
	case string:
		if v != "" {
			return strings.Split(v, ",")
		}
	}
	return nil
}

func textOf(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case json.Number:
		return v.String(), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case int:
		return strconv.Itoa(v), true
	}
	return "", false
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
			"expires_at")
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
		reply["expires_at"] = row.Time("expires_at").Format(time.DateTime)
		return nil
	})
	return reply, err
}
