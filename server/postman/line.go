package postman

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"os"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"github.com/girosync/girosync/addon/mail"
)

// line is a connection to the mail server, opened when it is first needed.
type line struct {
	*Postman
	client *gomail.Client
	conn   net.Conn
}

func (p *Postman) line() *line { return &line{Postman: p} }

// open connects and logs in.
func (l *line) open(ctx context.Context) *failure {
	if l.client != nil {
		return nil
	}
	options, err := l.options()
	if err != nil {
		return later(err)
	}
	client, err := gomail.NewClient(l.opt.Host, options...)
	if err != nil {
		return later(err)
	}
	stop := context.AfterFunc(ctx, l.hangUp)
	defer stop()
	if err := client.DialWithContext(ctx); err != nil {
		l.hangUp()
		return later(fmt.Errorf("mail server %s: %w", l.opt.Host, err))
	}
	l.client = client
	return nil
}

func (l *line) options() ([]gomail.Option, error) {
	secure := &tls.Config{ServerName: l.opt.Host, MinVersion: tls.VersionTLS12}
	if l.opt.CAFile != "" {
		pool, err := trusted(l.opt.CAFile)
		if err != nil {
			return nil, err
		}
		secure.RootCAs = pool
	}
	policy := gomail.NoTLS
	if l.opt.TLS == "starttls" {
		policy = gomail.TLSMandatory
	}
	options := []gomail.Option{gomail.WithPort(l.opt.Port), gomail.WithTimeout(l.opt.Time), gomail.WithTLSPolicy(policy),
		gomail.WithTLSConfig(secure), gomail.WithDialContextFunc(l.dial(secure))}
	if l.opt.User == "" {
		return options, nil
	}
	password, err := os.ReadFile(l.opt.PasswordFile)
	if err != nil {
		return nil, fmt.Errorf("password of the mail server: %w", err)
	}
	return append(options, gomail.WithUsername(l.opt.User), gomail.WithPassword(strings.TrimRight(string(password), "\r\n")),
		gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin)), nil
}

// dial connects, and remembers the connection to hang up.
func (l *line) dial(secure *tls.Config) gomail.DialContextFunc {
	return func(ctx context.Context, network, address string) (conn net.Conn, err error) {
		if l.opt.TLS == "tls" {
			conn, err = (&tls.Dialer{Config: secure}).DialContext(ctx, network, address)
		} else {
			conn, err = (&net.Dialer{}).DialContext(ctx, network, address)
		}
		l.conn = conn
		return conn, err
	}
}

func trusted(file string) (*x509.CertPool, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("certificates for the mail server: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("certificates for the mail server: none in %s", file)
	}
	return pool, nil
}

// send hands one e-mail over; nil when the server has taken it.
func (l *line) send(ctx context.Context, letter *mail.Letter) *failure {
	message, err := l.message(letter)
	if err != nil {
		return &failure{err, true}
	}
	if failed := l.open(ctx); failed != nil {
		return failed
	}
	stop := context.AfterFunc(ctx, l.hangUp)
	defer stop()
	err = l.client.Send(message)
	if err == nil || message.IsDelivered() {
		return nil
	}
	return told(err)
}

// told is what the server's refusal means: what it says for good of this e-mail is
// for good; anything else may be the server's or the way's.
func told(err error) *failure {
	words, _, _ := strings.Cut(err.Error(), ", affected ")
	failed := later(errors.New(words))
	var refused *gomail.SendError
	if errors.As(err, &refused) && refused.ErrorCode() >= 500 {
		switch refused.Reason {
		case gomail.ErrSMTPRcptTo, gomail.ErrSMTPData, gomail.ErrSMTPDataClose:
			failed.forGood = true
		}
	}
	return failed
}

// message makes an e-mail of a letter. Every value of a header is one line of text
// by then; the library encodes what is not plain.
func (l *line) message(letter *mail.Letter) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(l.from)
	to, err := netmail.ParseAddress(letter.To)
	if err != nil {
		return nil, errNoAddress
	}
	m.ToMailAddress(to)
	m.Subject(letter.Subject)
	m.SetMessageIDWithValue(letter.MessageID)
	m.SetDateWithValue(letter.Written)
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetBodyString(gomail.TypeTextPlain, letter.Text)
	if letter.HTML != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, letter.HTML)
	}
	return m, nil
}

// hangUp ends the connection at once.
func (l *line) hangUp() {
	if l.conn != nil {
		_ = l.conn.Close()
	}
}

// close takes leave of the server.
func (l *line) close() {
	if l.client != nil {
		_ = l.client.Close()
	}
	l.hangUp()
}
