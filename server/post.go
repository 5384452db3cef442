package server

import (
	"context"
	"errors"

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
