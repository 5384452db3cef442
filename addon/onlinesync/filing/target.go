package filing

import (
	"context"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
)

func langOf(who orm.Principal) string {
	if _, given := who.Context["lang"]; !given && who.Language != "" {
		return who.Language
	}
	return who.Context.Lang()
}

// fileTarget is the journal that a file goes to.
type fileTarget struct {
	name    string
	number  string // sanitised; "" when the journal has none
	company int64
	money   int64
	account *record.Account
	now     time.Time
	saved   map[string]string // how files of the journal are read
	lang    string
}

// isAbout reports whether an account number may be the journal's. Banks shorten
// IBANs to the national number in some formats.
func (t *fileTarget) isAbout(number string) bool {
	number = base.SanitizeAccountNumber(number)
	return number == "" || t.number == "" || number == t.number ||
		len(number) >= 8 && strings.HasSuffix(t.number, number) || len(t.number) >= 8 && strings.HasSuffix(number, t.number)
}

// target reads the journal that a file goes to, if who may import there.
func (d *Desk) target(ctx context.Context, db *orm.Database, who orm.Principal, journal int64) (*fileTarget, error) {
	var t *fileTarget
	err := db.Within(ctx, who, orm.TxRead, func(env *orm.Env) error {
		if err := env.CheckAccess(record.Lines, orm.Create); err != nil {
			return err
		}
		if err := env.CheckRules(record.Journals, []int64{journal}, orm.Read); err != nil {
			return err
		}
		env = env.Sudo()
		rows, err := env.Read(record.Journals, []int64{journal}, "name", "code", "company_id", "currency_id", "bank_acc_number",
			"account_online_account_id",
			"bank_statement_creation_groupby")
		if err != nil {
			return err
		}
		if rows.Len() == 0 {
			return fault.Say(fault.Missing, "fault.missing", nil)
		}
		row := rows.At(0)
		saved, err := savedMapping(env, journal)
		if err != nil {
			return err
		}
		t = &fileTarget{saved: saved, name: row.Str("name"), number: base.SanitizeAccountNumber(row.Str("bank_acc_number")),
			company: row.Ref("company_id"), now: env.Now()}
		if t.money, err = record.JournalCurrency(env, row); err != nil {
			return err
		}
		if online := row.Ref("account_online_account_id"); online != 0 {
			if t.account, err = record.ReadAccount(env, online); err != nil || t.number != "" {
				return err
			}
			// What the journal was fed with says whose it is.
			fed, err := env.Read(record.Accounts, []int64{online}, "account_number")
			if err == nil && fed.Len() > 0 {
				t.number = base.SanitizeAccountNumber(fed.At(0).Str("account_number"))
			}
			return err
		}
		t.account = &record.Account{Journal: journal, JournalCode: row.Str("code"),
			Grouping: importing.Grouping(row.Str("bank_statement_creation_groupby"))}
		if t.account.Holder, err = record.HolderOf(env, t.company, t.number); err != nil {
			return err
		}
		money, err := env.Read("res.currency", []int64{t.money}, "name")
		if err != nil || money.Len() == 0 {
			return err
		}
		t.account.Currency = money.At(0).Str("name")
		t.account.Lock, err = record.LockDate(env, t.company)
		return err
	})
	return t, err
}
