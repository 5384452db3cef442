package notice

import (
	"encoding/json"
	"time"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Desk brings notices to people, in all databases of a host.
type Desk struct {
	URL  string // of the dashboard, without a final slash
	Mail bool   // whether the host can send e-mail; nothing is queued otherwise
	// Outlet, if set, hears of notices in the transaction that spreads them.
	Outlet func(env *orm.Env, notices []int64) error
}

// Part is what this room adds to a registry.
func (d *Desk) Part() orm.Part {
	return orm.Part{Models: []orm.Model{d.noticeModel(), reader, choiceModel()}}
}

// noticeModel is what was told. Its texts are in the language of who reads them.
func (d *Desk) noticeModel() orm.Model {
	return orm.Model{
		Name: record.Notices, Label: "Notice", Order: "id desc", RecName: "connection",
		Fields: schema.Fields{
			schema.Selection("kind", "Kind", options()...).Required().Readonly().Indexed(),
			schema.Char("story", "Story").Secret(),
			schema.Many2one("link_id", "Bank Connection", record.Links).Readonly().Indexed(),
			schema.Many2one("company_id", "Company", "res.company").Required().Readonly().Indexed(),
			schema.Char("connection", "Name of the Connection").Readonly(),
			schema.JSON("args", "Arguments").Secret(),
			schema.Char("error_reference", "Error Reference").Readonly().Indexed(),
			schema.Datetime("at", "At").Readonly(),
			schema.Char("subject", "Subject").DependsOn("kind").NotKept(),
			schema.Text("what", "What Happened").DependsOn("kind").NotKept(),
			schema.Char("who", "Who Has to Act").DependsOn("kind").NotKept(),
			schema.Text("next", "What to Do Next").DependsOn("kind").NotKept(),
			schema.Boolean("urgent", "Urgent").DependsOn("kind").NotKept(),
			schema.Char("url", "Link").DependsOn("kind").NotKept(),
			schema.Datetime("spread_at", "Told At").Secret().Indexed(), // empty: to be spread
		},
		Bound: orm.Bound{
			Access:   record.Readers(),
			Rules:    []orm.Rule{base.CompanyRule("Notice: company")},
			Computes: []orm.Compute{{Fields: []string{"subject", "what", "who", "next", "urgent", "url"}, Do: d.compute}},
		},
	}
}

func (d *Desk) compute(env *orm.Env, batch *orm.Batch) error {
	items, err := d.items(env, batch.IDs())
	if err != nil {
		return err
	}
	for i := range batch.Len() {
		item, ok := items[batch.ID(i)]
		if !ok {
			continue
		}
		said := item.words(env.Context().Lang())
		batch.Set(i, "subject", said.Subject)
		batch.Set(i, "what", said.What)
		batch.Set(i, "who", said.Who)
		batch.Set(i, "next", said.Next)
		batch.Set(i, "urgent", item.about.urgent)
		batch.Set(i, "url", item.url)
	}
	return nil
}

// item is a notice as read.
type item struct {
	about
	id         int64
	story      Story
	link       int64
	company    int64
	connection string
	args       fault.Args
	reference  string
	at         time.Time
	companyIs  string // its name
	url        string
}

// items reads notices, by id.
func (d *Desk) items(env *orm.Env, ids []int64) (map[int64]*item, error) {
	env = env.Sudo()
	rows, err := env.Read(record.Notices, ids, "kind", "story", "link_id", "company_id", "connection", "args", "error_reference", "at")
	if err != nil {
		return nil, err
	}
	var companies []int64
	for row := range rows.All() {
		companies = append(companies, row.Ref("company_id"))
	}
	names, err := env.DisplayNames("res.company", companies)
	if err != nil {
		return nil, err
	}
	items := make(map[int64]*item, rows.Len())
	for row := range rows.All() {
		it := &item{about: aboutOf(Kind(row.Str("kind"))), id: row.ID(), story: Story(row.Str("story")), link: row.Ref("link_id"),
			company: row.Ref("company_id"), connection: row.Str("connection"), reference: row.Str("error_reference"),
			companyIs: names[row.Ref("company_id")], url: d.URL + "/#/", args: fault.Args{}, at: row.Time("at")}
		if text := row.JSON("args"); len(text) > 0 {
			if err := json.Unmarshal(text, &it.args); err != nil {
				return nil, fault.Wrap(err, "notice", it.id)
			}
		}
		items[it.id] = it
	}
	return items, nil
}

// Description is a notice as other programs get it.
type Description struct {
	ID         int64     `json:"id"`
	Kind       string    `json:"kind"`
	At         time.Time `json:"at"`
	Connection int64     `json:"connection_id"` // 0 when it is deleted
	Name       string    `json:"connection"`
	Company    int64     `json:"company_id"`
	CompanyIs  string    `json:"company"`
	Urgent     bool      `json:"urgent"`
	Subject    string    `json:"subject"`
	What       string    `json:"what"`
	Who        string    `json:"who"`
	Next       string    `json:"next"`
	Reference  string    `json:"error_reference,omitempty"`
	URL        string    `json:"url"`
}

// Describe tells notices in a language, by id.
func (d *Desk) Describe(env *orm.Env, ids []int64, lang string) (map[int64]Description, error) {
	items, err := d.items(env, ids)
	if err != nil {
		return nil, err
	}
	told := make(map[int64]Description, len(items))
	for id, it := range items {
		said := it.words(lang)
		told[id] = Description{ID: id, Kind: string(it.Kind), At: it.at.UTC(), Connection: it.link, Name: plain(it.connection),
			Company: it.company, CompanyIs: plain(it.companyIs), Urgent: it.urgent, Subject: said.Subject, What: said.What, Who: said.Who,
			Next: said.Next, Reference: it.reference, URL: it.url}
	}
	return told, nil
}
