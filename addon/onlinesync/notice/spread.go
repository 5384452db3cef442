package notice

import (
	"context"
	"slices"

	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Values of a reader's state.
const (
	waiting = "waiting"
	told    = "told"
	dropped = "dropped" // the user may no longer hear of it
)

// reader is a user who is to have an e-mail of a notice, and when.
var reader = orm.Model{
	Name: record.NoticeReaders, Label: "Reader of a Notice", Order: "id", RecName: "notice_id",
	Fields: schema.Fields{
		schema.Many2one("notice_id", "Notice", record.Notices).Required().WhenDeleted(schema.Cascade),
		schema.Many2one("user_id", "User", "res.users").Required().WhenDeleted(schema.Cascade).Indexed(),
		schema.Datetime("due", "Due").Required(),
		schema.Boolean("digest", "In a Digest"),
		schema.Selection("state", "State", schema.Option{Value: waiting, Label: "Waiting"}, schema.Option{Value: told, Label: "Told"},
			schema.Option{Value: dropped, Label: "Dropped"}).Required().DefaultTo(waiting),
		schema.Many2one("mail_id", "E-mail", "mail.mail"),
	},
	Indexes: []schema.Index{{Name: "due", Columns: []string{"state", "due"}}},
	Bound: orm.Bound{ // the host's alone
		SQLUnique: []orm.Unique{{Columns: []string{"notice_id", "user_id"}, Message: "A user hears of a notice once."}},
	},
}

// mostAtOnce is how many notices one transaction spreads, and how many readers'
// turns it serves.
const mostAtOnce = 200

// Work tells in a database what is to be told now. What is not done by one call,
// because it is much, is done by the next.
func (d *Desk) Work(ctx context.Context, db *orm.Database) error {
	due := false
	err := db.Within(ctx, record.System(), orm.TxRead, func(env *orm.Env) (err error) {
		due, err = d.anyDue(env)
		return err
	})
	if err != nil || !due {
		return err
	}
	list, err := people(ctx, db)
	if err != nil {
		return err
	}
	return db.Within(ctx, record.System(), orm.TxWrite, func(env *orm.Env) error {
		if err := d.recall(env, list); err != nil {
			return err
		}
		if err := d.spread(env, list); err != nil {
			return err
		}
		return d.deliver(env, list)
	})
}

func (d *Desk) anyDue(env *orm.Env) (bool, error) {
	n, err := env.Count(record.Notices, domain.Where("spread_at", domain.Eq, nil), 1)
	if err != nil || n > 0 {
		return n > 0, err
	}
	if n, err = env.Count(record.NoticeReaders, turns(env), 1); err != nil || n > 0 {
		return n > 0, err
	}
	n, err = env.Count(record.NoticeReaders, unsent, 1) // who may no longer read them?
	return n > 0, err
}

// turns are the readers whose time has come.
func turns(env *orm.Env) domain.Node {
	return domain.All(domain.Where("state", domain.Eq, waiting), domain.Where("due", domain.Le, env.Now()))
}

// spread finds for each fresh notice who is to hear of it.
func (d *Desk) spread(env *orm.Env, list []person) error {
	ids, err := env.Search(record.Notices, domain.Where("spread_at", domain.Eq, nil), orm.SearchOptions{Order: "id", Limit: mostAtOnce})
	if err != nil || len(ids) == 0 {
		return err
	}
	// first, so that another host that spreads them waits, and then finds them told
	if err := env.Write(record.Notices, ids, orm.Values{"spread_at": env.Now()}); err != nil {
		return err
	}
	items, err := d.items(env, ids)
	if err != nil {
		return err
	}
	var rows []orm.Values
	for _, id := range ids {
		for i := range list {
			row, err := d.reach(env, &list[i], items[id])
			if err != nil {
				return err
			}
			if row != nil {
				rows = append(rows, row)
			}
		}
	}
	if len(rows) > 0 {
		if _, err := env.Create(record.NoticeReaders, rows...); err != nil {
			return err
		}
	}
	if d.Outlet == nil {
		return nil
	}
	return d.Outlet(env, ids)
}

// reach tells a person's dashboard of a notice, and returns the row of who is to
// have an e-mail; nil for nobody.
func (d *Desk) reach(env *orm.Env, p *person, it *item) (orm.Values, error) {
	way := p.way(it)
	if way == Dashboard || way == Both {
		if err := d.tellDashboard(env, p, it); err != nil {
			return nil, err
		}
	}
	if !d.Mail || p.email == "" || way != Mail && way != Both {
		return nil, nil
	}
	due, digest := p.choice.plan(it.urgent, env.Now())
	return orm.Values{"notice_id": it.id, "user_id": p.id, "due": due, "digest": digest}, nil
}

// tellDashboard puts a notice on the user's own channel of the bus.
func (d *Desk) tellDashboard(env *orm.Env, p *person, it *item) error {
	if p.partner == 0 {
		return nil
	}
	said := it.words(p.choice.lang)
	payload := map[string]any{"id": it.id, "kind": string(it.Kind), "link_id": it.link, "subject": said.Subject, "what": said.What,
		"who": said.Who, "next": said.Next, "urgent": it.urgent, "url": it.url}
	if it.reference != "" {
		payload["error_reference"] = it.reference
	}
	return bus.Send(env, bus.Channel("res.partner", p.partner), record.Notices+"/created", payload)
}

// deliver writes the e-mails whose time has come: one for each notice, or one
// digest for all of a person's.
func (d *Desk) deliver(env *orm.Env, list []person) error {
	rows, err := env.SearchRead(record.NoticeReaders, turns(env), []string{"notice_id", "user_id", "digest"},
		orm.SearchOptions{Order: "user_id, digest, id", Limit: mostAtOnce})
	if err != nil || rows.Len() == 0 {
		return err
	}
	var ids []int64
	for row := range rows.All() {
		ids = append(ids, row.Ref("notice_id"))
	}
	items, err := d.items(env, ids)
	if err != nil {
		return err
	}
	var post []letter
	for row := range rows.All() {
		it := items[row.Ref("notice_id")]
		at := slices.IndexFunc(list, func(p person) bool { return p.id == row.Ref("user_id") })
		if at < 0 || it == nil || !slices.Contains(list[at].companies, it.company) || list[at].email == "" {
			if err := env.Write(record.NoticeReaders, []int64{row.ID()}, orm.Values{"state": dropped}); err != nil {
				return err
			}
			continue
		}
		last := len(post) - 1
		if row.Bool("digest") && last >= 0 && post[last].digest && post[last].to.id == list[at].id {
			post[last].items, post[last].rows = append(post[last].items, it), append(post[last].rows, row.ID())
			continue
		}
		post = append(post, letter{to: &list[at], digest: row.Bool("digest"), items: []*item{it}, rows: []int64{row.ID()}})
	}
	for i := range post {
		if err := d.enqueue(env, &post[i]); err != nil {
			return err
		}
	}
	return nil
}
