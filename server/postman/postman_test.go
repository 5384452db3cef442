package postman_test

import (
	"context"
	"mime"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/addon/secret"
	"github.com/girosync/girosync/server/postman"
	"github.com/girosync/girosync/server/servertest"
)

// room is a database with an outbox, a clock that the test moves, and a mail server.
type room struct {
	t      *testing.T
	db     *orm.Database
	server *servertest.MailServer
	mu     sync.Mutex
	now    time.Time
}

func newRoom(t *testing.T, kind ormtest.Kind) *room {
	t.Helper()
	r := &room{t: t, server: servertest.ServeMail(t), now: time.Date(2026, 6, 17, 9, 30, 0, 0, time.UTC)}
	people := base.New(secret.NewHasher(secret.Cost{Memory: 64, Passes: 1, Threads: 1}))
	clock := func() time.Time {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.now
	}
	setup := ormtest.Setup{Kind: kind, Directory: people.Directory(), Now: clock}
	r.db = ormtest.Install(t, setup, people.Addon(), bus.Addon(), mail.Addon())
	return r
}

func each(t *testing.T, test func(t *testing.T, r *room)) {
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) { test(t, newRoom(t, kind)) })
	}
}

func (r *room) later(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = r.now.Add(d)
}

func (r *room) options() postman.Options {
	return postman.Options{Host: "127.0.0.1", Port: r.server.Port, TLS: "none", From: "Books <books@example.com>", Time: time.Minute,
		Name: "one"}
}

func (r *room) write(e mail.Email) (id int64) {
	r.t.Helper()
	ormtest.Within(r.t, r.db, func(env *orm.Env) (err error) {
		id, err = mail.Enqueue(env, e)
		return err
	})
	return id
}

func (r *room) post(opt postman.Options) {
	r.t.Helper()
	p, err := postman.New(opt)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := p.Post(context.Background(), r.db); err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) row(id int64) (row orm.Row) {
	r.t.Helper()
	ormtest.Within(r.t, r.db, func(env *orm.Env) error {
		rows, err := env.Read(mail.Outbox, []int64{id}, "state", "failure_reason", "scheduled_date", "attempts", "message_id", "date")
		if err == nil {
			row = rows.At(0)
		}
		return err
	})
	return row
}

var hello = mail.Email{To: "jane@example.com", Subject: "Hello", Text: "plain\n.dot\n", HTML: "<p>marked up</p>"}

func TestAnEmailIsHandedOverOnce(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		evil := hello
		evil.Subject = "Bank\r\nBcc: victim@example.com\r\n\r\nBody of a stranger – “ü”"
		evil.To = "jane@example.com\r\nBcc: victim@example.com"
		id, bad := r.write(hello), r.write(evil)
		evil.To = "jane@example.com"
		good := r.write(evil)
		r.post(r.options())
		r.post(r.options())
		got := r.server.Mails()
		if len(got) != 2 || r.row(id).Str("state") != mail.Delivered || r.row(good).Str("state") != mail.Delivered {
			t.Fatalf("%d e-mails; %s: %s", len(got), r.row(id).Str("state"), r.row(id).Str("failure_reason"))
		}
		if r.row(bad).Str("state") != mail.Exception {
			t.Errorf("to no address: %s", r.row(bad).Str("state"))
		}
		m := got[0]
		for name, want := range map[string]string{"Subject": "Hello", "From": `"Books" <books@example.com>`, "To": "<jane@example.com>",
			"Auto-Submitted": "auto-generated", "Message-ID": "<" + r.row(id).Str("message_id") + ">",
			"Date": "Wed, 17 Jun 2026 09:30:00 +0000"} {
			if m.Header(name) != want {
				t.Errorf("%s: %q, want %q", name, m.Header(name), want)
			}
		}
		if !strings.HasSuffix(r.row(id).Str("message_id"), "@example.com") || !strings.Contains(m.Data, "\r\n.dot") ||
			!strings.Contains(m.Data, "<p>marked up</p>") || m.From != "books@example.com" || m.To != "jane@example.com" {
			t.Errorf("%+v", m)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(got[1].Header("Subject"))
		if err != nil || subject != "Bank Bcc: victim@example.com Body of a stranger – “ü”" || got[1].Header("Bcc") != "" {
			t.Errorf("a stranger's subject: %q, %q, %v", subject, got[1].Header("Bcc"), err)
		}
	})
}

// A host that is killed after the server took an e-mail and before that was noted
// leaves it to another one, which sends it again under the same Message-ID, but not
// before the claim has ended.
func TestAnEmailIsNeitherLostNorLetGoByACrash(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		id := r.write(hello)
		var killed *mail.Letter
		ormtest.Within(t, r.db, func(env *orm.Env) (err error) {
			killed, err = mail.Claim(env, mail.Claimant{Name: "killed", Lease: 5 * time.Minute, Domain: "example.com"})
			return err
		})
		r.later(4 * time.Minute)
		r.post(r.options())
		if n := len(r.server.Mails()); n != 0 {
			t.Fatalf("%d e-mails while another host holds it", n)
		}
		r.later(2 * time.Minute)
		r.post(r.options())
		got := r.server.Mails()
		if len(got) != 1 || got[0].Header("Message-ID") != "<"+killed.MessageID+">" {
			t.Fatalf("after the claim: %v, want %s", got, killed.MessageID)
		}
		ormtest.Within(t, r.db, func(env *orm.Env) error { return mail.Failed(env, killed, "late news", true) })
		if row := r.row(id); row.Str("state") != mail.Delivered || row.Int("attempts") != 2 {
			t.Errorf("the killed host's late word: %s after %d", row.Str("state"), row.Int("attempts"))
		}
	})
}

func TestManyPostmenSendEachEmailOnce(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		const most = 12
		for range most {
			r.write(hello)
		}
		var posting sync.WaitGroup
		for _, name := range []string{"one", "two", "three"} {
			posting.Go(func() {
				opt := r.options()
				opt.Name = name
				p, err := postman.New(opt)
				if err == nil {
					err = p.Post(context.Background(), r.db)
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		posting.Wait()
		r.post(r.options())
		seen := map[string]bool{}
		for _, m := range r.server.Mails() {
			seen[m.Header("Message-ID")] = true
		}
		if len(r.server.Mails()) != most || len(seen) != most {
			t.Errorf("%d e-mails, %d of them different, want %d", len(r.server.Mails()), len(seen), most)
		}
	})
}

func TestWhatAServerRefuses(t *testing.T) {
	for _, test := range []struct {
		name, verb, answer string
		state, reason      string
		goesOn             bool // with the next e-mail at once
	}{
		{"recipient for good", "RCPT", "550 5.1.1 no such mailbox", mail.Exception, "no such mailbox", true},
		{"content for good", ".", "554 5.7.1 looks like spam", mail.Exception, "looks like spam", true},
		{"recipient for now", "RCPT", "451 4.7.1 greylisted", mail.Outgoing, "greylisted", false},
		{"sender", "MAIL", "553 not your address", mail.Outgoing, "not your address", false},
		{"line lost", ".", servertest.HangUp, mail.Outgoing, "", false},
		{"no service", "EHLO", "421 closed", mail.Outgoing, "closed", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRoom(t, ormtest.SQLite)
			first, second := r.write(hello), r.write(hello)
			said := false
			r.server.Answer(func(verb, _ string) string {
				if verb == test.verb && !said || verb == "HELO" && test.verb == "EHLO" {
					said = verb != "EHLO"
					return test.answer
				}
				return ""
			})
			r.post(r.options())
			row := r.row(first)
			if row.Str("state") != test.state || !strings.Contains(row.Str("failure_reason"), test.reason) || row.Int("attempts") != 1 ||
				row.Str("failure_reason") == "" {
				t.Errorf("%s after %d: %s", row.Str("state"), row.Int("attempts"), row.Str("failure_reason"))
			}
			if sent := r.row(second).Str("state") == mail.Delivered; sent != test.goesOn {
				t.Errorf("the next one: %s", r.row(second).Str("state"))
			}
			r.server.Answer(nil)
			r.post(r.options())
			if test.state == mail.Outgoing && r.row(first).Str("state") != mail.Outgoing {
				t.Error("tried again at once")
			}
			r.later(time.Minute)
			r.post(r.options())
			want := mail.Delivered
			if test.state == mail.Exception {
				want = mail.Exception
			}
			if r.row(first).Str("state") != want {
				t.Errorf("a minute later: %s", r.row(first).Str("state"))
			}
		})
	}
}

// What the server has taken is sent, whatever becomes of the line afterwards.
func TestWhatWasTakenIsSent(t *testing.T) {
	r := newRoom(t, ormtest.SQLite)
	id := r.write(hello)
	r.server.Answer(func(verb, _ string) string {
		if verb == "RSET" {
			return servertest.HangUp
		}
		return ""
	})
	r.post(r.options())
	r.later(time.Hour)
	r.post(r.options())
	if n := len(r.server.Mails()); n != 1 || r.row(id).Str("state") != mail.Delivered {
		t.Errorf("sent %d times, and is %s", n, r.row(id).Str("state"))
	}
}

// Pauses double from a minute to six hours; after five days nothing is tried any more.
func TestAServerThatStaysAwayIsGivenUp(t *testing.T) {
	r := newRoom(t, ormtest.SQLite)
	id := r.write(hello)
	r.server.Answer(func(string, string) string { return servertest.HangUp })
	began, tries := r.now, 0
	for ; r.row(id).Str("state") == mail.Outgoing && tries < 100; tries++ {
		r.post(r.options())
		if next := r.row(id).Time("scheduled_date"); next.After(r.now) {
			if pause := next.Sub(r.now); pause < time.Minute || pause > 6*time.Hour {
				t.Fatalf("pause of %s", pause)
			}
			r.later(next.Sub(r.now))
		}
	}
	if days := r.now.Sub(began).Hours() / 24; r.row(id).Str("state") != mail.Exception || days < 4 || days > 6 {
		t.Errorf("%s after %d attempts in %.1f days", r.row(id).Str("state"), tries, days)
	}
	r.server.Answer(nil)
	ormtest.Converse(t, r.db, []ormtest.Step{{Model: mail.Outbox, Method: "mark_outgoing", Args: `[[1]]`, Want: "true"}})
	r.post(r.options())
	if r.row(id).Str("state") != mail.Delivered {
		t.Errorf("sent again by hand: %s", r.row(id).Str("state"))
	}
}

func TestTheWayIsPrivateAndTheUserKnown(t *testing.T) {
	r := newRoom(t, ormtest.SQLite)
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	opt := r.options()
	opt.TLS, opt.User, opt.PasswordFile = "starttls", "books", password
	id := r.write(hello)
	r.post(opt)
	if row := r.row(id); row.Str("state") != mail.Outgoing || !strings.Contains(row.Str("failure_reason"), "certificate") ||
		strings.Contains(row.Str("failure_reason"), "s3cret") {
		t.Errorf("a stranger's certificate: %s, %s", row.Str("state"), row.Str("failure_reason"))
	}
	opt.CAFile = r.server.CAFile
	r.later(time.Hour)
	r.post(opt)
	got := r.server.Mails()
	if len(got) != 1 || !got[0].Secure || got[0].User != "books:s3cret" {
		t.Errorf("%+v, %s", got, r.row(id).Str("failure_reason"))
	}
	r.server.Answer(func(verb, _ string) string {
		if verb == "EHLO" {
			return "250 here" // offers nothing
		}
		return ""
	})
	p, err := postman.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "STARTTLS") {
		t.Errorf("a server that lost its privacy: %v", err)
	}
}

func TestWithoutAMailServerNothingIsSent(t *testing.T) {
	r := newRoom(t, ormtest.SQLite)
	id := r.write(hello)
	r.post(postman.Options{})
	if row := r.row(id); row.Str("state") != mail.Outgoing || row.Int("attempts") != 0 {
		t.Errorf("%s after %d", row.Str("state"), row.Int("attempts"))
	}
	ormtest.Converse(t, r.db, []ormtest.Step{{Model: mail.Outbox, Method: "cancel", Args: `[[1]]`, Want: "true"}})
	r.post(r.options())
	if n := len(r.server.Mails()); n != 0 {
		t.Errorf("%d cancelled e-mails sent", n)
	}
	ormtest.Within(t, r.db, func(env *orm.Env) error {
		n, err := env.Count(mail.Outbox, domain.Where("state", domain.Eq, mail.Cancelled), 0)
		if n != 1 {
			t.Errorf("%d cancelled", n)
		}
		return err
	})
}
