package rpc

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/rpc/jsonrpc"
	"github.com/girosync/girosync/rpc/xmlrpc"
)

// faultOf writes an error as a fault: code and text.
type faultOf func(e jsonrpc.ErrorData) (code any, text string)

// xml serves the three services in XML-RPC. Errors are faults, with status 200.
func (s *Server) xml(faultOf faultOf) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			notAllowed(w)
			return
		}
		if !isXML(r.Header.Get("Content-Type")) {
			page(w, http.StatusUnsupportedMediaType, "Unsupported Media Type", "XML-RPC comes as text/xml.")
			return
		}
		if s.foreign(r) {
			s.refuseForeign(w, r)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), s.opt.Limits.Time)
		defer cancel()
		r, leave := s.arrive(w, r.WithContext(ctx))
		if r == nil {
			return
		}
		defer leave()
		body, err := s.body(w, r, s.byXML)
		if err != nil && s.unread(w, err) {
			return
		}
		reply := buffers.Get().(*[]byte)
		defer func() { *reply = (*reply)[:0]; buffers.Put(reply) }()
		text := *reply
		if err == nil {
			err = s.think(r, body)
		}
		if err == nil {
			text, err = s.xmlReply(text, r, body)
		}
		if err != nil {
			code, why := faultOf(s.odooError(err, languageOf(r), r.URL.Path).Data)
			text = xmlrpc.AppendFault((*reply)[:0], code, why)
		}
		*reply = text
		w.Header().Set("Content-Type", "text/xml; charset=utf-8")
		w.Write(*reply) // a client that is gone needs no answer
	})
}

func isXML(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (media == "text/xml" || media == "application/xml")
}

// xmlReply appends the answer to a call.
func (s *Server) xmlReply(dst []byte, r *http.Request, body []byte) ([]byte, error) {
	call, err := xmlrpc.Read(body, xmlrpc.Bounds(s.bounds()))
	if err != nil {
		return dst, &named{"xml.parsers.expat.ExpatError", err.Error()}
	}
	result, err := s.unharmed(r, func() (*[]byte, error) { return s.dispatch(r, r.PathValue("service"), call.Method, call.Params) })
	if err != nil {
		return dst, err
	}
	if result == nil {
		return dst, fault.New(fault.Type, "%s", xmlrpc.ErrNone)
	}
	defer func() { *result = (*result)[:0]; buffers.Put(result) }()
	dst, err = xmlrpc.AppendResult(dst, *result)
	switch {
	case errors.Is(err, xmlrpc.ErrNone):
		return dst, fault.New(fault.Type, "%s", err)
	case errors.Is(err, xmlrpc.ErrLarge):
		return dst, &named{"builtins.OverflowError", err.Error()}
	case err != nil:
		return dst, fault.Wrap(err, "answer in XML", nil)
	}
	return dst, nil
}

// numbered gives faults Odoo's codes: 2 what a user can mend, 3 who one is not,
// 4 what one may not, 1 everything else.
func numbered(e jsonrpc.ErrorData) (any, string) {
	switch e.Name {
	case exceptions[fault.User], exceptions[fault.Invalid], exceptions[fault.Missing], redirectWarning:
		return 2, e.Message
	case exceptions[fault.Unauthenticated]:
		return 3, e.Message
	case exceptions[fault.Denied]:
		return 4, e.Message
	}
	return 1, lastLine(e)
}

// worded is how Odoo's old routes tell faults.
func worded(e jsonrpc.ErrorData) (any, string) {
	switch e.Name {
	case exceptions[fault.Unauthenticated]:
		return "AccessDenied", e.Message
	case exceptions[fault.Denied]:
		return "warning -- AccessError\n\n" + e.Message, ""
	case exceptions[fault.Missing]:
		return "warning -- MissingError\n\n" + e.Message, ""
	case exceptions[fault.User], exceptions[fault.Invalid], redirectWarning:
		return "warning -- UserError\n\n" + e.Message, ""
	}
	return e.Message, lastLine(e)
}

// lastLine is the end of the traceback that Odoo sends, which is all that a
// client can use of it.
func lastLine(e jsonrpc.ErrorData) string {
	return strings.TrimPrefix(e.Name, "builtins.") + ": " + e.Message + "\n"
}
