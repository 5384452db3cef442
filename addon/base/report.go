package base

import (
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// report is there because clients look for reports of a model when they connect;
// the host prints none, so that nobody can make one.
var report = orm.Model{
	Name: "ir.actions.report", Label: "Report Action", Order: "name, id",
	Fields: schema.Fields{
		schema.Char("name", "Action Name").Required(),
		schema.Char("model", "Model Name").Required(),
		schema.Char("report_name", "Template Name").Required(),
		schema.Selection("report_type", "Report Type",
			schema.Option{Value: "qweb-html", Label: "HTML"},
			schema.Option{Value: "qweb-pdf", Label: "PDF"},
			schema.Option{Value: "qweb-text", Label: "Text"}).Required().DefaultTo("qweb-pdf"),
	},
	Bound: orm.Bound{Access: orm.Access{GroupUser: orm.Read}},
}
