package addon

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/girosync/girosync/addon/orm"
)

// Addon is one addon's manifest.
type Addon struct {
	Name    string // technical: "account"
	Label   string
	Summary string
	Version string
	Depends []string
	Part    orm.Part
	// Install puts the addon's own data into a database. It must be
	// idempotent: it runs at creation and at every upgrade.
	Install func(env *orm.Env, setup Setup) error
	// Finish runs when every addon is installed; idempotent too.
	Finish func(env *orm.Env, setup Setup) error
	// Restored runs, with all rights, in a database that was filled from another
	// one's data: a copy, beside which the other goes on, or, when not copied,
	// what takes the other's place.
	Restored func(env *orm.Env, copied bool) error
	// Upgrades are what databases of older versions need, the oldest first.
	Upgrades []Upgrade
}

// Upgrade is a step that a database needs once, when it was made by a version of
// the addon that did not have the step yet. A fresh database, and one that the
// addon is new in, only records it as done.
//
// The steps of all addons run in the addons' order of dependency: first those
// before the tables, then the tables are made to fit, then the other steps, and
// last Install. Each runs with all rights in a transaction of its own, and is
// recorded in it. One that fails changes nothing, and the database stays closed
// until it succeeds.
type Upgrade struct {
	// Name tells the step in errors and in the record, as "2 amounts have signs".
	// It is unique in the addon. A step that was released keeps its name and
	// stays in the list: a database that knows a step more was upgraded by a
	// newer version, and is refused.
	Name string
	// BeforeTables runs the step while the tables are still the older version's,
	// for what would stand in the way of the new ones, such as values that must
	// differ from now on. It has nothing but [orm.Env.SQL]. A dump of the older
	// version can then no longer be restored: its rows enter new tables. Prefer
	// a step after the tables, which sees the columns that no descriptor mentions
	// any more, too: nothing drops them.
	BeforeTables bool
	Do           func(env *orm.Env) error
}

// Setup is what the owner of a new database chooses.
type Setup struct {
	Company  string // its name; "My Company" if empty
	Currency string // ISO 4217; "USD" if empty
	Country  string // ISO 3166-1 alpha-2; "US" if empty
	Language string // "en_US" if empty
	Login    string // of the administrator; "admin" if empty
	Password string // of the administrator; kept as it is when empty and known
	Journals bool   // whether to make the journals that every company has
	Addons   []Addon
}

// Join orders addons so that each comes after those it depends on, and makes
// the registry of their models. All mistakes are named at once.
func Join(addons ...Addon) ([]Addon, *orm.Registry, error) {
	ordered, err := order(addons)
	if err := errors.Join(err, checkUpgrades(addons)); err != nil {
		return nil, nil, err
	}
	parts := make([]orm.Part, len(ordered))
	for i, a := range ordered {
		parts[i] = a.Part
		parts[i].Name = a.Name
	}
	registry, err := orm.NewRegistry(parts...)
	if err != nil {
		return nil, nil, fmt.Errorf("join addons: %w", err)
	}
	return ordered, registry, nil
}

// Install runs every addon's Install in order, in one transaction with all
// rights. An upgrade that fails leaves the data as it was.
func Install(ctx context.Context, db *orm.Database, ordered []Addon, setup Setup) error {
	setup.Addons = ordered
	system := orm.Principal{System: true}
	return db.Within(ctx, system, orm.TxWrite, func(env *orm.Env) error {
		for _, a := range ordered {
			if a.Install == nil {
				continue
			}
			if err := a.Install(env, setup); err != nil {
				return fmt.Errorf("install %s: %w", a.Name, err)
			}
		}
		for _, a := range ordered {
			if a.Finish == nil {
				continue
			}
			if err := a.Finish(env, setup); err != nil {
				return fmt.Errorf("finish %s: %w", a.Name, err)
			}
		}
		return nil
	})
}

// Restored runs every addon's Restored in order, in one transaction.
func Restored(ctx context.Context, db *orm.Database, ordered []Addon, copied bool) error {
	return db.Within(ctx, orm.Principal{System: true}, orm.TxWrite, func(env *orm.Env) error {
		for _, a := range ordered {
			if a.Restored == nil {
				continue
			}
			if err := a.Restored(env, copied); err != nil {
				return fmt.Errorf("restored %s: %w", a.Name, err)
			}
		}
		return nil
	})
}

// checkUpgrades refuses steps that could not be recorded, or told apart.
func checkUpgrades(addons []Addon) error {
	var mistakes []error
	for _, a := range addons {
		seen := map[string]bool{}
		for _, u := range a.Upgrades {
			switch {
			case u.Name == "" || strings.ContainsAny(u.Name, "\r\n") || u.Do == nil:
				mistakes = append(mistakes,
					fmt.Errorf("addon %s: upgrade %q: needs a name of one line and something to do", a.Name, u.Name))
			case seen[u.Name]:
				mistakes = append(mistakes, fmt.Errorf("addon %s: upgrade %q: given twice", a.Name, u.Name))
			}
			seen[u.Name] = true
		}
	}
	return errors.Join(mistakes...)
}

// order sorts addons by dependency, keeping the given order where it can.
func order(addons []Addon) ([]Addon, error) {
	byName := make(map[string]Addon, len(addons))
	var mistakes []error
	for _, a := range addons {
		if _, twice := byName[a.Name]; twice {
			mistakes = append(mistakes, fmt.Errorf("addon %s: given twice", a.Name))
		}
		byName[a.Name] = a
	}
	const visiting, done = 1, 2
	state := map[string]int{}
	var ordered []Addon
	var visit func(a Addon)
	visit = func(a Addon) {
		state[a.Name] = visiting
		for _, need := range a.Depends {
			next, ok := byName[need]
			switch {
			case !ok:
				mistakes = append(mistakes, fmt.Errorf("addon %s: depends on %s, which is absent", a.Name, need))
			case state[need] == visiting:
				mistakes = append(mistakes, fmt.Errorf("addon %s: depends on %s, which depends on it", a.Name, need))
			case state[need] == 0:
				visit(next)
			}
		}
		state[a.Name] = done
		ordered = append(ordered, a)
	}
	for _, a := range addons {
		if state[a.Name] == 0 {
			visit(a)
		}
	}
	return ordered, errors.Join(mistakes...)
}
