package xmlrpc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Why a result cannot be told in XML-RPC. The texts are those of Python's
// marshaller, which Odoo uses.
var (
	ErrNone  = errors.New("cannot marshal None unless allow_none is enabled")
	ErrLarge = errors.New("int exceeds XML-RPC limits")
)

const (
	head = "<?xml version='1.0'?>\n<methodResponse>\n"
	tail = "</methodResponse>\n"
)

// AppendResult appends a reply with a result that is JSON text. Nothing is
// appended when it cannot be told: ErrNone, ErrLarge.
func AppendResult(dst, result []byte) ([]byte, error) {
	w := writer{dst: append(dst, head+"<params>\n<param>\n"...), json: json.NewDecoder(bytes.NewReader(result))}
	w.json.UseNumber()
	if err := w.value(); err != nil {
		return dst, err
	}
	return append(w.dst, "</param>\n</params>\n"+tail...), nil
}

// AppendFault appends a reply with a fault. code is an int, or a string on
// Odoo's old routes.
func AppendFault(dst []byte, code any, text string) []byte {
	dst = append(dst, head+"<fault>\n<value><struct>\n<member>\n<name>faultCode</name>\n"...)
	switch code := code.(type) {
	case int:
		dst = append(strconv.AppendInt(append(dst, "<value><int>"...), int64(code), 10), "</int></value>\n"...)
	default:
		dst = appendString(dst, fmt.Sprint(code))
	}
	dst = append(dst, "</member>\n<member>\n<name>faultString</name>\n"...)
	dst = appendString(dst, text)
	return append(dst, "</member>\n</struct></value>\n</fault>\n"+tail...)
}

// writer turns JSON tokens into XML.
type writer struct {
	dst  []byte
	json *json.Decoder
}

func (w *writer) value() error {
	token, err := w.json.Token()
	if err != nil {
		return err
	}
	switch v := token.(type) {
	case nil:
		return ErrNone
	case bool:
		text := "<value><boolean>0</boolean></value>\n"
		if v {
			text = "<value><boolean>1</boolean></value>\n"
		}
		w.dst = append(w.dst, text...)
	case json.Number:
		return w.number(v.String())
	case string:
		w.dst = appendString(w.dst, v)
	case json.Delim:
		if v == '[' {
			return w.array()
		}
		return w.object()
	}
	return nil
}

// number writes a double when it has a point or an exponent. XML-RPC's whole
// numbers end at 32 bits, and Odoo refuses to tell larger ones.
func (w *writer) number(text string) error {
	if strings.ContainsAny(text, ".eE") {
		w.dst = append(append(append(w.dst, "<value><double>"...), text...), "</double></value>\n"...)
		return nil
	}
	if _, err := strconv.ParseInt(text, 10, 32); err != nil {
		return ErrLarge
	}
	w.dst = append(append(append(w.dst, "<value><int>"...), text...), "</int></value>\n"...)
	return nil
}

func (w *writer) array() error {
	w.dst = append(w.dst, "<value><array><data>\n"...)
	for w.json.More() {
		if err := w.value(); err != nil {
			return err
		}
	}
	w.dst = append(w.dst, "</data></array></value>\n"...)
	_, err := w.json.Token()
	return err
}

func (w *writer) object() error {
	w.dst = append(w.dst, "<value><struct>\n"...)
	for w.json.More() {
		name, err := w.json.Token()
		if err != nil {
			return err
		}
		text, _ := name.(string) // JSON's names are nothing else
		w.dst = append(appendText(append(w.dst, "<member>\n<name>"...), text), "</name>\n"...)
		if err := w.value(); err != nil {
			return err
		}
		w.dst = append(w.dst, "</member>\n"...)
	}
	w.dst = append(w.dst, "</struct></value>\n"...)
	_, err := w.json.Token()
	return err
}

func appendString(dst []byte, text string) []byte {
	return append(appendText(append(dst, "<value><string>"...), text), "</string></value>\n"...)
}

// appendText escapes text. Characters that XML does not know are left out: one
// of them would make the whole answer unreadable.
func appendText(dst []byte, text string) []byte {
	for _, r := range text {
		switch {
		case r == '&':
			dst = append(dst, "&amp;"...)
		case r == '<':
			dst = append(dst, "&lt;"...)
		case r == '>':
			dst = append(dst, "&gt;"...)
		case r == '\r':
			dst = append(dst, "&#13;"...) // a plain one would be read as \n
		case r < ' ' && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF:
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}
