package rpc

import (
	"context"
	"errors"
	"log/slog"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/rpc/jsonrpc"
)

// exceptions names Odoo's exception for each kind of fault.
var exceptions = map[fault.Kind]string{
	fault.Invalid:         "odoo.exceptions.ValidationError",
	fault.User:            "odoo.exceptions.UserError",
	fault.Denied:          "odoo.exceptions.AccessError",
	fault.Unauthenticated: "odoo.exceptions.AccessDenied",
	fault.SessionExpired:  "odoo.http.SessionExpiredException",
	fault.Missing:         "odoo.exceptions.MissingError",
	fault.Conflict:        "odoo.exceptions.UserError",
	fault.Unavailable:     "odoo.exceptions.UserError",
	fault.Internal:        "builtins.Exception",
	fault.Value:           "builtins.ValueError",
	fault.Type:            "builtins.TypeError",
	fault.Key:             "builtins.KeyError",
	fault.Attribute:       "builtins.AttributeError",
	fault.NotFound:        "werkzeug.exceptions.NotFound",
}

// named is an error that answers with an exception of its own name, where
// clients of Odoo know one that is no kind of fault.
type named struct{ name, message string }

func (e *named) Error() string { return e.message }

// odooError turns any error into Odoo's. What is not for the client (causes,
// stacks, SQL) goes to the log under the reference that the client gets.
func (s *Server) odooError(err error, lang, what string) jsonrpc.Error {
	var said spoken
	if errors.As(err, &said) && said.lang != "" {
		lang = said.lang
	}
	var own *named
	if errors.As(err, &own) {
		return odooData(own.name, own.message)
	}
	if errors.Is(err, context.Canceled) { // the client is gone: nobody reads the answer, nothing is wrong
		return odooData(exceptions[fault.Unavailable], "canceled")
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = fault.Say(fault.Unavailable, "fault.timeout", nil).Because(err)
	}
	kind := fault.KindOf(err)
	message, reference := fault.Localize(err, lang), ""
	if kind == fault.Internal || kind == fault.Unavailable {
		err = fault.WithReference(err, fault.NewReference())
		reference = fault.ReferenceOf(err)
	}
	if kind == fault.Internal { // the dashboard looks for the reference on the last line
		message = fault.Localize(fault.New(kind, ""), lang) + "\n(" + reference + ")"
	}
	e := odooData(exceptions[kind], message)
	if way := wayOf(err); way != nil {
		e = odooData(redirectWarning, message)
		e.Data.Arguments = []any{message, way.Action, way.Button, nil}
	}
	switch kind {
	case fault.SessionExpired:
		e.Code, e.Message = 100, "Odoo Session Expired"
	case fault.NotFound:
		e.Code, e.Message, e.Data.Arguments = 404, "404: Not Found", []any{}
	case fault.Internal, fault.Unavailable:
		if kind == fault.Unavailable {
			e.Data.Debug += " (" + reference + ")"
		}
		s.opt.Log.LogAttrs(context.Background(), slog.LevelError, "call failed",
			slog.String("call", what), slog.String("reference", reference), slog.Any("error", err))
	default: // such as a file that cannot be read: what logged it named it
		if reference := fault.ReferenceOf(err); reference != "" {
			e.Data.Debug += " (" + reference + ")"
		}
	}
	return e
}

// redirectWarning is a refusal that leads to what has to be done first.
const redirectWarning = "odoo.exceptions.RedirectWarning"

func wayOf(err error) *fault.Way {
	if said, ok := fault.As(err); ok {
		return said.Way
	}
	return nil
}

func odooData(name, message string) jsonrpc.Error {
	e := jsonrpc.Error{Code: 200, Message: "Odoo Server Error"}
	e.Data = jsonrpc.ErrorData{Name: name, Message: message, Debug: name + ": " + message, Arguments: []any{message}}
	return e
}

var (
	errExpired = fault.New(fault.SessionExpired, "Session expired")
	errDenied  = fault.New(fault.Unauthenticated, "Access Denied")
	errPath    = fault.New(fault.NotFound, "404 Not Found: The requested URL was not found on the server. "+
		"If you entered the URL manually please check your spelling and try again.")
)
