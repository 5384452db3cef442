package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/rpc"
	"github.com/girosync/girosync/server/databases"
	"github.com/girosync/girosync/server/entrance"
)

// opener opens databases for rpc: an unknown name is a fault of kind Missing.
type opener struct{ *databases.Manager }

func (o opener) Open(ctx context.Context, name string) (*orm.Database, error) {
	db, err := o.Manager.Open(ctx, name)
	if errors.Is(err, databases.ErrUnknown) {
		return nil, fault.New(fault.Missing, "database %q does not exist", name).Because(err)
	}
	return db, err
}

// keeper changes whole databases for clients that know the master password.
type keeper struct {
	*entrance.Master
	databases *databases.Manager
	prepare   func(ctx context.Context, db *orm.Database) error
	log       *slog.Logger
}

var _ rpc.Keeper = keeper{}

func (k keeper) Create(ctx context.Context, name string, asked rpc.NewDatabase) error {
	setup := addon.Setup{Login: asked.Login, Password: asked.Password, Country: strings.ToUpper(asked.Country)}
	if setup.Country != "" {
		setup.Currency = base.CurrencyOf(setup.Country)
	}
	if slices.Contains([]string{"en_US", "nl_NL"}, asked.Language) {
		setup.Language = asked.Language
	}
	db, err := k.databases.Init(ctx, name, setup, nil)
	return k.made(ctx, name, db, err)
}

// made lists the banks in a new database; a host does it again later.
func (k keeper) made(ctx context.Context, name string, db *orm.Database, err error) error {
	if err != nil {
		return databaseFault(name, err)
	}
	if err := k.prepare(ctx, db); err != nil {
		k.log.Warn("not all institutions could be listed", "database", name, "error", err)
	}
	return nil
}

func (k keeper) Duplicate(ctx context.Context, name, as string) error {
	_, err := k.databases.Duplicate(ctx, name, as, nil)
	if errors.Is(err, databases.ErrUnknown) {
		as = name
	}
	return databaseFault(as, err)
}

func (k keeper) Drop(ctx context.Context, name string) (bool, error) {
	err := k.databases.Drop(ctx, name)
	if errors.Is(err, databases.ErrUnknown) {
		return false, nil
	}
	return err == nil, err
}

func (k keeper) Dump(ctx context.Context, name string, w io.Writer) error {
	return databaseFault(name, k.databases.Dump(ctx, name, w, nil))
}

func (k keeper) Restore(ctx context.Context, name string, r io.Reader, copied bool) error {
	_, err := k.databases.Restore(ctx, name, r, copied, nil)
	return databaseFault(name, err)
}

func (k keeper) Rename(ctx context.Context, from, to string) error {
	err := k.databases.Rename(ctx, from, to)
	if errors.Is(err, databases.ErrExists) || errors.Is(err, databases.ErrName) {
		return databaseFault(to, err)
	}
	return databaseFault(from, err)
}

func (k keeper) Countries() [][2]string { return base.Countries() }

// databaseFault tells what the manager refuses in the words of rpc.
func databaseFault(name string, err error) error {
	switch {
	case errors.Is(err, databases.ErrExists):
		return errors.Join(rpc.ErrDatabaseExists, err)
	case errors.Is(err, databases.ErrUnknown):
		return fault.New(fault.Missing, "database %q does not exist", name).Because(err)
	case errors.Is(err, databases.ErrName):
		return fault.Say(fault.User, "db.name", nil).Because(err)
	case errors.Is(err, databases.ErrInUse):
		return fault.Say(fault.User, "db.in_use", fault.Args{"database": name}).Because(err)
	}
	return err
}
