package connect

import (
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// flowModel is a connection, renewal or confirmation in progress. Its rows
// hold what is asked, never what was answered.
func (c *Connections) flowModel() orm.Model {
	return orm.Model{
		Name: record.Flows, Label: "Connection in Progress", Order: "id desc", RecName: "kind", Transient: true,
		Fields: schema.Fields{
			schema.Selection("kind", "Kind", record.FlowKinds...).Required().Readonly(),
			schema.Selection("state", "State", record.FlowStates...).Required().Readonly(),
			schema.JSON("step", "Step").Readonly(),
			schema.Many2one("institution_id", "Institution", record.Institutions).Readonly(),
			schema.Many2one("link_id", "Connection", record.Links).Readonly().WhenDeleted(schema.Cascade),
			schema.Many2one("company_id", "Company", "res.company").Required().Readonly(),
			schema.Text("error_message", "Error").Readonly(),
			schema.Char("error_reference", "Error Reference").Readonly(),
			schema.Text("notice", "Notice").Readonly().
				Help("What is to be known of a connection that is there, as that it has no accounts."),
			schema.Datetime("expires_at", "Expires").Readonly(),
		},
		Bound: orm.Bound{
			Access: record.Keepers(),
			Rules:  []orm.Rule{base.CompanyRule("Connection in progress: company")},
			Methods: orm.Methods{
				"start": {OnModel: true, Tx: orm.TxNone, Needs: orm.Create, Do: c.flowStart, Params: []orm.Param{startValues},
					Doc: "Begins the making or renewing of a connection. " + flowAnswer},
				"submit": {OnModel: true, Tx: orm.TxNone, Needs: orm.Write, Do: c.flowSubmit,
					Params: []orm.Param{ofFlow, orm.Opt("values", nil).Says("Of a form {name: value}; of accounts {\"accounts\": " +
						"[ids] (or \"none\": true to choose later), \"journals\": {id: a journal's id, \"new\" or false for none}}; of a message {}.")},
					Doc: "Answers the step of a flow. What is wrong comes back with the same step, in step.error with the field's " +
						"name. " + flowAnswer},
				"poll": {OnModel: true, Tx: orm.TxNone, Needs: orm.Write, Do: c.flowPoll, Params: []orm.Param{ofFlow},
					Doc: "Asks how a flow stands: after a redirect, and every poll_after seconds while the step is to " +
						"wait. " + flowAnswer},
				"cancel": {OnModel: true, Tx: orm.TxNone, Needs: orm.Write, Do: c.flowCancel, Params: []orm.Param{ofFlow},
					Doc: "Ends a flow; what was begun at the provider is taken back. " + flowAnswer},
			},
		},
	}
}

// What the methods of flows have in common, for who calls them.
var (
	ofFlow      = orm.Arg("flow_id").Says("The flow's id, as start answered it.")
	startValues = orm.Arg("values").Says("institution_id for a new connection, or link_id to renew one, then with kind: " +
		"\"reconnect\" (the consent), \"update\" (other credentials), \"mfa\" (a code alone). Also account_kind (\"personal\", " +
		"\"business\"), phone, and acknowledge_beta: true.")
)

const flowAnswer = "Answers the flow: {flow_id, state (asking, waiting, done, failed, cancelled, expired), step (what to ask or do " +
	"next: its type is form, accounts, redirect, wait or message; false at the end), link_id (the connection, once done), " +
	"expires_at, notice (what is to be known of the connection, or false), error_message, error_reference}. A flow waits 15 minutes for its user."

var companyExtension = orm.Extension{
	Of: "res.company",
	Fields: schema.Fields{
		schema.Char("online_phone", "Phone for Bank Connections").
			Help("Asked at the first connection; proves who you are when requests were blocked."),
	},
}

// InFlow reports whether a user is about to renew or confirm a connection, as by a
// code that the bank has sent, in a flow of a kind; "" for any. Whoever calls the
// bank for it now may spoil that.
func InFlow(env *orm.Env, link int64, kind string) (bool, error) {
	where := domain.All(domain.Where("link_id", domain.Eq, link),
		domain.Where("state", domain.In, []any{record.FlowAsking, record.FlowWaiting}),
		domain.Where("expires_at", domain.Gt, env.Now()))
	if kind != "" {
		where = domain.All(where, domain.Where("kind", domain.Eq, kind))
	}
	n, err := env.Count(record.Flows, where, 1)
	return n > 0, err
}
