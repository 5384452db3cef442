package base

import (
	"context"
	"time"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/orm"
)

// Hasher hashes and checks passwords.
type Hasher interface {
	Hash(password string) (string, error)
	// Verify reports whether the password belongs to the hash.
	Verify(hash, password string) (bool, error)
	// Nobody is a hash that no password has, at the cost of new ones.
	Nobody() string
}

// Session is one log-in of a user, as its owner sees it.
type Session struct {
	Key     string // what the host knows it by; not for users
	Name    string // what users know it by
	Address string
	Agent   string
	Created time.Time
	Used    time.Time
	Expires time.Time
}

// Sessions are the log-ins, which the host keeps outside the databases.
type Sessions interface {
	// Of lists a user's, the last used first.
	Of(ctx context.Context, database string, uid int64) ([]Session, error)
	// EndOf ends a user's, but for the one whose key is stays.
	EndOf(ctx context.Context, database string, uid int64, stays string) error
	// EndNamed ends some of a user's and returns how many there were.
	EndNamed(ctx context.Context, database string, uid int64, names []string) (int, error)
}

// Guard slows down who guesses: it runs check, unless somebody tried too often.
// It returns a fault of kind Unauthenticated when check says no.
type Guard func(ctx context.Context, database, login, address string, check func() (bool, error)) error

// Options is what the addon needs from outside.
type Options struct {
	Hasher Hasher
	// Sessions may be nil: then there are none to list or end.
	Sessions Sessions
	// Guard may be nil: then nobody is slowed down.
	Guard Guard
	// MinPassword is how many characters a chosen password must have; 0 is 1.
	MinPassword int
}

// Base is the addon with what it needs from outside.
type Base struct {
	hasher Hasher
	opt    Options
}

// New makes the addon with a hasher alone.
func New(hasher Hasher) *Base { return With(Options{Hasher: hasher}) }

// With makes the addon.
func With(opt Options) *Base {
	if opt.Sessions == nil {
		opt.Sessions = noSessions{}
	}
	if opt.Guard == nil {
		opt.Guard = unguarded
	}
	return &Base{hasher: opt.Hasher, opt: opt}
}

// Addon is the manifest.
func (b *Base) Addon() addon.Addon {
	return addon.Addon{
		Name: "base", Label: "Base", Version: "18.0.1.0",
		Summary: "Users, companies, partners, currencies and banks",
		Part: orm.Part{Labels: map[string][]byte{"nl": dutch}, Abstract: map[string]string{"base": "Base"}, Models: []orm.Model{
			group, b.users(), b.apiKey(), b.apiKeyWizard(), company, partner, partnerCategory, currencyModel, country, countryState,
			bank, partnerBank, languageModel, parameter, cron, module, irModel, irField, irAccess, irRule, irData,
			attachment, attachmentContent, report,
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
	// GroupPartner may make and change contacts and their bank accounts.
	GroupPartner = "base.group_partner_manager"
	// GroupDocumentation may read what may be called, at /doc; administrators belong to it.
	GroupDocumentation = "api_doc.group_allow_doc"
)

// everyone may read; the settings group may change.
func readable() orm.Access {
	return orm.Access{GroupUser: orm.Read, GroupSystem: orm.Change}
}
