package server

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/server/postman"
)

// openPost makes who sends e-mail, which is nobody where no mail server is named,
// and who posts to webhooks.
func (h *Host) openPost() (err error) {
	c := h.Config.Mail
	h.postman, err = postman.New(postman.Options{Host: c.Host, Port: c.PortOrUsual(), TLS: c.Security, User: c.User,
		PasswordFile: c.PasswordFile, From: c.From, Time: c.SendTime, CAFile: c.CAFile, Name: h.presence.Self(), Log: h.log})
	if err != nil {
		return err
	}
	hooks := h.Config.Hooks
	h.runner, err = postman.NewRunner(postman.RunnerOptions{Networks: hooks.Networks, Plain: hooks.Plain, Time: hooks.SendTime,
		CAFile: hooks.CAFile, Name: h.presence.Self(), Agent: "girosync/" + Version, Log: h.log})
	return err
}

// CheckMail reaches the mail server as an e-mail would; it says which one that is,
// or that there is none.
func (h *Host) CheckMail(ctx context.Context) (string, error) {
	if !h.postman.Works() {
		return "none is sent: mail.host is not set", nil
	}
	return h.Config.Mail.Host, h.postman.Check(ctx)
}

// Post sends what is due to people and other programs now, in all databases, as it
// is done every minute while the host serves.
func (h *Host) Post(ctx context.Context) error {
	h.rounds.post.Lock() // a round that is under way may have missed what is new
	err := h.chores().post(ctx)
	h.rounds.post.Unlock()
	h.rounds.deliver.Lock()
	defer h.rounds.deliver.Unlock()
	return errors.Join(err, h.chores().deliver(ctx))
}

// rounds are those of a host that are under way: who holds one's lock works on it.
type rounds struct{ post, deliver sync.Mutex }

// Post does nothing while another round of this host is under way: it would wait
// for the same mail server.
func (w work) Post(ctx context.Context) error {
	if !w.rounds.post.TryLock() {
		return nil
	}
	defer w.rounds.post.Unlock()
	return w.post(ctx)
}

// post tells what is to be told and sends what is to be sent.
func (w work) post(ctx context.Context) error {
	return w.each(ctx, func(_ string, db *orm.Database) error {
		return errors.Join(w.sync.TellNotices(ctx, db), w.postman.Post(ctx, db))
	})
}

// Deliver does nothing while another round of this host is under way.
func (w work) Deliver(ctx context.Context) error {
	if !w.rounds.deliver.TryLock() {
		return nil
	}
	defer w.rounds.deliver.Unlock()
	return w.deliver(ctx)
}

// manyAtOnce is how many databases' webhooks are served at the same time: one
// with slow receivers holds up few others.
const manyAtOnce = 8

func (w work) deliver(ctx context.Context) error {
	var errs errgroup.Group
	errs.SetLimit(manyAtOnce)
	err := w.each(ctx, func(name string, db *orm.Database) error {
		errs.Go(func() error {
			if err := w.runner.Run(ctx, db, w.sync.Hooks()); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			return nil
		})
		return nil
	})
	return errors.Join(err, errs.Wait())
}

// letGoOfMail deletes notices, e-mails and deliveries that were kept long enough.
func (w work) letGoOfMail(ctx context.Context, db *orm.Database) error {
	return db.Within(ctx, system, orm.TxWrite, func(env *orm.Env) error {
		_, err := mail.LetGo(env)
		if err != nil {
			return err
		}
		return w.sync.LetGoOfNotices(env)
	})
}
