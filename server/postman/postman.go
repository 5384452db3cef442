package postman

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/orm"
)

// Options of a postman.
type Options struct {
	// Host is the mail server; "" when there is none.
	Host string
	Port int
	// TLS is "starttls", "tls" or "none".
	TLS string
	// User and PasswordFile log in; no user: nobody does. The file is read at each use.
	User, PasswordFile string
	// From is an address, with or without a name.
	From string
	// Time is how long handing over one e-mail may take.
	Time time.Duration
	// CAFile holds certificates that count besides the system's; "" for none.
	CAFile string
	// Name tells this process from others.
	Name string
	Log  *slog.Logger
}

// Postman sends e-mail of all databases of a host.
type Postman struct {
	opt  Options
	from *netmail.Address
}

// mostInARound is how many e-mails of a database are sent before others have a turn.
const mostInARound = 100

// New makes a postman. It fails when the sender is no address.
func New(opt Options) (*Postman, error) {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	p := &Postman{opt: opt}
	if opt.Host == "" {
		return p, nil
	}
	from, err := netmail.ParseAddress(opt.From)
	if err != nil {
		return nil, fmt.Errorf("sender of e-mail: %w", err)
	}
	p.from = from
	return p, nil
}

// Works reports whether there is a mail server.
func (p *Postman) Works() bool { return p.opt.Host != "" }

// claimant is who claims. The lease outlasts everything that a single e-mail waits
// for: a connection, and the e-mail itself.
func (p *Postman) claimant() mail.Claimant {
	_, domain, _ := strings.Cut(p.from.Address, "@")
	return mail.Claimant{Name: p.opt.Name, Lease: 4*p.opt.Time + time.Minute, Domain: domain}
}

// Post sends what is due in a database, as much as a round allows. Trouble with
// the mail server ends the round, trouble with one e-mail does not; both are kept
// in the e-mail's row. An error is the database's.
func (p *Postman) Post(ctx context.Context, db *orm.Database) error {
	if !p.Works() {
		return nil
	}
	due := false
	err := db.Within(ctx, system, orm.TxRead, func(env *orm.Env) (err error) {
		due, err = mail.AnyDue(env)
		return err
	})
	if err != nil || !due {
		return err
	}
	line := p.line()
	defer line.close()
	for range mostInARound {
		var letter *mail.Letter
		err := db.Within(ctx, system, orm.TxWrite, func(env *orm.Env) (err error) {
			letter, err = mail.Claim(env, p.claimant())
			return err
		})
		if err != nil || letter == nil {
			return err
		}
		sent := line.send(ctx, letter)
		if err := p.note(ctx, db, letter, sent); err != nil {
			return err
		}
		if sent != nil && !sent.forGood {
			return nil
		}
	}
	return nil
}

// system is who the host itself acts as.
var system = orm.Principal{System: true}

// noteTime bounds how long it may take to note what became of an e-mail.
const noteTime = 30 * time.Second

// note writes what became of an e-mail, also when the host is being stopped.
func (p *Postman) note(ctx context.Context, db *orm.Database, letter *mail.Letter, failed *failure) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	err := db.Within(ctx, system, orm.TxWrite, func(env *orm.Env) error {
		if failed == nil {
			return mail.Sent(env, letter)
		}
		return mail.Failed(env, letter, failed.Error(), failed.forGood)
	})
	if failed != nil {
		p.opt.Log.Warn("an e-mail was not sent", "database", db.Name(), "mail", letter.ID, "for good", failed.forGood, "error", failed)
	}
	if err != nil {
		return fmt.Errorf("note e-mail %d: %w", letter.ID, err)
	}
	return nil
}

// Check reaches the mail server and logs in, as an e-mail would.
func (p *Postman) Check(ctx context.Context) error {
	line := p.line()
	defer line.close()
	if failed := line.open(ctx); failed != nil {
		return failed
	}
	return nil
}

// failure is why an e-mail was not sent.
type failure struct {
	error
	forGood bool // it is of no use to try again
}

func (f *failure) Unwrap() error { return f.error }

// later is a failure after which an e-mail is tried again.
func later(err error) *failure { return &failure{error: err} }

var errNoAddress = errors.New("the recipient is no e-mail address")
