package notice

import (
	"context"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// person is a user who may hear of notices.
type person struct {
	id, partner int64
	email       string // "" for none that can be written to
	companies   []int64
	keeper      bool // may change connections
	operator    bool // runs the server
	choice      choice
}

// people finds, in a database, who may look at connections. What they chose is
// read with them.
func people(ctx context.Context, db *orm.Database) (list []person, err error) {
	err = db.Within(ctx, record.System(), orm.TxRead, func(env *orm.Env) error {
		list = nil
		rows, err := env.SearchRead("res.users", domain.Where("id", domain.Ne, base.SystemUser), []string{"login", "email", "lang", "tz"},
			orm.SearchOptions{Order: "id"})
		if err != nil {
			return err
		}
		chosen, err := choices(env)
		if err != nil {
			return err
		}
		for row := range rows.All() {
			as, err := env.As(row.ID())
			if err != nil {
				return err
			}
			if !as.May(record.Links, orm.Read) {
				continue
			}
			user := as.User()
			p := person{id: user.ID, partner: user.Partner, companies: user.Companies, keeper: as.May(record.Links, orm.Write),
				operator: as.HasGroup(base.GroupSystem), email: address(row.Str("email"), row.Str("login"))}
			p.choice = chosen.of(user.ID, row.Str("lang"), zoneNamed(row.Str("tz")))
			list = append(list, p)
		}
		return nil
	})
	return list, err
}

// address is the first of texts that is an e-mail address.
func address(texts ...string) string {
	for _, text := range texts {
		text = strings.TrimSpace(text)
		if a, err := mail.ParseAddress(text); err == nil && a.Address == text {
			return text
		}
	}
	return ""
}

// zoneNamed is a time zone by its name; UTC for a name that is none.
func zoneNamed(name string) *time.Location {
	if name == "" || name == "Local" { // the machine's is nobody's
		return time.UTC
	}
	found, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return found
}

// way is how a person hears of a kind of notice. Only who may work in the
// connection's company hears of it at all.
func (p *person) way(it *item) Way {
	if !slices.Contains(p.companies, it.company) {
		return Nothing
	}
	if chosen := p.choice.ways[it.Kind]; chosen != "" {
		return chosen
	}
	switch {
	case it.acts == operator && p.operator, it.acts == keeper && p.keeper:
		return Both
	case p.keeper:
		return Dashboard
	}
	return Nothing
}
