package guide_test

import (
	"mime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/conf"
	"github.com/girosync/girosync/server/servertest"
)

// mailing is a change of a host's configuration: it sends e-mail to server.
func mailing(server *servertest.MailServer) func(*conf.Config) {
	return func(c *conf.Config) {
		c.Mail = conf.Mail{Host: "127.0.0.1", Port: server.Port, Security: "starttls", From: "Books <books@example.com>",
			SendTime: patience, CAFile: server.CAFile}
	}
}

// hire makes a user with one group, by its external id, who is written to at
// LOGIN@example.com.
func (o *office) hire(login, lang, group string) *client {
	o.t.Helper()
	module, name, _ := strings.Cut(group, ".")
	of := o.row("ir.model.data", list{leaf("module", "=", module), leaf("name", "=", name)}, "res_id")
	o.call("res.users", "create", object{"name": login, "login": login, "password": login, "lang": lang, "email": login + "@example.com",
		"groups_id": list{list{6, 0, list{of["res_id"]}}}})
	return o.as(login)
}

// post sends what is due.
func (o *office) post() {
	o.t.Helper()
	if err := o.host.Post(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
}

// subjects are those of the e-mails to somebody, in the order in which they came.
func subjects(t *testing.T, server *servertest.MailServer, login string) (found []string) {
	t.Helper()
	for _, m := range server.Mails() {
		if m.To != login+"@example.com" {
			continue
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header("Subject"))
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, subject)
	}
	return found
}

func TestNotices(t *testing.T) {
	t.Parallel()
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			server := servertest.ServeMail(t)
			o := open(t, kind, mailing(server))
			o.hire("bookkeeper-xy", "nl_NL", "account.group_account_basic")
			o.hire("looker-xy-abc", "en_US", "account.group_account_readonly")
			t.Run("S58 a code is asked for by e-mail, once", func(t *testing.T) {
				o := o.in(t)
				link := o.connect("demo-mfa-each", 1)
				for range 4 {
					o.later(13 * time.Hour)
					o.post()
				}
				name := o.link(link, "name")["name"].(string)
				if got := subjects(t, server, "bookkeeper-xy"); !slices.Equal(got, []string{"De bank van " + name + " wil een code"}) {
					t.Errorf("told %q", got)
				}
				if got := subjects(t, server, "looker-xy-abc"); len(got) != 0 {
					t.Errorf("who may not act was told %q", got)
				}
			})
			t.Run("D09 a consent's end is announced by e-mail", func(t *testing.T) {
				o := o.in(t)
				before := len(server.Mails())
				link := o.connect("demo-expired", 1)
				until := o.link(link, "expiring_synchronization_date")["expiring_synchronization_date"].(string)
				for range 18 {
					o.later(12 * time.Hour)
					o.post()
				}
				name := o.link(link, "name")["name"].(string)
				ends := "De toestemming voor " + name + " loopt af op " + until
				want := []string{ends, ends, ends, "De toestemming voor " + name + " loopt vandaag af",
					"De toestemming voor " + name + " is verlopen"}
				if got := subjects(t, server, "bookkeeper-xy"); !slices.Equal(got[before:], want) {
					t.Errorf("told %q, want %q", got[before:], want)
				}
			})
		})
	}
}
