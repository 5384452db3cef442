package onlinesync

import (
	"slices"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// lineExtension is what this addon adds to the statement line, and how it
// notices that a user changed or deleted one.
var lineExtension = orm.Extension{
	Of: lines,
	Fields: schema.Fields{
		schema.Char("online_transaction_identifier", "Online Transaction Identifier").Readonly().NotCopied(),
		schema.Many2one("online_account_id", "Online Account", accounts).Readonly().NotCopied(),
		schema.Many2one("online_link_id", "Bank Connection", links).RelatedTo("online_account_id", "account_online_link_id"),
		schema.Day("value_date", "Value Date").Readonly(),
		schema.Char("match_reason", "Why Matched").NotKept(),
		schema.Boolean("online_edited", "Edited by a User").Secret().NotCopied(),
	},
	Bound: orm.Bound{
		Computes: []orm.Compute{{Fields: []string{"match_reason"}, Do: reasonsOfLines}},
		Hooks:    orm.Hooks{BeforeWrite: noteEdits, BeforeUnlink: noteDeletions},
		Methods:  orm.Methods{"explain": {Needs: orm.Read, Tx: orm.TxRead, Do: explainLine}},
	},
}

// told are the fields of a line that the bank tells; who changes one of them
// owns the line from then on.
var told = []string{"date", "payment_ref", "partner_name", "account_number", "amount", "amount_currency", "foreign_currency_id"}

// byEngine is true in transactions in which the import itself changes lines.
type byEngine struct{}

func engineWorks(env *orm.Env) *bool {
	return env.Scratch(byEngine{}, func() any { return new(bool) }).(*bool)
}

// letEngineWork lets the rest of a transaction be the import's: what it changes
// is not taken for a user's work.
func letEngineWork(env *orm.Env) {
	*engineWorks(env), *account.Unaudited(env) = true, true
}

// mentioned is how many changed lines a message names.
const mentioned = 20

// noteEdits remembers which lines a user owns. What changed is told by the
// audit of lines.
func noteEdits(env *orm.Env, ids []int64, values orm.Values) error {
	if *engineWorks(env) || !slices.ContainsFunc(told, func(f string) bool { _, given := values[f]; return given }) {
		return nil
	}
	return env.Sudo().Write(lines, ids, orm.Values{"online_edited": true})
}

// noteDeletions remembers that a user deleted lines, so that they stay deleted.
func noteDeletions(env *orm.Env, ids []int64) error {
	if err := forgetTyped(env.Sudo(), ids); err != nil || *engineWorks(env) {
		return err
	}
	known, err := env.Sudo().Search(transactions, domain.Where("line_id", domain.In, anyIDs(ids)), orm.SearchOptions{})
	if err != nil || len(known) == 0 {
		return err
	}
	if err := keepLines(env.Sudo(), ids); err != nil {
		return err
	}
	return env.Sudo().Write(transactions, known, orm.Values{"line_id": nil, "line_deleted": true})
}
