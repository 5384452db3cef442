package guide_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/netip"
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
		c.Hooks = conf.Hooks{Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Plain: true, SendTime: patience}
	}
}

// ear is a program that hears of notices, and checks that they are its host's.
type ear struct {
	*httptest.Server
	secret []byte
	heard  chan object
}

func listen(t *testing.T) *ear {
	t.Helper()
	e := &ear{heard: make(chan object, 100)}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		mac := hmac.New(sha256.New, e.secret)
		fmt.Fprintf(mac, "%s.%s.%s", r.Header.Get("webhook-id"), r.Header.Get("webhook-timestamp"), body)
		signed := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
		var message object
		if err != nil || !hmac.Equal([]byte(signed), []byte(r.Header.Get("webhook-signature"))) || json.Unmarshal(body, &message) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		e.heard <- message
	}))
	t.Cleanup(e.Close)
	return e
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
			digest := o.hire("digest-xy-abc", "en_US", "account.group_account_manager")
			digest.call("account.online.notice.choice", "set_mine", object{"rhythm": "weekly", "urgent_through": false})
			ear := listen(t)
			hook := o.call("account.online.hook", "create", object{"name": "Ear", "url": ear.URL})
			shown := o.call("account.online.hook", "action_new_secret", list{hook}).(object)["secret"].(string)
			var err error
			if ear.secret, err = base64.StdEncoding.DecodeString(strings.TrimPrefix(shown, "whsec_")); err != nil {
				t.Fatal(err)
			}
			if _, err := digest.try("account.online.hook", "search_count", list{}); err == nil {
				t.Error("webhooks are shown to accountants")
			}
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
				if n := len(ear.heard); n != 1 {
					t.Fatalf("a program heard of it %d times", n)
				}
				told := <-ear.heard
				reference := o.link(link, "error_reference")["error_reference"]
				data := told["data"].(object)
				if told["type"] != "notice.mfa" || data["connection_id"] != link || data["error_reference"] != reference {
					t.Errorf("a program heard %v, want the reference %v", told, reference)
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
				if n := len(ear.heard); n != len(want) {
					t.Errorf("a program heard of it %d times", n)
				}
				o.later(7 * 24 * time.Hour)
				o.post()
				if got := subjects(t, server, "digest-xy-abc"); len(got) != 2 && len(got) != 3 {
					t.Errorf("a weekly digest came as %q", got)
				}
			})
		})
	}
}
