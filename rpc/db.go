package rpc

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/girosync/girosync/addon/fault"
)

// languages that the host speaks, as [code, name].
var languages = []any{[]any{"en_US", "English (US)"}, []any{"nl_NL", "Dutch / Nederlands"}}

// db is the service of databases. What changes databases belongs to the
// command line until a master password is set, so it is refused here.
func (s *Server) db(r *http.Request, method string, args []any) (*[]byte, error) {
	switch method {
	case "list":
		return s.listDatabases(r)
	case "db_exist":
		if len(args) != 1 {
			return nil, missingArguments("exp_db_exist()", []string{"'db_name'"})
		}
		names, err := s.opt.Databases.Names(r.Context())
		if err != nil {
			return nil, err
		}
		name, _ := args[0].(string)
		return encoded(slices.Contains(names, name))
	case "list_lang":
		return encoded(languages)
	case "server_version":
		return encoded(Version()["server_version"])
	case "create_database", "duplicate_database", "drop", "dump", "restore", "rename", "change_admin_password",
		"migrate_databases", "list_countries":
		return nil, errDenied
	}
	return nil, fault.New(fault.Key, "Method not found: %s", method)
}

func (s *Server) listDatabases(r *http.Request) (*[]byte, error) {
	if !s.opt.ListNames {
		return nil, errDenied
	}
	names, err := s.opt.Databases.Names(r.Context())
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
	return s.listDatabases(r)
}

func (s *Server) languages(*http.Request, http.ResponseWriter, json.RawMessage) (*[]byte, error) {
	return encoded(languages)
}
