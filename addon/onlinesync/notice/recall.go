package notice

import (
	"slices"

	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// unsent are the readers whose e-mail no mail server has taken yet.
var unsent = domain.All(domain.Where("state", domain.Eq, told), domain.Where("mail_id.state", domain.Eq, mail.Outgoing))

// recall takes e-mails back, before they are sent, whose readers may no longer hear of
// what stands in them: a mail server that is away may keep one for days. What else
// stood in a digest goes into another one.
func (d *Desk) recall(env *orm.Env, list []person) error {
	rows, err := env.SearchRead(record.NoticeReaders, unsent, []string{"notice_id", "user_id", "mail_id"},
		orm.SearchOptions{Order: "id", Limit: mostAtOnce})
	if err != nil || rows.Len() == 0 {
		return err
	}
	var notices []int64
	for row := range rows.All() {
		notices = append(notices, row.Ref("notice_id"))
	}
	items, err := d.items(env, notices)
	if err != nil {
		return err
	}
	var letters, lost []int64
	for row := range rows.All() {
		if it := items[row.Ref("notice_id")]; it == nil || !mayHear(list, row.Ref("user_id"), it) {
			letters, lost = append(letters, row.Ref("mail_id")), append(lost, row.ID())
		}
	}
	if len(lost) == 0 {
		return nil
	}
	var others []int64
	for row := range rows.All() {
		if slices.Contains(letters, row.Ref("mail_id")) && !slices.Contains(lost, row.ID()) {
			others = append(others, row.ID())
		}
	}
	if err := env.Write(mail.Outbox, letters, orm.Values{"state": mail.Cancelled}); err != nil {
		return err
	}
	if err := env.Write(record.NoticeReaders, others, orm.Values{"state": waiting, "mail_id": nil}); err != nil {
		return err
	}
	return env.Write(record.NoticeReaders, lost, orm.Values{"state": dropped})
}

// mayHear reports whether a user may still have an e-mail of a notice.
func mayHear(list []person, user int64, it *item) bool {
	at := slices.IndexFunc(list, func(p person) bool { return p.id == user })
	return at >= 0 && slices.Contains(list[at].companies, it.company) && list[at].email != ""
}
