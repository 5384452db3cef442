package rpc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/rpc/jsonrpc"
)

// status is an error that is HTTP's: what Odoo raises from werkzeug.
type status struct {
	code int
	why  string
}

func (e *status) Error() string { return e.why }

// names of werkzeug's exceptions.
var werkzeug = map[int]string{
	http.StatusBadRequest: "BadRequest", http.StatusUnauthorized: "Unauthorized", http.StatusForbidden: "Forbidden",
	http.StatusNotFound:              "NotFound",
	http.StatusRequestEntityTooLarge: "RequestEntityTooLarge", http.StatusUnsupportedMediaType: "UnsupportedMediaType",
	http.StatusUnprocessableEntity: "UnprocessableEntity",
}

// statuses are HTTP's for the kinds of faults; 500 for those that are absent.
var statuses = map[fault.Kind]int{
	fault.Invalid: http.StatusUnprocessableEntity, fault.User: http.StatusUnprocessableEntity,
	fault.Denied: http.StatusForbidden, fault.Unauthenticated: http.StatusForbidden, fault.SessionExpired: http.StatusForbidden,
	fault.Missing: http.StatusNotFound, fault.NotFound: http.StatusNotFound,
	fault.Conflict: http.StatusConflict, fault.Unavailable: http.StatusServiceUnavailable,
}

// json2 is Odoo 19's API: POST /json/2/MODEL/METHOD with named arguments and a
// bearer API key; the plain result, or an error with HTTP's status.
func (s *Server) json2(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), s.opt.Limits.Time)
	defer cancel()
	r, leave := s.arrive(w, r.WithContext(ctx))
	if r == nil {
		return
	}
	defer leave()
	result, err := s.unharmed(r, func() (*[]byte, error) { return s.json2Call(w, r) })
	if err != nil {
		s.json2Error(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if result == nil {
		io.WriteString(w, "null")
		return
	}
	w.Write(*result) // a client that is gone needs no answer
	*result = (*result)[:0]
	buffers.Put(result)
}

// json2Lost answers what is no call.
func (s *Server) json2Lost(w http.ResponseWriter, r *http.Request) {
	s.json2Error(w, r, &status{http.StatusNotFound, "Did you mean POST /json/2/<model>/<method>?"})
}

// json2Call checks in Odoo's order: media type, key, JSON, model, method, private,
// ids, arguments.
func (s *Server) json2Call(w http.ResponseWriter, r *http.Request) (*[]byte, error) {
	if err := json2Media(r); err != nil {
		return nil, err
	}
	db, who, err := s.json2Caller(r)
	if err != nil {
		return nil, err
	}
	introduce(r)
	named, err := s.json2Body(w, r)
	if err != nil {
		return nil, err
	}
	model, method := r.PathValue("model"), r.PathValue("method")
	args, err := json2Arguments(db.Registry(), model, method, named)
	if err != nil {
		return nil, err
	}
	result, err := s.result(r, db, who, model, method, args, named)
	if err != nil || result == nil {
		return nil, err
	}
	if id, one := result.(int64); one && recordMade(method) {
		result = []int64{id} // records are lists here
	}
	return encodedWithin(result, s.opt.Limits.Answer)
}

// recordMade names the methods whose number is a record.
func recordMade(method string) bool { return method == "create" || method == "message_post" }

// json2Media refuses a body that does not say that it is JSON.
func json2Media(r *http.Request) error {
	if r.ContentLength == 0 {
		return nil
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return &status{http.StatusUnsupportedMediaType, "The body must be JSON, with Content-Type: application/json."}
	}
	return nil
}

// json2Body reads the named arguments, of a caller who is known.
func (s *Server) json2Body(w http.ResponseWriter, r *http.Request) (map[string]any, error) {
	body, err := s.body(w, r, s.bySession)
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, &status{http.StatusRequestEntityTooLarge,
			fmt.Sprintf("The request is larger than %d bytes (limits.body_size).", large.Limit)}
	}
	if err != nil {
		return nil, &status{http.StatusBadRequest, "The request ended early."}
	}
	if len(body) == 0 {
		return map[string]any{}, nil
	}
	if err := s.bounds().Check(body); err != nil {
		return nil, &status{http.StatusBadRequest, "could not parse the body as json: " + err.Error()}
	}
	if !json.Valid(body) {
		return nil, &status{http.StatusBadRequest, "could not parse the body as json"}
	}
	v, err := jsonrpc.Decode(body)
	if err != nil {
		return nil, &status{http.StatusBadRequest, "could not parse the body as json: " + err.Error()}
	}
	named, ok := v.(map[string]any)
	if !ok {
		return nil, &status{http.StatusBadRequest, "the body must be an object of named arguments"}
	}
	return named, nil
}

// json2Arguments checks that the named arguments fit the method, takes the ids
// out of them and returns the positional ones.
func json2Arguments(registry *orm.Registry, model, method string, named map[string]any) ([]any, error) {
	if _, ok := registry.Model(model); !ok {
		if err := registry.Abstract(model); err != nil {
			return nil, err
		}
		return nil, &status{http.StatusNotFound, "the model '" + model + "' does not exist"}
	}
	if registry.IsPrivate(orm.Odoo19, method) {
		return nil, nil // the kernel says so
	}
	m, ok := registry.Method(orm.Odoo19, model, method)
	if !ok {
		return nil, &status{http.StatusNotFound, fmt.Sprintf("The method '%s.%s' does not exist", model, method)}
	}
	ids, given := named["ids"]
	delete(named, "ids")
	if m.OnModel && given && !jsonrpc.Empty(ids) {
		return nil, &status{http.StatusUnprocessableEntity, "cannot call " + model + "." + method + " with ids"}
	}
	if err := fits(m, named); err != nil {
		return nil, err
	}
	if m.OnModel {
		return nil, nil
	}
	if !given || jsonrpc.Empty(ids) {
		ids = []any{}
	}
	return []any{ids}, nil
}

// fits refuses named arguments that the method does not take, in the words of
// Python's Signature.bind.
func fits(m orm.Method, named map[string]any) error {
	for _, p := range m.Params {
		if _, ok := named[p.Name]; !ok && !p.Optional {
			return &status{http.StatusUnprocessableEntity, "missing a required argument: '" + p.Name + "'"}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(named)) {
		known := name == "context" || slices.ContainsFunc(m.Params, func(p orm.Param) bool { return p.Name == name })
		if !known && !m.Extra {
			return &status{http.StatusUnprocessableEntity, "got an unexpected keyword argument '" + name + "'"}
		}
	}
	if c, ok := named["context"]; ok {
		if _, object := c.(map[string]any); !object && !jsonrpc.Empty(c) {
			return &status{http.StatusUnprocessableEntity, "context must be an object"}
		}
	}
	return nil
}

// json2Error answers {name, message, arguments, context, debug}.
func (s *Server) json2Error(w http.ResponseWriter, r *http.Request, err error) {
	code, data := http.StatusInternalServerError, jsonrpc.ErrorData{}
	var own *status
	if errors.As(err, &own) {
		code = own.code
		name := "werkzeug.exceptions." + werkzeug[code]
		data = jsonrpc.ErrorData{Name: name, Message: own.why, Debug: name + ": " + own.why, Arguments: []any{own.why, code}}
	} else {
		if known, ok := statuses[fault.KindOf(err)]; ok {
			code = known
		}
		if wayOf(err) != nil {
			code = http.StatusInternalServerError // as on Odoo
		}
		if errors.Is(err, context.DeadlineExceeded) {
			code = http.StatusServiceUnavailable
		}
		data = s.odooError(err, languageOf(r), r.URL.Path).Data
	}
	if code == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	text, err := json.Marshal(data)
	if err != nil { // arguments that are no JSON; the message says enough
		data.Arguments = []any{data.Message}
		text, _ = json.Marshal(data)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	w.Write(text) // a client that is gone needs no answer
}
