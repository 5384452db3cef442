package record

import (
	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// Model names.
const (
	Providers          = "account.online.provider"
	Institutions       = "account.online.institution"
	Links              = "account.online.link"
	Accounts           = "account.online.account"
	Flows              = "account.online.flow"
	Runs               = "account.online.run"
	Transactions       = "account.online.transaction"
	Aliases            = "account.online.transaction.alias"
	Staging            = "account.online.staging"
	Uses               = "account.online.use"
	Consents           = "account.online.consent"
	Declarations       = "account.online.declaration"
	Balances           = "account.online.balance"
	Reviews            = "account.online.review"
	FurtherConnections = "account.online.feed"
	Notices            = "account.online.notice"
	NoticeReaders      = "account.online.notice.reader"
	NoticeChoices      = "account.online.notice.choice"
	Hooks              = "account.online.hook"
	HookDeliveries     = "account.online.hook.delivery"
	Journals           = "account.journal"
	Statements         = "account.bank.statement"
	Lines              = "account.bank.statement.line"
)

// Readers are those who may look at connections.
func Readers() orm.Access {
	return orm.Access{
		account.GroupReadonly: orm.Read, account.GroupInvoice: orm.Read, account.GroupBasic: orm.Read,
		account.GroupUser: orm.Read, account.GroupManager: orm.Read, base.GroupSystem: orm.Read,
	}
}

// Keepers are those who may also change them.
func Keepers() orm.Access {
	access := Readers()
	for _, group := range []string{account.GroupBasic, account.GroupUser, account.GroupManager} {
		access[group] = orm.Change
	}
	return access
}

// CompanyOfAccount lets users see what belongs to accounts of their companies.
func CompanyOfAccount(env *orm.Env) (domain.Node, error) {
	return domain.Where("account_id.company_id", domain.In, IDs(env.Companies())), nil
}

// System has all rights: the host itself works.
func System() orm.Principal { return orm.Principal{System: true} }

// FilesProvider is the provider that reads the formats of statement files that
// are known everywhere.
const FilesProvider = "files"
