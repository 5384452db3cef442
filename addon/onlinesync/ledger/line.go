package ledger

import (
	"slices"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// lineExtension is what this addon adds to the statement line, and how it
// notices that a user changed or deleted one.
var lineExtension = orm.Extension{
	Of: record.Lines,
	Fields: schema.Fields{
		schema.Char("online_transaction_identifier", "Online Transaction Identifier").Readonly().NotCopied(),
		schema.Many2one("online_account_id", "Online Account", record.Accounts).Readonly().NotCopied(),
		schema.Many2one("online_link_id", "Bank Connection", record.Links).RelatedTo("online_account_id", "account_online_link_id"),
		schema.Day("value_date", "Value Date").Readonly(),
		schema.Char("match_reason", "Why Matched").NotKept(),
		schema.Boolean("online_edited", "Edited by a User").Secret().NotCopied(),
		schema.Boolean("online_change_held", "A Change by the Bank Was Taken Back").Secret().NotCopied(),
	},
	Bound: orm.Bound{
		Computes: []orm.Compute{{Fields: []string{"match_reason"}, Do: reasonsOfLines}},
		Hooks:    orm.Hooks{BeforeWrite: noteEdits, BeforeUnlink: noteDeletions},
	},
}

// toldFields are the fields of a line that the bank tells; whoever changes one
// of them owns the line from then on.
var toldFields = []string{"date", "payment_ref", "partner_name", "account_number", "amount", "amount_currency", "foreign_currency_id"}

// byEngine is true in transactions in which the import itself changes lines.
type byEngine struct{}

func engineWorks(env *orm.Env) *bool {
	return env.Scratch(byEngine{}, func() any { return new(bool) }).(*bool)
}

// LetEngineWork lets the rest of a transaction be the import's: what it changes
// is not taken for a user's work.
func LetEngineWork(env *orm.Env) {
	*engineWorks(env), *account.Unaudited(env) = true, true
}

// noteEdits remembers which lines a user owns. What changed is told by the
// audit of lines.
func noteEdits(env *orm.Env, ids []int64, values orm.Values) error {
	if *engineWorks(env) || !slices.ContainsFunc(toldFields, func(f string) bool { _, given := values[f]; return given }) {
		return nil
	}
	return env.Sudo().Write(record.Lines, ids, orm.Values{"online_edited": true})
}

// noteDeletions remembers that a user deleted lines, so that they stay deleted.
func noteDeletions(env *orm.Env, ids []int64) error {
	if err := forgetTyped(env.Sudo(), ids); err != nil || *engineWorks(env) {
		return err
	}
	known, err := env.Sudo().Search(record.Transactions, domain.Where("line_id", domain.In, record.IDs(ids)), orm.SearchOptions{})
	if err != nil || len(known) == 0 {
		return err
	}
	if err := KeepLines(env.Sudo(), ids); err != nil {
		return err
	}
	return env.Sudo().Write(record.Transactions, known, orm.Values{"line_id": nil, "line_deleted": true})
}

// forgetTyped settles the questions about lines that a user deletes.
func forgetTyped(env *orm.Env, ids []int64) error {
	over, err := env.Search(record.Reviews, domain.All(domain.Where("state", domain.Eq, record.ReviewOpen),
		domain.Where("typed_line_id", domain.In, record.IDs(ids))), orm.SearchOptions{})
	if err != nil || len(over) == 0 {
		return err
	}
	return env.Write(record.Reviews, over, orm.Values{"state": record.ReviewObsolete})
}
