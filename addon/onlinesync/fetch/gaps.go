package fetch

import (
	"encoding/json"

	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// accountExtension tells of an online account what is missing of it.
var accountExtension = orm.Extension{
	Of: record.Accounts,
	Fields: schema.Fields{
		schema.Day("ask_from", "Ask Again From").Secret(), // see importing.WindowRule
		schema.JSON("coverage_gaps", "Coverage Gaps").DependsOn("coverage", "history_limited_to", "ask_from").NotKept().
			Help("The days that are not known, as objects: from (false for as far back as there is anything), to, why, lines."),
	},
	Bound: orm.Bound{Computes: []orm.Compute{{Fields: []string{"coverage_gaps"}, Do: coverageGaps}}},
}

// gap is a stretch of days of an account of which nobody told completely.
type gap struct {
	From  any         `json:"from"` // false: as far back as there is anything
	To    schema.Date `json:"to"`
	Why   string      `json:"why"`   // history_limited: the bank gives it no more; not_fetched: the next fetch asks for it
	Lines int         `json:"lines"` // that the journal has of these days all the same, as from a statement file
}

// mostGaps is how many gaps of an account are named, the newest first to go.
const mostGaps = 50

// coverageGaps lists what is missing in the coverage of accounts.
func coverageGaps(env *orm.Env, batch *orm.Batch) error {
	rows, err := batch.Rows("coverage", "history_limited_to", "import_from", "ask_from")
	if err != nil {
		return err
	}
	for i := range batch.Len() {
		row := rows.At(i)
		covered, err := importing.ParseCoverage(row.JSON("coverage"))
		if err != nil {
			return err
		}
		list := gapsOf(covered, row.Date("history_limited_to"), row.Date("import_from"), row.Date("ask_from"))
		for k := range list {
			if list[k].Lines, err = linesOf(env.Sudo(), batch.ID(i), list[k]); err != nil {
				return err
			}
		}
		text, err := json.Marshal(list)
		if err != nil {
			return err
		}
		batch.Set(i, "coverage_gaps", json.RawMessage(text))
	}
	return nil
}

func gapsOf(covered importing.Coverage, limited, first, again schema.Date) []gap {
	list := []gap{}
	begins := limited
	if len(covered) > 0 && limited > covered[0].From {
		begins = "" // a later gap is meant, unless it is known what was wanted first
		if first != "" {
			begins = covered[0].From
		}
	}
	if first < begins {
		list = append(list, gap{record.OrFalse(string(first)), begins.AddDays(-1), "history_limited", 0})
	}
	if again == importing.Beginning {
		again = max(first, begins)
	} else if again != "" {
		again = max(first, begins, again)
	} else if len(covered) > 0 {
		again = covered[0].From
	}
	if len(covered) > 0 && again < covered[0].From {
		list = append(list, gap{record.OrFalse(string(again)), covered[0].From.AddDays(-1), "not_fetched", 0})
	}
	for i := 1; i < len(covered) && len(list) < mostGaps; i++ {
		g := gap{string(covered[i-1].To.AddDays(1)), covered[i].From.AddDays(-1), "not_fetched", 0}
		if covered[i-1].To.AddDays(1) < limited {
			g.Why = "history_limited"
		}
		list = append(list, g)
	}
	return list
}

// linesOf counts the lines of the days of a gap, in the journals that an account feeds.
func linesOf(env *orm.Env, account int64, g gap) (int, error) {
	of := []domain.Node{domain.Where("journal_id.account_online_account_id", domain.Eq, account), domain.Where("date", domain.Le, g.To)}
	if from, ok := g.From.(string); ok {
		of = append(of, domain.Where("date", domain.Ge, from))
	}
	return env.Count(record.Lines, domain.All(of...), 0)
}
