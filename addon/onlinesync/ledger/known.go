package ledger

import (
	"slices"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// bulk is how many ids one query asks for.
const bulk = 1000

var knownFields = []string{"source", "identifier", "fingerprint", "occurrence", "status", "date", "value_date", "amount",
	"payment_ref", "partner_name", "account_number", "line_id", "line_deleted", "run", "merged_into"}

// Known reads what the ledger knows of what was told, with a number of
// queries that grows with the pages and not with the rows.
func Known(env *orm.Env, account int64, told *importing.Told) ([]*importing.Known, error) {
	of := domain.Where("account_id", domain.Eq, account)
	total, err := env.Count(record.Transactions, of, 1)
	if err != nil || total == 0 {
		return nil, err
	}
	l := &ledger{env: env, account: of, byID: map[int64]*importing.Known{}, byIdent: map[importing.Ident]bool{}}
	if first, last := told.Days(); first != "" {
		if err := l.load(domain.Where("fingerprint", domain.Ge, importing.FingerprintsFrom(first)),
			domain.Where("fingerprint", domain.Lt, importing.FingerprintsFrom(last.AddDays(1)))); err != nil {
			return nil, err
		}
	}
	if err := l.load(domain.Where("pending_since", domain.Ne, nil)); err != nil {
		return nil, err
	}
	// Counted no further than needed: an account may have a million.
	if total, err = env.Count(record.Transactions, of, len(l.list)+1); err != nil {
		return nil, err
	}
	if len(l.list) < total {
		if err := l.loadIDs(told); err != nil {
			return nil, err
		}
	}
	if err := l.loadAliases(told); err != nil {
		return nil, err
	}
	if err := l.loadStandIns(); err != nil {
		return nil, err
	}
	return l.list, l.loadAsked(account)
}

// Rows reads ledger rows by their ids; what is not there is left out.
func Rows(env *orm.Env, ids ...int64) (map[int64]*importing.Known, error) {
	l := &ledger{env: env, byID: map[int64]*importing.Known{}, byIdent: map[importing.Ident]bool{}}
	err := l.loadRows(ids)
	return l.byID, err
}

func (l *ledger) ids() []int64 {
	out := make([]int64, len(l.list))
	for i, k := range l.list {
		out[i] = k.ID
	}
	return out
}

// loadStandIns reads the rows that stand for others.
func (l *ledger) loadStandIns() error {
	var missing []int64
	for _, k := range l.list {
		if k.Into != 0 && l.byID[k.Into] == nil {
			missing = append(missing, k.Into)
		}
	}
	for chunk := range slices.Chunk(missing, bulk) {
		if err := l.loadRows(chunk); err != nil {
			return err
		}
	}
	return nil
}

// loadAsked marks the rows about which a question is open.
func (l *ledger) loadAsked(account int64) error {
	rows, err := l.env.SearchRead(record.Reviews, domain.All(domain.Where("account_id", domain.Eq, account),
		domain.Where("state", domain.Eq, record.ReviewOpen)),
		[]string{"transaction_id", "other_id"}, orm.SearchOptions{})
	if err != nil {
		return err
	}
	for row := range rows.All() {
		for _, field := range []string{"transaction_id", "other_id"} {
			if k := l.byID[row.Ref(field)]; k != nil {
				k.Asked = true
			}
		}
	}
	return nil
}

type ledger struct {
	env     *orm.Env
	account domain.Node
	list    []*importing.Known
	byID    map[int64]*importing.Known
	byIdent map[importing.Ident]bool
}

func (l *ledger) load(where ...domain.Node) error {
	rows, err := l.env.SearchRead(record.Transactions, domain.All(append([]domain.Node{l.account}, where...)...), knownFields,
		orm.SearchOptions{Order: "id"})
	if err != nil {
		return err
	}
	l.take(rows)
	return nil
}

// loadRows reads rows by their ids; what is not there is left out.
func (l *ledger) loadRows(ids []int64) error {
	rows, err := l.env.SearchRead(record.Transactions, domain.Where("id", domain.In, record.IDs(ids)), knownFields,
		orm.SearchOptions{Order: "id"})
	if err != nil {
		return err
	}
	l.take(rows)
	return nil
}

func (l *ledger) take(rows *orm.Rows) {
	for row := range rows.All() {
		if l.byID[row.ID()] != nil {
			continue
		}
		k := &importing.Known{
			ID: row.ID(), Ident: importing.Ident{Source: row.Str("source"), ID: row.Str("identifier")}, Fingerprint: row.Str("fingerprint"),
			Occurrence: int(row.Int("occurrence")), Status: importing.Status(row.Str("status")), Date: row.Date("date"),
			ValueDate: row.Date("value_date"), Amount: row.Decimal("amount").Trim(0), Text: row.Str("payment_ref"),
			Partner: row.Str("partner_name"),
			Counter: row.Str("account_number"), Line: row.Ref("line_id"), Deleted: row.Bool("line_deleted"), Run: row.Int("run"),
			Into: row.Ref("merged_into"),
		}
		// A line that went without its hook being asked was deleted all the same.
		k.Deleted = k.Deleted || k.Status == importing.Posted && k.Line == 0 && k.Into == 0
		l.list = append(l.list, k)
		l.byID[k.ID] = k
		l.byIdent[k.Ident] = true
	}
}

// loadIDs reads the rows whose own id was told and that lie outside the days.
func (l *ledger) loadIDs(told *importing.Told) error {
	missing := slices.DeleteFunc(told.IDs(), func(id string) bool { return l.byIdent[importing.Ident{Source: told.Source, ID: id}] })
	for chunk := range slices.Chunk(missing, bulk) {
		if err := l.load(domain.Where("source", domain.Eq, told.Source),
			domain.Where("identifier", domain.In, record.Strings(chunk))); err != nil {
			return err
		}
	}
	return nil
}

// loadAliases reads the further ids of the rows that were read, and the rows
// that have one of the ids told as a further id.
func (l *ledger) loadAliases(told *importing.Told) error {
	any, err := l.env.Count(record.Aliases, l.account, 1)
	if err != nil || any == 0 {
		return err
	}
	missing := slices.DeleteFunc(told.IDs(), func(id string) bool { return l.byIdent[importing.Ident{Source: told.Source, ID: id}] })
	for chunk := range slices.Chunk(missing, bulk) {
		rows, err := l.env.SearchRead(record.Aliases, domain.All(l.account, domain.Where("source", domain.Eq, told.Source),
			domain.Where("identifier", domain.In, record.Strings(chunk))), []string{"transaction_id"}, orm.SearchOptions{Order: "id"})
		if err != nil {
			return err
		}
		var far []int64
		for row := range rows.All() {
			if id := row.Ref("transaction_id"); l.byID[id] == nil {
				far = append(far, id)
			}
		}
		if len(far) > 0 {
			if err := l.load(domain.Where("id", domain.In, record.IDs(far))); err != nil {
				return err
			}
		}
	}
	for chunk := range slices.Chunk(l.ids(), bulk) {
		rows, err := l.env.SearchRead(record.Aliases, domain.Where("transaction_id", domain.In, record.IDs(chunk)),
			[]string{"transaction_id", "source", "identifier", "retired"}, orm.SearchOptions{Order: "id"})
		if err != nil {
			return err
		}
		for row := range rows.All() {
			k := l.byID[row.Ref("transaction_id")]
			k.Aliases = append(k.Aliases, importing.Alias{
				Ident: importing.Ident{Source: row.Str("source"), ID: row.Str("identifier")}, Retired: row.Bool("retired")})
		}
	}
	return nil
}
