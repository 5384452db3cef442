package connect

import (
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

var companyExtension = orm.Extension{
	Of: "res.company",
	Fields: schema.Fields{
		schema.Char("online_phone", "Phone for Bank Connections").
			Help("Asked at the first connection; proves who you are when requests were blocked."),
	},
}
