package connect

import (
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
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
			schema.Datetime("expires_at", "Expires").Readonly(),
		},
		Bound: orm.Bound{
			Access: record.Keepers(),
			Rules:  []orm.Rule{base.CompanyRule("Connection in progress: company")},
			Methods: orm.Methods{
				"start": {OnModel: true, Tx: orm.TxNone, Needs: orm.Create, Do: c.flowStart, Params: []orm.Param{orm.Arg("values")}},
				"submit": {OnModel: true, Tx: orm.TxNone, Needs: orm.Write, Do: c.flowSubmit,
					Params: []orm.Param{orm.Arg("flow_id"), orm.Opt("values", nil)}},
				"poll":   {OnModel: true, Tx: orm.TxNone, Needs: orm.Write, Do: c.flowPoll, Params: []orm.Param{orm.Arg("flow_id")}},
				"cancel": {OnModel: true, Tx: orm.TxNone, Needs: orm.Write, Do: c.flowCancel, Params: []orm.Param{orm.Arg("flow_id")}},
			},
		},
	}
}

var companyExtension = orm.Extension{
	Of: "res.company",
	Fields: schema.Fields{
		schema.Char("online_phone", "Phone for Bank Connections").
			Help("Asked at the first connection; proves who you are when requests were blocked."),
	},
}
