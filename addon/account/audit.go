package account

import (
	"fmt"
	"html"
	"slices"
	"strings"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/orm"
)

// Who changed or deleted which line, and what it was before, stays on the
// line's journal as a message, so that it outlives the line.

// audited are the fields that are told, in their order; statement_id only when
// a line leaves a statement.
var audited = []string{"date", "amount", "payment_ref", "partner_id", "partner_name", "account_number", "ref",
	"foreign_currency_id", "amount_currency", "transaction_type", "journal_id", "statement_id"}

// perMessage is how many lines one message tells of; a bulk change makes as
// many messages as it needs, written together.
const perMessage = 200

type unaudited struct{}

// Unaudited switches the audit off or on for the rest of a transaction: what
// the bank itself changes is told elsewhere.
func Unaudited(env *orm.Env) *bool {
	return env.Scratch(unaudited{}, func() any { return new(bool) }).(*bool)
}

// auditWrite tells what a write is about to change.
func auditWrite(env *orm.Env, ids []int64, values orm.Values) error {
	if *Unaudited(env) {
		return nil
	}
	fields := slices.DeleteFunc(slices.Clone(audited), func(f string) bool { _, given := values[f]; return !given })
	if len(fields) == 0 {
		return nil
	}
	rows, err := env.Sudo().Read("account.bank.statement.line", ids, append(withJournal(fields), "name")...)
	if err != nil {
		return err
	}
	a := &audit{env: env, entries: map[int64][]string{}}
	if err := a.learn(rows, fields, values); err != nil {
		return err
	}
	for row := range rows.All() {
		var parts []string
		for _, f := range fields {
			before, after := row.Value(f), values[f]
			if f == "statement_id" && row.Ref(f) == 0 || same(before, after) {
				continue
			}
			parts = append(parts, fmt.Sprintf("%s: %s → %s", a.label(f), a.shown(f, before), a.shown(f, after)))
		}
		if len(parts) > 0 {
			a.add(row, strings.Join(parts, "; "))
		}
	}
	return a.post("audit.changed")
}

// auditUnlink tells what lines were that are about to go.
func auditUnlink(env *orm.Env, ids []int64) error {
	if *Unaudited(env) {
		return nil
	}
	rows, err := env.Sudo().Read("account.bank.statement.line", ids, append(withJournal(audited), "name")...)
	if err != nil {
		return err
	}
	a := &audit{env: env, entries: map[int64][]string{}}
	if err := a.learn(rows, audited, nil); err != nil {
		return err
	}
	for row := range rows.All() {
		var parts []string
		for _, f := range audited {
			if f != "journal_id" && !empty(row.Value(f)) {
				parts = append(parts, fmt.Sprintf("%s: %s", a.label(f), a.shown(f, row.Value(f))))
			}
		}
		a.add(row, strings.Join(parts, "; "))
	}
	return a.post("audit.deleted")
}

func withJournal(fields []string) []string {
	if slices.Contains(fields, "journal_id") {
		return slices.Clone(fields)
	}
	return append(slices.Clone(fields), "journal_id")
}

// audit gathers what becomes of lines, by journal.
type audit struct {
	env     *orm.Env
	names   map[string]map[int64]string // of the records that fields lead to
	entries map[int64][]string
}

// learn names the records that are led to before and after: one query for each
// such field, whatever the number of lines.
func (a *audit) learn(rows *orm.Rows, fields []string, values orm.Values) error {
	a.names = map[string]map[int64]string{}
	for field, model := range map[string]string{"partner_id": "res.partner", "foreign_currency_id": "res.currency",
		"journal_id": "account.journal", "statement_id": "account.bank.statement"} {
		if !slices.Contains(fields, field) {
			continue
		}
		var ids []int64
		if id, ok := values[field].(int64); ok && id != 0 {
			ids = append(ids, id)
		}
		for row := range rows.All() {
			if id := row.Ref(field); id != 0 && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		names, err := a.env.Sudo().DisplayNames(model, ids)
		if err != nil {
			return err
		}
		a.names[field] = names
	}
	return nil
}

func (a *audit) label(field string) string {
	return fault.Localize(fault.Say(fault.User, "audit."+field, nil), a.env.Context().Lang())
}

func (a *audit) shown(field string, v any) string {
	if empty(v) {
		return "–"
	}
	if id, ok := v.(int64); ok {
		if name := a.names[field][id]; name != "" {
			return name
		}
	}
	if d, ok := v.(decimal.Decimal); ok {
		return d.Trim(2).String()
	}
	return fmt.Sprint(v)
}

func (a *audit) add(row orm.Row, what string) {
	id := row.Ref("journal_id")
	a.entries[id] = append(a.entries[id], "<li>"+html.EscapeString(row.Str("name")+" – "+what)+"</li>")
}

// post writes what was gathered, all messages at once.
func (a *audit) post(title string) error {
	var rows []orm.Values
	for journalID, entries := range a.entries {
		for chunk := range slices.Chunk(entries, perMessage) {
			words := fault.Localize(fault.Say(fault.User, title, fault.Args{"count": len(chunk)}), a.env.Context().Lang())
			rows = append(rows, orm.Values{"model": "account.journal", "res_id": journalID, "message_type": mail.Notification,
				"body": "<p>" + html.EscapeString(words) + "</p><ul>" + strings.Join(chunk, "") + "</ul>"})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := a.env.Sudo().Create("mail.message", rows...)
	return fault.Wrap(err, "audit", title)
}

// empty reports whether a value is a field's unset one.
func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case int64:
		return v == 0
	case bool:
		return !v
	case decimal.Decimal:
		return v.IsZero()
	}
	return fmt.Sprint(v) == ""
}

func same(a, b any) bool {
	if empty(a) || empty(b) {
		return empty(a) && empty(b)
	}
	if x, ok := a.(decimal.Decimal); ok {
		y, ok := b.(decimal.Decimal)
		return ok && x.Cmp(y) == 0
	}
	return fmt.Sprint(a) == fmt.Sprint(b)
}
