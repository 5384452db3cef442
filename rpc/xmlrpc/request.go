package xmlrpc

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// Bounds are what a request may come to.
type Bounds struct {
	Depth  int // of arrays and structs
	Values int // 0 for any number
}

// Call is one request.
type Call struct {
	Method string
	// Params are plain Go values as jsonrpc.Decode gives them: nil, bool,
	// string, json.Number, []any, map[string]any. A dateTime.iso8601 is a text
	// "YYYY-MM-DD HH:MM:SS", a base64 is its text without white space: what
	// fields of the models hold.
	Params []any
}

// Read takes a methodCall apart. What goes beyond the bounds is refused.
func Read(body []byte, bounds Bounds) (Call, error) {
	r := newReader(body, bounds)
	call, err := r.call()
	if err != nil {
		return Call{}, err
	}
	return call, r.end()
}

func newReader(body []byte, bounds Bounds) *reader {
	r := &reader{xml: xml.NewDecoder(bytes.NewReader(body)), bounds: bounds}
	r.xml.CharsetReader = charset
	return r
}

// charset lets PHP's clients send ISO 8859-1.
func charset(label string, input io.Reader) (io.Reader, error) {
	encoding, err := htmlindex.Get(label)
	if err != nil {
		return nil, fmt.Errorf("unknown encoding: %.40q", label)
	}
	return encoding.NewDecoder().Reader(input), nil
}

type reader struct {
	xml    *xml.Decoder
	bounds Bounds
	values int
}

// token returns the next tag or text; comments and the XML declaration are no
// matter.
func (r *reader) token() (xml.Token, error) {
	for {
		token, err := r.xml.Token()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the document ends early")
		}
		if err != nil {
			return nil, fmt.Errorf("not well-formed: %.200s", err.Error())
		}
		switch token.(type) {
		case xml.Comment, xml.ProcInst:
		case xml.Directive:
			return nil, errors.New("a document type is not allowed")
		default:
			return token, nil
		}
	}
}

// tag returns the next opening tag's name, "" at a closing one.
func (r *reader) tag() (string, error) {
	for {
		token, err := r.token()
		if err != nil {
			return "", err
		}
		switch token := token.(type) {
		case xml.StartElement:
			return token.Name.Local, nil
		case xml.EndElement:
			return "", nil
		case xml.CharData:
			if len(bytes.TrimSpace(token)) > 0 {
				return "", fmt.Errorf("text %.40q where a tag belongs", string(token))
			}
		}
	}
}

// open wants a certain opening tag, close the end of the element it is in.
func (r *reader) open(want string) error {
	got, err := r.tag()
	if err == nil && got != want {
		err = fmt.Errorf("<%s> is missing", want)
	}
	return err
}

func (r *reader) close() error {
	got, err := r.tag()
	if err == nil && got != "" {
		err = fmt.Errorf("<%.40s> does not belong here", got)
	}
	return err
}

// text reads an element that holds nothing but text, to its end.
func (r *reader) text() (string, error) {
	var text strings.Builder
	for {
		token, err := r.token()
		if err != nil {
			return "", err
		}
		switch token := token.(type) {
		case xml.CharData:
			text.Write(token)
		case xml.EndElement:
			return text.String(), nil
		case xml.StartElement:
			return "", fmt.Errorf("<%.40s> does not belong here", token.Name.Local)
		}
	}
}

// method reads up to the name of the method.
func (r *reader) method() (string, error) {
	if err := r.open("methodCall"); err != nil {
		return "", err
	}
	if err := r.open("methodName"); err != nil {
		return "", err
	}
	text, err := r.text()
	return strings.TrimSpace(text), err
}

func (r *reader) call() (call Call, err error) {
	if call.Method, err = r.method(); err != nil {
		return call, err
	}
	name, err := r.tag()
	if err != nil || name == "" { // no params at all
		return call, err
	}
	if name != "params" {
		return call, fmt.Errorf("<%.40s> does not belong here", name)
	}
	if call.Params, err = r.params(); err != nil {
		return call, err
	}
	return call, r.close()
}

func (r *reader) params() (list []any, err error) {
	for {
		name, err := r.tag()
		if err != nil || name == "" {
			return list, err
		}
		if name != "param" {
			return nil, fmt.Errorf("<%.40s> does not belong here", name)
		}
		v, there, err := r.param()
		if err != nil {
			return nil, err
		}
		if there {
			list = append(list, v)
		}
	}
}

// param reads what stands in <param>, to its end. One that is empty counts as
// none, as in Python: some clients write their null so.
func (r *reader) param() (v any, there bool, err error) {
	name, err := r.tag()
	if err != nil || name == "" {
		return nil, false, err
	}
	if name != "value" {
		return nil, false, errors.New("<value> is missing")
	}
	if v, err = r.value(0); err != nil {
		return nil, false, err
	}
	return v, true, r.close()
}

// Peek reads up to n parameters of a call from the beginning of its text, as a
// stream, up to one that is cut off or no plain value; false when not even the
// first can be read. The rest of the text may be cut off.
func Peek(beginning []byte, n int) (params []any, ok bool) {
	r := newReader(beginning, Bounds{Depth: 0, Values: n})
	if _, err := r.method(); err != nil || r.open("params") != nil {
		return nil, false
	}
	for len(params) < n && r.open("param") == nil {
		v, there, err := r.param()
		if err != nil {
			break
		}
		if there {
			params = append(params, v)
		}
	}
	return params, len(params) > 0
}

// end refuses what follows the call.
func (r *reader) end() error {
	for {
		token, err := r.xml.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("not well-formed: %.200s", err.Error())
		}
		switch token := token.(type) {
		case xml.StartElement, xml.Directive:
			return errors.New("something follows the call")
		case xml.CharData:
			if len(bytes.TrimSpace(token)) > 0 {
				return errors.New("something follows the call")
			}
		}
	}
}
