package server

import (
	"context"
	"errors"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/server/databases"
)

// checkPages looks for damaged pages in the files of all databases and of the
// system store. Damage is said in the log, in /metrics, and to the database's
// administrators; one that cannot even be opened is checked as well.
func (w work) checkPages(ctx context.Context) error {
	names, err := w.databases.Names(ctx)
	errs := []error{err}
	var damage databases.Damage
	if err := w.databases.CheckSystem(ctx); errors.As(err, &damage) {
		w.log.Error("the system store is damaged", "damage", damage)
	} else {
		errs = append(errs, err)
	}
	for _, name := range names {
		switch err := w.databases.Check(ctx, name); {
		case errors.As(err, &damage):
			w.log.Error("a database is damaged", "database", name, "damage", damage)
			errs = append(errs, w.tellAdministrators(ctx, name))
		case !errors.Is(err, databases.ErrUnknown): // it was dropped meanwhile
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// tellAdministrators puts Odoo's notification on the bus, for each in their language.
func (w work) tellAdministrators(ctx context.Context, name string) error {
	db, err := w.databases.Open(ctx, name)
	if err != nil {
		return err
	}
	return db.Within(ctx, system, orm.TxWrite, func(env *orm.Env) error {
		group, err := base.Ref(env, base.GroupSystem)
		if err != nil {
			return err
		}
		people, err := env.SearchRead("res.users", domain.Where("groups_id", domain.In, []any{group}),
			[]string{"partner_id", "lang"}, orm.SearchOptions{})
		if err != nil {
			return err
		}
		for person := range people.All() {
			say := func(id string) string {
				return fault.Localize(fault.Say(fault.Unavailable, id, fault.Args{"database": name}), person.Str("lang"))
			}
			err := bus.Send(env, bus.Channel("res.partner", person.Ref("partner_id")), "simple_notification", map[string]any{
				"type": "danger", "sticky": true, "title": say("db.damaged_title"), "message": say("db.damaged")})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
