package books

import (
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// statementExtension marks the statements that lines of a period go to.
var statementExtension = orm.Extension{
	Of: record.Statements,
	Fields: schema.Fields{
		schema.Char("online_period", "Period").Secret().NotCopied().Indexed(),
		schema.Char("online_end", "Ending Balance of the Lines").Secret().NotCopied(), // a decimal; unset until written
	},
}

// Part is what this room adds to a registry.
func Part() orm.Part {
	return orm.Part{Extensions: []orm.Extension{statementExtension, base.Attachable(record.Statements),
		{Of: record.Journals, Bound: orm.Bound{Methods: orm.Methods{
			"action_regroup_statements": {Needs: orm.Write, Do: regroupStatements,
				Params: []orm.Param{orm.Opt("date_from", nil).Says("The first day; all if not given.")},
				Doc:    "Puts the lines of one journal into statements of its present grouping. Answers how many."},
		}}}}}
}
