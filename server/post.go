package server

import (
	"context"

	"github.com/girosync/girosync/server/postman"
)

// openPost makes who sends e-mail; where no mail server is named, it sends none.
func (h *Host) openPost() (*postman.Postman, error) {
	c := h.Config.Mail
	return postman.New(postman.Options{Host: c.Host, Port: c.PortOrUsual(), TLS: c.Security, User: c.User, PasswordFile: c.PasswordFile,
		From: c.From, Time: c.SendTime, CAFile: c.CAFile, Name: h.presence.Self(), Log: h.log})
}

// CheckMail reaches the mail server as an e-mail would; it says which one that is,
// or that there is none.
func (h *Host) CheckMail(ctx context.Context) (string, error) {
	if !h.postman.Works() {
		return "none is sent: mail.host is not set", nil
	}
	return h.Config.Mail.Host, h.postman.Check(ctx)
}

// Post sends what is due to people now, in all databases, as it is done every
// minute while the host serves.
func (h *Host) Post(ctx context.Context) error {
	h.posting.Lock() // a round that is under way may have missed what is new
	defer h.posting.Unlock()
	return h.chores().post(ctx)
}
