package hook

import (
	"encoding/json"
	"time"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Values of a delivery's state.
const (
	Outgoing = "outgoing"
	Sent     = "sent"
	Failed   = "failed"
)

// delivery is one message to one webhook, and the log of it.
var delivery = orm.Model{
	Name: record.HookDeliveries, Label: "Webhook Delivery", Order: "id desc", RecName: "event",
	Fields: schema.Fields{
		schema.Many2one("hook_id", "Webhook", record.Hooks).Required().Readonly().WhenDeleted(schema.Cascade).Indexed(),
		schema.Many2one("notice_id", "Notice", record.Notices).Readonly(),
		schema.Char("event", "Webhook-Id").Required().Readonly(),
		schema.Text("payload", "Content").Readonly(),
		schema.Selection("state", "State", schema.Option{Value: Outgoing, Label: "Outgoing"}, schema.Option{Value: Sent, Label: "Sent"},
			schema.Option{Value: Failed, Label: "Failed"}).Required().Readonly().DefaultTo(Outgoing).Indexed(),
		schema.Integer("attempts", "Attempts").Readonly(),
		schema.Datetime("next_try", "Next Attempt").Readonly(),
		schema.Datetime("date", "Sent On").Readonly(),
		schema.Integer("status", "Status of HTTP").Readonly(),
		schema.Text("answer", "Answer").Readonly().Help("Its beginning."),
		schema.Text("failure_reason", "Failure Reason").Readonly(),
		schema.Char("claimed_by", "Claimed By").Secret(),
		schema.Datetime("claimed_until", "Claimed Until").Secret(),
	},
	Bound: orm.Bound{
		Access: orm.Access{base.GroupSystem: orm.Read},
		Rules: []orm.Rule{{Name: "Webhook delivery: company", Domain: func(env *orm.Env) (domain.Node, error) {
			return domain.Or{domain.Where("hook_id.company_id", domain.Eq, nil),
				domain.Where("hook_id.company_id", domain.In, record.IDs(env.Companies()))}, nil
		}}},
		Methods: orm.Methods{
			"action_retry": {Needs: orm.Read, Do: again, Doc: "Sends deliveries again that failed. Answers true."},
		},
	},
}

// message is what is posted.
type message struct {
	Type      string `json:"type"`
	Timestamp string `json:"timestamp"`
	Data      any    `json:"data"`
}

// Spread writes a delivery of each notice for each webhook that hears of its
// company. It is called in the transaction that spreads them.
func (h *Hooks) Spread(env *orm.Env, notices []int64) error {
	hooks, err := env.SearchRead(record.Hooks, domain.Where("secret", domain.Ne, nil), []string{"company_id"},
		orm.SearchOptions{Order: "id"})
	if err != nil || hooks.Len() == 0 {
		return err
	}
	told, err := h.Notices.Describe(env, notices, "en_US")
	if err != nil {
		return err
	}
	var rows []orm.Values
	for _, id := range notices {
		for row := range hooks.All() {
			if of := row.Ref("company_id"); of != 0 && of != told[id].Company {
				continue
			}
			text, err := json.Marshal(message{"notice." + told[id].Kind, told[id].At.UTC().Format(time.RFC3339), told[id]})
			if err != nil {
				return err
			}
			rows = append(rows, orm.Values{"hook_id": row.ID(), "notice_id": id, "event": "msg_" + token(), "payload": string(text),
				"next_try": env.Now()})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err = env.Create(record.HookDeliveries, rows...)
	return err
}

// test writes a delivery that tells nothing.
func test(env *orm.Env, call *orm.Call) (any, error) {
	id, err := call.One()
	if err != nil {
		return nil, err
	}
	if err := env.CheckRules(record.Hooks, []int64{id}, orm.Write); err != nil {
		return nil, err
	}
	text, err := json.Marshal(message{"test", env.Now().Format(time.RFC3339), map[string]any{}})
	if err != nil {
		return nil, err
	}
	ids, err := env.Sudo().Create(record.HookDeliveries, orm.Values{"hook_id": id, "event": "msg_" + token(), "payload": string(text),
		"next_try": env.Now()})
	if err != nil {
		return nil, err
	}
	return ids[0], nil
}

// again puts deliveries back that were given up.
func again(env *orm.Env, call *orm.Call) (any, error) {
	if err := env.CheckRules(record.HookDeliveries, call.IDs, orm.Read); err != nil {
		return nil, err
	}
	ids, err := env.Search(record.HookDeliveries, domain.All(domain.Where("id", domain.In, record.IDs(call.IDs)),
		domain.Where("state", domain.Eq, Failed)), orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	return true, env.Sudo().Write(record.HookDeliveries, ids, orm.Values{"state": Outgoing, "attempts": int64(0), "next_try": env.Now(),
		"claimed_by": nil, "claimed_until": nil})
}
