package rpc

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/fault"
)

// Keeper makes, copies and deletes databases for who knows the master password.
// What it refuses is a fault; a name that is taken is ErrDatabaseExists.
type Keeper interface {
	// Authorise refuses (Unauthenticated) who does not give the master password.
	Authorise(ctx context.Context, address, password string) error
	ChangePassword(ctx context.Context, password string) error
	Create(ctx context.Context, name string, setup NewDatabase) error
	Duplicate(ctx context.Context, name, as string) error
	// Drop reports whether there was such a database.
	Drop(ctx context.Context, name string) (bool, error)
	Dump(ctx context.Context, name string, w io.Writer) error
	// Restore makes a copy, or what takes the original's place.
	Restore(ctx context.Context, name string, r io.Reader, copied bool) error
	Rename(ctx context.Context, from, to string) error
	// Countries are [code, name], by name.
	Countries() [][2]string
}

// NewDatabase is what is asked for of a new database.
type NewDatabase struct{ Language, Login, Password, Country string }

// ErrDatabaseExists is a Keeper's answer to a name that is taken.
var ErrDatabaseExists = errors.New("database exists already")

// languages that the host speaks, as [code, name].
var languages = []any{[]any{"en_US", "English (US)"}, []any{"nl_NL", "Dutch / Nederlands"}}

// dbMethod is a method of the service db. Its parameters after required ones
// may be left out.
type dbMethod struct {
	open     bool // for everyone; others take the master password first
	required []string
	optional int
	do       func(s *Server, ctx context.Context, args dbArgs) (*[]byte, error)
}

// dbMethods is the service db, whichever door a call comes through.
var dbMethods = map[string]dbMethod{
	"list": {open: true, optional: 1,
		do: func(s *Server, ctx context.Context, _ dbArgs) (*[]byte, error) { return s.listDatabases(ctx) }},
	"db_exist":  {open: true, required: []string{"db_name"}, do: databaseExists},
	"list_lang": {open: true, do: func(*Server, context.Context, dbArgs) (*[]byte, error) { return encoded(languages) }},
	"server_version": {open: true,
		do: func(*Server, context.Context, dbArgs) (*[]byte, error) { return encoded(Version()["server_version"]) }},

	"create_database":       {required: []string{"db_name", "demo", "lang"}, optional: 4, do: createDatabase},
	"duplicate_database":    {required: []string{"db_original_name", "db_name"}, optional: 1, do: duplicateDatabase},
	"drop":                  {required: []string{"db_name"}, do: dropDatabase},
	"dump":                  {required: []string{"db_name", "format"}, do: dumpDatabase},
	"restore":               {required: []string{"db_name", "data"}, optional: 1, do: restoreDatabase},
	"rename":                {required: []string{"old_name", "new_name"}, do: renameDatabase},
	"change_admin_password": {required: []string{"new_password"}, do: changeMasterPassword},
	"list_countries":        {do: listCountries},
	"migrate_databases":     {required: []string{"databases"}, do: migrateDatabases},
}

// db is the service of databases. Its long work ends when it is done or its own
// time is over, not when the client has gone.
func (s *Server) db(r *http.Request, method string, args []any) (*[]byte, error) {
	pause(r)
	m, ok := dbMethods[method]
	if !ok {
		return nil, fault.New(fault.Key, "Method not found: %s", method)
	}
	if !m.open {
		if len(args) == 0 {
			return nil, &named{"builtins.IndexError", "list index out of range"}
		}
		password, _ := args[0].(string)
		if s.opt.Keeper == nil {
			return nil, errDenied
		}
		if err := s.opt.Keeper.Authorise(r.Context(), addressOf(r), password); err != nil {
			return nil, err
		}
		introduce(r)
		args = args[1:]
	}
	if len(args) < len(m.required) {
		missing := m.required[len(args):]
		quoted := make([]string, len(missing))
		for i, name := range missing {
			quoted[i] = "'" + name + "'"
		}
		return nil, missingArguments("exp_"+method+"()", quoted)
	}
	if most := len(m.required) + m.optional; len(args) > most {
		return nil, fault.New(fault.Type, "exp_%s() takes %d positional arguments but %d were given", method, most, len(args))
	}
	if m.open {
		return m.do(s, r.Context(), dbArgs{args})
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), s.opt.Limits.DatabaseTime)
	defer cancel()
	reply, err := m.do(s, ctx, dbArgs{args})
	if errors.Is(err, context.DeadlineExceeded) {
		err = fault.Say(fault.User, "db.too_long", fault.Args{"time": s.opt.Limits.DatabaseTime.String()}).Because(err)
	}
	return reply, err
}

// dbArgs are a method's arguments, the master password taken off.
type dbArgs struct{ list []any }

// text is an argument that must be a text; "" if it was left out.
func (a dbArgs) text(name string, i int) (string, error) {
	if i >= len(a.list) || a.list[i] == nil || a.list[i] == false {
		return "", nil
	}
	return text(name, a.list[i])
}

// name is an argument that names a database.
func (a dbArgs) name(i int) (string, error) { return text("db_name", a.list[i]) }

func (s *Server) listDatabases(ctx context.Context) (*[]byte, error) {
	if !s.opt.ListNames {
		return nil, errDenied
	}
	names, err := s.opt.Databases.Names(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]any, len(names))
	for i, name := range names {
		list[i] = name
	}
	return encoded(list)
}

func (s *Server) databaseList(r *http.Request, _ http.ResponseWriter, _ json.RawMessage) (*[]byte, error) {
	return s.listDatabases(r.Context())
}

func (s *Server) languages(*http.Request, http.ResponseWriter, json.RawMessage) (*[]byte, error) {
	return encoded(languages)
}

func databaseExists(s *Server, ctx context.Context, args dbArgs) (*[]byte, error) {
	names, err := s.opt.Databases.Names(ctx)
	if err != nil {
		return nil, err
	}
	name, _ := args.list[0].(string)
	return encoded(slices.Contains(names, name))
}

// createDatabase takes db_name, demo, lang, user_password, login, country_code
// and phone. Demonstration data is not made, and the phone is not kept.
func createDatabase(s *Server, ctx context.Context, args dbArgs) (*[]byte, error) {
	name, err := args.name(0)
	if err != nil {
		return nil, err
	}
	setup := NewDatabase{Login: "admin", Password: "admin"}
	for _, member := range []struct {
		name string
		at   int
		to   *string
	}{{"lang", 2, &setup.Language}, {"user_password", 3, &setup.Password}, {"login", 4, &setup.Login},
		{"country_code", 5, &setup.Country}} {
		given, err := args.text(member.name, member.at)
		if err != nil {
			return nil, err
		}
		if given != "" {
			*member.to = given
		}
	}
	return done(name, s.opt.Keeper.Create(ctx, name, setup))
}

// duplicateDatabase takes db_original_name, db_name and neutralize: a copy's
// bank connections are disconnected whatever that says.
func duplicateDatabase(s *Server, ctx context.Context, args dbArgs) (*[]byte, error) {
	return fromTo(args, func(from, to string) error { return s.opt.Keeper.Duplicate(ctx, from, to) })
}

// fromTo changes one database into another, whose names come first.
func fromTo(args dbArgs, change func(from, to string) error) (*[]byte, error) {
	from, err := args.name(0)
	if err != nil {
		return nil, err
	}
	to, err := args.name(1)
	if err != nil {
		return nil, err
	}
	return done(to, unknownDatabase(from, change(from, to)))
}

func dropDatabase(s *Server, ctx context.Context, args dbArgs) (*[]byte, error) {
	name, err := args.name(0)
	if err != nil {
		return nil, err
	}
	was, err := s.opt.Keeper.Drop(ctx, name)
	if err != nil {
		return nil, err
	}
	return encoded(was)
}

// dumpDatabase takes db_name and format, and answers a dump in base64: there is
// one format only.
func dumpDatabase(s *Server, ctx context.Context, args dbArgs) (*[]byte, error) {
	name, err := args.name(0)
	if err != nil {
		return nil, err
	}
	file := bounded{most: s.opt.Limits.Body / 4 * 3} // what restore would take as a request
	if err := s.opt.Keeper.Dump(ctx, name, &file); err != nil {
		if file.full {
			err = fault.Say(fault.User, "db.dump_too_large", fault.Args{"limit": s.opt.Limits.Body, "database": name})
		}
		return nil, unknownDatabase(name, err)
	}
	reply := make([]byte, 0, base64.StdEncoding.EncodedLen(file.Len())+2)
	reply = append(base64.StdEncoding.AppendEncode(append(reply, '"'), file.Bytes()), '"')
	return &reply, nil
}

// bounded is a buffer that does not grow beyond a limit.
type bounded struct {
	bytes.Buffer
	most int64
	full bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if int64(b.Len()+len(p)) > b.most {
		b.full = true
		return 0, io.ErrShortBuffer
	}
	return b.Buffer.Write(p)
}

// restoreDatabase takes db_name, data in base64, and copy: whether the original
// goes on beside it.
func restoreDatabase(s *Server, ctx context.Context, args dbArgs) (*[]byte, error) {
	name, err := args.name(0)
	if err != nil {
		return nil, err
	}
	data, err := text("data", args.list[1])
	if err != nil {
		return nil, err
	}
	copied := len(args.list) > 2 && args.list[2] != nil && args.list[2] != false
	file := base64.NewDecoder(base64.StdEncoding, strings.NewReader(data))
	err = s.opt.Keeper.Restore(ctx, name, file, copied)
	if errors.Is(err, ErrDatabaseExists) {
		return nil, &named{"builtins.Exception", "Database already exists"}
	}
	return done(name, err)
}

func renameDatabase(s *Server, ctx context.Context, args dbArgs) (*[]byte, error) {
	return fromTo(args, func(from, to string) error { return s.opt.Keeper.Rename(ctx, from, to) })
}

func changeMasterPassword(s *Server, ctx context.Context, args dbArgs) (*[]byte, error) {
	password, err := text("new_password", args.list[0])
	if err != nil {
		return nil, err
	}
	return done("", s.opt.Keeper.ChangePassword(ctx, password))
}

func listCountries(s *Server, _ context.Context, _ dbArgs) (*[]byte, error) {
	var list []any
	for _, c := range s.opt.Keeper.Countries() {
		list = append(list, []any{c[0], c[1]})
	}
	return encoded(list)
}

// migrateDatabases opens databases, which brings them up to date.
func migrateDatabases(s *Server, ctx context.Context, args dbArgs) (*[]byte, error) {
	list, ok := args.list[0].([]any)
	if !ok {
		return nil, fault.New(fault.Type, "databases must be a list, not %s", typeName(args.list[0]))
	}
	for _, item := range list {
		name, err := text("db_name", item)
		if err != nil {
			return nil, err
		}
		if _, err := s.opt.Databases.Open(ctx, name); err != nil {
			return nil, unknownDatabase(name, err)
		}
	}
	return encoded(true)
}

// done is true, or what went wrong with a database's new name.
func done(name string, err error) (*[]byte, error) {
	if errors.Is(err, ErrDatabaseExists) {
		return nil, &named{"odoo.service.db.DatabaseExists", "database '" + name + "' already exists!"}
	}
	if err != nil {
		return nil, err
	}
	return encoded(true)
}
