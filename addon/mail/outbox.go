package mail

import (
	"crypto/rand"
	"encoding/hex"
	"strings"
	"time"
	"unicode"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Outbox is the model of e-mail: a row is written with what it tells of, and sent
// afterwards by whoever carries e-mail (Claim, Sent, Failed).
const Outbox = "mail.mail"

// Values of mail.mail's state, as Odoo names them.
const (
	Outgoing  = "outgoing"
	Delivered = "sent"
	Exception = "exception"
	Cancelled = "cancel"
)

var outbox = orm.Model{
	Name: Outbox, Label: "Outgoing Mails", Order: "id desc", RecName: "subject",
	Fields: schema.Fields{
		schema.Char("subject", "Subject").Readonly(),
		schema.Text("body", "Plain Text").Readonly(),
		schema.HTML("body_html", "Text Contents").Readonly(),
		schema.Char("email_to", "To").Required().Readonly(),
		schema.Char("message_id", "Message-Id").Readonly().NotCopied(),
		schema.Selection("state", "Status",
			schema.Option{Value: Outgoing, Label: "Outgoing"}, schema.Option{Value: Delivered, Label: "Sent"},
			schema.Option{Value: Exception, Label: "Delivery Failed"}, schema.Option{Value: Cancelled, Label: "Cancelled"}).
			Required().Readonly().DefaultTo(Outgoing).Indexed(),
		schema.Text("failure_reason", "Failure Reason").Readonly().Help("What the mail server said last."),
		schema.Datetime("scheduled_date", "Scheduled Send Date").Readonly().Help("It is not sent before; empty for at once."),
		schema.Datetime("date", "Sent On").Readonly(),
		schema.Integer("attempts", "Attempts").Readonly(),
		schema.Char("claimed_by", "Claimed By").Secret(),
		schema.Datetime("claimed_until", "Claimed Until").Secret(),
	},
	Bound: orm.Bound{
		Access: orm.Access{base.GroupSystem: orm.Read | orm.Unlink},
		Methods: orm.Methods{
			"mark_outgoing": {Needs: orm.Unlink, Do: again, Doc: "Sends e-mails again that were not sent. Answers true."},
			"action_retry":  {Needs: orm.Unlink, Do: again, Doc: "The same as mark_outgoing, for a button."},
			"cancel":        {Needs: orm.Unlink, Do: cancel, Doc: "Keeps e-mails from being sent. Answers true."},
		},
	},
}

// Email is one e-mail to one person.
type Email struct {
	To      string    // an address
	Subject string    // a line; what is no text in it becomes a space
	Text    string    // the plain part
	HTML    string    // the same as HTML; whoever writes it makes it safe
	At      time.Time // not before; zero for at once
}

// Enqueue writes an e-mail into the outbox and returns its id. It is sent once the
// transaction is committed.
func Enqueue(env *orm.Env, e Email) (int64, error) {
	values := orm.Values{"email_to": line(e.To), "subject": line(e.Subject), "body": e.Text, "body_html": e.HTML}
	if !e.At.IsZero() {
		values["scheduled_date"] = e.At.UTC()
	}
	ids, err := env.Sudo().Create(Outbox, values)
	if err != nil {
		return 0, fault.Wrap(err, "e-mail to", e.To)
	}
	return ids[0], nil
}

// line makes one line of a stranger's text, so that it cannot begin a header.
func line(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// again puts e-mails back that failed or were cancelled.
func again(env *orm.Env, call *orm.Call) (any, error) {
	ids, err := env.Search(Outbox, domain.All(domain.Where("id", domain.In, anyList(call.IDs)),
		domain.Where("state", domain.In, []any{Exception, Cancelled})), orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	return true, env.Sudo().Write(Outbox, ids, orm.Values{"state": Outgoing, "attempts": int64(0), "failure_reason": nil,
		"scheduled_date": nil, "claimed_by": nil, "claimed_until": nil})
}

// cancel takes e-mails out that are not sent yet.
func cancel(env *orm.Env, call *orm.Call) (any, error) {
	ids, err := env.Search(Outbox, domain.All(domain.Where("id", domain.In, anyList(call.IDs)),
		domain.Where("state", domain.In, []any{Outgoing, Exception})), orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	return true, env.Sudo().Write(Outbox, ids, orm.Values{"state": Cancelled, "claimed_by": nil, "claimed_until": nil})
}

// restored keeps a copy from sending what its original sends.
func restored(env *orm.Env, copied bool) error {
	if !copied {
		return nil
	}
	ids, err := env.Search(Outbox, domain.Where("state", domain.Eq, Outgoing), orm.SearchOptions{})
	if err != nil {
		return err
	}
	return env.Write(Outbox, ids, orm.Values{"state": Cancelled})
}

func anyList(ids []int64) []any {
	list := make([]any, len(ids))
	for i, id := range ids {
		list[i] = id
	}
	return list
}

// newMessageID names an e-mail for ever, within a domain.
func newMessageID(domain string) string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:]) + "@" + domain
}
