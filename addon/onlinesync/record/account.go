package record

import (
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Account is an online account that feeds a journal.
type Account struct {
	ID          int64
	Further     int64  // the account.online.feed by which it is fed beside its own connection; 0 for none
	Key         string // the provider's id
	Name        string
	Currency    string
	Invert      bool
	Holder      importing.Holder
	Cursor      []byte
	ToldUnder   string // at the last complete fetch
	Fetched     bool
	Begun       bool // an import that brought lines was completed
	ImportFrom  schema.Date
	AskFrom     schema.Date // see importing.WindowRule
	Coverage    importing.Coverage
	Journal     int64
	JournalCode string
	Grouping    importing.Grouping
	LastLine    schema.Date
	Lock        schema.Date
}

// ReadAccountOf is the account as a connection brings it; nil when it is not there
// any more.
func ReadAccountOf(env *orm.Env, id, link int64) (*Account, error) {
	f, err := ReadAccount(env, id)
	if err != nil || f == nil {
		return nil, err
	}
	row, beside, err := FurtherOf(env, id, link)
	if err != nil || !beside {
		return f, err
	}
	f.Further, f.Key, f.ToldUnder = row.ID(), row.Str("online_identifier"), row.Str("told_under")
	f.Cursor, err = decodeCursor(row.Str("cursor"))
	return f, err
}

// ReadAccount returns nil when the account is not there any more.
func ReadAccount(env *orm.Env, id int64) (*Account, error) {
	rows, err := env.Read(Accounts, []int64{id}, "name", "online_identifier", "currency_id", "inverse_transaction_sign", "cursor",
		"fetched",
		"import_from", "coverage", "company_id", "begun", "told_under", "account_number", "ask_from")
	if err != nil || rows.Len() == 0 {
		return nil, err
	}
	row := rows.At(0)
	f := &Account{ID: id, Key: row.Str("online_identifier"), Name: row.Str("name"), Invert: row.Bool("inverse_transaction_sign"),
		Fetched: row.Bool("fetched"), Begun: row.Bool("begun"), ImportFrom: row.Date("import_from"), AskFrom: row.Date("ask_from"),
		ToldUnder: row.Str("told_under")}
	if f.Cursor, err = decodeCursor(row.Str("cursor")); err != nil {
		f.Cursor = nil // one that cannot be read is none: the days are asked for anew
	}
	if f.Coverage, err = importing.ParseCoverage(row.JSON("coverage")); err != nil {
		return nil, err
	}
	money, err := env.Read("res.currency", []int64{row.Ref("currency_id")}, "name")
	if err != nil || money.Len() == 0 {
		return nil, err
	}
	f.Currency = money.At(0).Str("name")
	if f.Holder, err = HolderOf(env, row.Ref("company_id"), row.Str("account_number")); err != nil {
		return nil, err
	}
	return f, readJournal(env, f, row.Ref("company_id"))
}

func readJournal(env *orm.Env, f *Account, company int64) error {
	rows, err := env.SearchRead(Journals, domain.Where("account_online_account_id", domain.Eq, f.ID),
		[]string{"code", "bank_statement_creation_groupby"}, orm.SearchOptions{Order: "id", Limit: 1})
	if err != nil || rows.Len() == 0 {
		return err
	}
	row := rows.At(0)
	f.Journal, f.JournalCode, f.Grouping = row.ID(), row.Str("code"), importing.Grouping(row.Str("bank_statement_creation_groupby"))
	last, err := env.SearchRead(Lines, domain.Where("journal_id", domain.Eq, f.Journal), []string{"date"},
		orm.SearchOptions{Order: "internal_index desc", Limit: 1})
	if err != nil {
		return err
	}
	if last.Len() > 0 {
		f.LastLine = last.At(0).Date("date")
	}
	f.Begun = f.Begun && f.LastLine != "" // emptied, it begins anew
	f.Lock, err = LockDate(env, company)
	return err
}

// LockDate is the last day that a company closed.
func LockDate(env *orm.Env, company int64) (schema.Date, error) {
	rows, err := env.Read("res.company", []int64{company}, "fiscalyear_lock_date", "hard_lock_date")
	if err != nil || rows.Len() == 0 {
		return "", err
	}
	return max(rows.At(0).Date("fiscalyear_lock_date"), rows.At(0).Date("hard_lock_date")), nil
}

// HolderOf is who owns an account of a company, as its bank may name them.
func HolderOf(env *orm.Env, company int64, number string) (importing.Holder, error) {
	h := importing.Holder{Number: base.SanitizeAccountNumber(number)}
	rows, err := env.Read("res.company", []int64{company}, "name")
	if err != nil || rows.Len() == 0 {
		return h, err
	}
	h.Names = []string{rows.At(0).Str("name")}
	return h, nil
}

// FloorOf is the first day that may be imported.
func FloorOf(account *Account) schema.Date {
	if account.Lock == "" {
		return account.ImportFrom
	}
	return max(account.ImportFrom, account.Lock.AddDays(1))
}

// JournalCurrency is a journal's currency: its own, else its company's.
func JournalCurrency(env *orm.Env, journal orm.Row) (int64, error) {
	if id := journal.Ref("currency_id"); id != 0 {
		return id, nil
	}
	rows, err := env.Sudo().Read("res.company", []int64{journal.Ref("company_id")}, "currency_id")
	if err != nil || rows.Len() == 0 {
		return 0, err
	}
	return rows.At(0).Ref("currency_id"), nil
}

// CompanyOf is a journal's company; 0 when the journal is not there.
func CompanyOf(env *orm.Env, journal int64) (int64, error) {
	rows, err := env.Read(Journals, []int64{journal}, "company_id")
	if err != nil || rows.Len() == 0 {
		return 0, err
	}
	return rows.At(0).Ref("company_id"), nil
}
