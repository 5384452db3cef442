package rpc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/girosync/girosync/rpc/jsonrpc"
	"github.com/girosync/girosync/rpc/session"
	"github.com/girosync/girosync/rpc/xmlrpc"
)

// sentWithin is how long a client that is known may take to send all of a
// request. What a stranger may send has the time of the listener (httpd.Serve).
const sentWithin = 5 * time.Minute

// proof tells who sends a request by its headers or the beginning of its body;
// errUnknown when they do not say. What it refuses becomes a refusal.
type proof func(r *http.Request, beginning []byte) error

// errUnknown is why no more of a body is read.
var errUnknown = errors.New("who calls is not known")

// refusal is what a proof comes to that is none.
type refusal struct{ error }

func (e refusal) Unwrap() error { return e.error }

// body reads a request's body. More than a stranger may send is read only when
// the proof tells who sends it. Errors are refusals, those of reading, and
// http.MaxBytesError for more than anyone may send.
func (s *Server) body(w http.ResponseWriter, r *http.Request, proof proof) ([]byte, error) {
	limits := s.opt.Limits
	if r.ContentLength > limits.Body {
		return nil, &http.MaxBytesError{Limit: limits.Body}
	}
	reader := http.MaxBytesReader(w, r.Body, limits.Body)
	most := limits.Unknown
	if most <= 0 || most > limits.Body {
		most = limits.Body
	}
	text, err := io.ReadAll(io.LimitReader(reader, most+1))
	if err != nil || int64(len(text)) <= most {
		return text, err
	}
	if v := visitOf(r); v == nil || !v.known {
		if err := proof(r, text); err != nil {
			return nil, refusal{err}
		}
		introduce(r)
	}
	// The end of the body ends it, too; a test's writer has none.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(sentWithin))
	all := bytes.NewBuffer(make([]byte, 0, max(r.ContentLength, int64(2*len(text)))+bytes.MinRead))
	all.Write(text)
	_, err = all.ReadFrom(reader)
	return all.Bytes(), err
}

// bounds are those of the values of a request.
func (s *Server) bounds() jsonrpc.Bounds {
	return jsonrpc.Bounds{Depth: s.opt.Limits.Depth, Values: s.opt.Limits.Values}
}

// bySession is the proof of routes that take a session's cookie.
func (s *Server) bySession(r *http.Request, _ []byte) error {
	if session.TokenOf(r) == "" {
		return errUnknown
	}
	_, _, err := s.Session(r)
	return err
}

// byService is the proof of /jsonrpc: its first arguments, which must stand at
// the beginning.
func (s *Server) byService(r *http.Request, beginning []byte) error {
	head, ok := jsonrpc.Peek(beginning, 3)
	if !ok {
		return errUnknown
	}
	return s.prove(r, head.Service, head.Args)
}

// byXML is the proof of XML-RPC.
func (s *Server) byXML(r *http.Request, beginning []byte) error {
	args, ok := xmlrpc.Peek(beginning, 3)
	if !ok {
		return errUnknown
	}
	return s.prove(r, r.PathValue("service"), args)
}

// prove checks a service's first arguments: the database, uid and password of an
// object's call, the master password of the service db. Without the service's
// name it is an object's call if it can be.
func (s *Server) prove(r *http.Request, service string, args []any) error {
	if service == "" {
		service = "db"
		if len(args) == 3 {
			if _, uid := args[1].(json.Number); uid {
				service = "object"
			}
		}
	}
	switch {
	case service == "object" && len(args) == 3:
		_, _, err := s.caller(r, args)
		return err
	case service == "db" && s.opt.Keeper != nil:
		password, _ := args[0].(string)
		return s.opt.Keeper.Authorise(r.Context(), addressOf(r), password)
	}
	return errUnknown
}

// unread answers a body that was not read; false when the error is for the
// envelope to tell.
func (s *Server) unread(w http.ResponseWriter, err error) bool {
	var refused refusal
	switch {
	case errors.Is(err, errUnknown):
		page(w, http.StatusRequestEntityTooLarge, "Request Entity Too Large",
			fmt.Sprintf("Whoever sends more than %d bytes "+
				"must have said within them who they are: by a session, or the first arguments of the call (limits.unknown_size).",
				s.opt.Limits.Unknown))
	case errors.As(err, &refused):
		return false
	default:
		s.tooLarge(w, err)
	}
	return true
}
