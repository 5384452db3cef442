package base

import (
	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/orm"
)

// Hasher hashes and checks passwords.
type Hasher interface {
	Hash(password string) (string, error)
	// Verify reports whether the password belongs to the hash.
	Verify(hash, password string) (bool, error)
}

// Base is the addon with what it needs from outside.
type Base struct{ hasher Hasher }

// New makes the addon.
func New(hasher Hasher) *Base { return &Base{hasher: hasher} }

// Addon is the manifest.
func (b *Base) Addon() addon.Addon {
	return addon.Addon{
		Name: "base", Label: "Base", Version: "18.0.1.0",
		Summary: "Users, companies, partners, currencies and banks",
		Part: orm.Part{Models: []orm.Model{
			group, b.users(), apiKey, company, partner, currencyModel, country, bank, partnerBank, languageModel,
			parameter, cron, module, irModel, irField, irAccess, irRule, irData, attachment, attachmentContent,
		}, Extensions: []orm.Extension{Attachable("res.partner")}},
		Install:  b.install,
		Finish:   describeModels,
		Restored: newIdentity,
	}
}

// The groups that access rights name, by external id.
const (
	GroupUser   = "base.group_user"   // every employee
	GroupSystem = "base.group_system" // settings
	GroupERP    = "base.group_erp_manager"
	GroupPublic = "base.group_public"
)

// everyone may read; the settings group may change.
func readable() orm.Access {
	return orm.Access{GroupUser: orm.Read, GroupSystem: orm.Change}
}
