package onlinesync

import (
	"fmt"
	"strings"

	"github.com/girosync/girosync/addon/mail"
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
		schema.Char("match_reason", "Why Matched").Readonly().NotCopied(),
		schema.Boolean("online_edited", "Edited by a User").Secret().NotCopied(),
	},
	Bound: orm.Bound{Hooks: orm.Hooks{BeforeWrite: noteEdits, BeforeUnlink: noteDeletions}},
}

// told are the fields of a line that the bank tells; who changes one of them
// owns the line from then on.
var told = []string{"date", "payment_ref", "partner_name", "account_number", "amount", "amount_currency", "foreign_currency_id"}

// byEngine is true in transactions in which the import itself changes lines.
type byEngine struct{}

func engineWorks(env *orm.Env) *bool {
	return env.Scratch(byEngine{}, func() any { return new(bool) }).(*bool)
}

// mentioned is how many changed lines a message names.
const mentioned = 20

func noteEdits(env *orm.Env, ids []int64, values orm.Values) error {
	if *engineWorks(env) {
		return nil
	}
	changed := []string{}
	for _, field := range told {
		if _, ok := values[field]; ok {
			changed = append(changed, field)
		}
	}
	if len(changed) == 0 {
		return nil
	}
	rows, err := env.Sudo().Read(lines, ids, append([]string{"journal_id", "name", "online_account_id"}, changed...)...)
	if err != nil {
		return err
	}
	if err := env.Sudo().Write(lines, ids, orm.Values{"online_edited": true}); err != nil {
		return err
	}
	notes := map[int64][]string{}
	for row := range rows.All() {
		if row.Ref("online_account_id") == 0 {
			continue
		}
		was := make([]string, len(changed))
		for i, field := range changed {
			was[i] = fmt.Sprintf("%s: %v → %v", field, shown(row.Value(field)), shown(values[field]))
		}
		journal := row.Ref("journal_id")
		notes[journal] = append(notes[journal], row.Str("name")+" changed; "+strings.Join(was, "; "))
	}
	return postNotes(env, notes)
}

func shown(v any) any {
	if v == nil || v == "" {
		return "–"
	}
	return v
}

// noteDeletions remembers that a user deleted lines, so that they stay deleted.
func noteDeletions(env *orm.Env, ids []int64) error {
	if *engineWorks(env) {
		return nil
	}
	known, err := env.Sudo().Search(transactions, domain.Where("line_id", domain.In, anyIDs(ids)), orm.SearchOptions{})
	if err != nil || len(known) == 0 {
		return err
	}
	if err := env.Sudo().Write(transactions, known, orm.Values{"line_id": nil, "line_deleted": true}); err != nil {
		return err
	}
	rows, err := env.Sudo().Read(lines, ids, "journal_id", "name", "date", "amount", "payment_ref", "partner_name", "online_account_id")
	if err != nil {
		return err
	}
	notes := map[int64][]string{}
	for row := range rows.All() {
		if row.Ref("online_account_id") == 0 {
			continue
		}
		journal := row.Ref("journal_id")
		notes[journal] = append(notes[journal], fmt.Sprintf("%s deleted; date: %s; amount: %s; label: %s; partner: %s",
			row.Str("name"), row.Date("date"), row.Decimal("amount"), row.Str("payment_ref"), row.Str("partner_name")))
	}
	return postNotes(env, notes)
}

// postNotes writes what happened to lines on their journals.
func postNotes(env *orm.Env, notes map[int64][]string) error {
	for journal, list := range notes {
		more := ""
		if len(list) > mentioned {
			more = fmt.Sprintf(" … and %d more", len(list)-mentioned)
			list = list[:mentioned]
		}
		if _, err := mail.Post(env, journals, journal, strings.Join(list, " | ")+more, mail.Options{}); err != nil {
			return err
		}
	}
	return nil
}
