package rpc_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/fault"
)

var reference = regexp.MustCompile(`GS-[2-9A-Z]{4}-[2-9A-Z]{4}`)

// secrets are traces of what is ours alone: SQL, files, code, stacks.
var secrets = regexp.MustCompile(`SELEKT|syntax error|/srv/|\.go\b|goroutine|panic|runtime`)

func TestEveryFaultHasOdoosName(t *testing.T) {
	h := open(t, nil)
	want := map[fault.Kind]failureShape{
		fault.Invalid:         {200, "Odoo Server Error", "odoo.exceptions.ValidationError", "7"},
		fault.User:            {200, "Odoo Server Error", "odoo.exceptions.UserError", "7"},
		fault.Denied:          {200, "Odoo Server Error", "odoo.exceptions.AccessError", "7"},
		fault.Unauthenticated: {200, "Odoo Server Error", "odoo.exceptions.AccessDenied", "7"},
		fault.SessionExpired:  {100, "Odoo Session Expired", "odoo.http.SessionExpiredException", "null"},
		fault.Missing:         {200, "Odoo Server Error", "odoo.exceptions.MissingError", "7"},
		fault.Conflict:        {200, "Odoo Server Error", "odoo.exceptions.UserError", "7"},
		fault.Unavailable:     {200, "Odoo Server Error", "odoo.exceptions.UserError", "7"},
		fault.Internal:        {200, "Odoo Server Error", "builtins.Exception", "7"},
		fault.Value:           {200, "Odoo Server Error", "builtins.ValueError", "7"},
		fault.Type:            {200, "Odoo Server Error", "builtins.TypeError", "7"},
		fault.Key:             {200, "Odoo Server Error", "builtins.KeyError", "7"},
		fault.Attribute:       {200, "Odoo Server Error", "builtins.AttributeError", "7"},
		fault.NotFound:        {404, "404: Not Found", "werkzeug.exceptions.NotFound", "null"},
	}
	for _, kind := range fault.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			got := h.trip(t, "fail_"+string(kind))
			if got.Error == nil {
				t.Fatalf("no error: %s", got.body)
			}
			shape := failureShape{got.Error.Code, got.Error.Message, got.Error.Data.Name, string(got.ID)}
			if diff := cmp.Diff(want[kind], shape); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if kind != fault.Internal && got.Error.Data.Message != "about "+string(kind) {
				t.Errorf("message %q", got.Error.Data.Message)
			}
			if name := reference.FindString(got.Error.Data.Debug); kind == fault.Unavailable &&
				(name == "" || !strings.Contains(h.log.String(), name)) {
				t.Errorf("debug %q: no reference, or one that the log lacks", got.Error.Data.Debug)
			}
			if got.status != 200 {
				t.Errorf("status %d, want 200 as on Odoo", got.status)
			}
			if leak := secrets.FindString(got.body); leak != "" {
				t.Errorf("the client reads %q in %s", leak, got.body)
			}
		})
	}
}

type failureShape struct {
	Code              int
	Message, Name, ID string
}

// TestARefusalKeepsItsReference tells a client under which name the log has what
// was refused, such as a file.
func TestARefusalKeepsItsReference(t *testing.T) {
	h := open(t, nil)
	got := h.trip(t, "refused")
	if got.name() != "odoo.exceptions.UserError" || got.Error.Data.Message != "the file cannot be read" ||
		!strings.HasSuffix(got.Error.Data.Debug, "(GS-REFU-SEDX)") {
		t.Errorf("got %s", got.body)
	}
}

func TestInternalTroubleStaysInside(t *testing.T) {
	h := open(t, nil)
	for _, method := range []string{"plain", "panic", "fail_internal", "referred"} {
		t.Run(method, func(t *testing.T) {
			got := h.trip(t, method)
			if got.name() != "builtins.Exception" {
				t.Fatalf("got %s", got.body)
			}
			if leak := secrets.FindString(got.body); leak != "" {
				t.Errorf("the client reads %q in %s", leak, got.body)
			}
			name := reference.FindString(got.Error.Data.Message)
			if name == "" {
				t.Fatalf("no reference in %q", got.Error.Data.Message)
			}
			if n := strings.Count(got.Error.Data.Message, name); n != 1 {
				t.Errorf("the reference stands %d times in %q", n, got.Error.Data.Message)
			}
			if !strings.HasSuffix(got.Error.Data.Message, "\n("+name+")") {
				t.Errorf("message %q, want the reference on the last line", got.Error.Data.Message)
			}
			if method == "referred" && name != "GS-REFR-REDX" {
				t.Errorf("the failure's own name became %s", name)
			}
			if !strings.Contains(got.Error.Data.Debug, name) {
				t.Errorf("no reference in debug %q", got.Error.Data.Debug)
			}
			found := false
			for line := range strings.Lines(h.log.String()) {
				found = found || strings.Contains(line, name) && strings.Contains(line, "SELEKT")
			}
			if !found {
				t.Errorf("the log lacks a line with %s and the cause:\n%s", name, h.log)
			}
		})
	}
}
