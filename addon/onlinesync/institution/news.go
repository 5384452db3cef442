package institution

import (
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// news is what changed about an institution, as its connections are told. Without
// words only facts changed that no connection needs to hear of.
type news struct {
	id      int64
	gone    bool
	status  bool // another one than before
	renamed bool
	words   []string // ids of sentences
	args    fault.Args
}

// newsOf compares a row with what is to be written.
func newsOf(row orm.Row, change orm.Values) news {
	n := news{id: row.ID(), args: fault.Args{"institution": row.Str("name"), "before": row.Str("name")}}
	since, moved := change["gone_since"]
	if moved && since != nil {
		n.gone, n.words = true, []string{"sync.institution_gone"}
		return n
	}
	if name, ok := change["name"].(string); ok {
		n.renamed, n.args["institution"] = true, name
		n.words = append(n.words, "sync.institution_renamed")
	}
	status, other := change["status"].(string)
	n.status = other || moved
	switch {
	case moved && (!other && row.Str("status") != "disabled" || status != "" && status != "disabled"):
		n.words = append(n.words, "sync.institution_back")
	case other:
		n.words = append(n.words, "sync.institution_now_"+status)
	}
	return n
}

// tally counts what changed in a provider's list.
type tally struct {
	provider                          string // its title
	New, Gone, Renamed, Status, Other int
	Connections                       int // that were told
}

func (t *tally) count(n news) {
	switch {
	case n.gone:
		t.Gone++
	case n.status || n.renamed:
		if n.status {
			t.Status++
		}
		if n.renamed {
			t.Renamed++
		}
	default:
		t.Other++
	}
}

func (t *tally) add(more tally) {
	t.Gone, t.Renamed, t.Status = t.Gone+more.Gone, t.Renamed+more.Renamed, t.Status+more.Status
	t.Other, t.Connections = t.Other+more.Other, t.Connections+more.Connections
}

func (t *tally) none() bool { return t.New+t.Gone+t.Renamed+t.Status+t.Other == 0 }

// values are the tally as the provider's row has it: of the last list that
// changed anything.
func (t *tally) values(env *orm.Env) orm.Values {
	if t.none() {
		return nil
	}
	return orm.Values{"institutions_new": int64(t.New), "institutions_gone": int64(t.Gone), "institutions_renamed": int64(t.Renamed),
		"institutions_restated": int64(t.Status), "institutions_changed_at": env.Now()}
}

// tellConnections says on the connections of institutions what is new about them.
// It returns how many were told.
func (l *listing) tellConnections(env *orm.Env, all []news) (int, error) {
	byID, ids := map[int64]news{}, []any{}
	for _, n := range all {
		byID[n.id] = n
		ids = append(ids, n.id)
	}
	if len(ids) == 0 {
		return 0, nil
	}
	links, err := env.SearchRead(record.Links, domain.All(domain.Where("institution_id", domain.In, ids),
		domain.Where("state", domain.Ne, record.StateDisconnected), domain.Where("is_legacy", domain.Ne, true)),
		[]string{"institution_id", "company_id", "expiring_synchronization_date"}, orm.SearchOptions{})
	if err != nil || links.Len() == 0 {
		return 0, err
	}
	lang, err := base.Param(env, "onlinesync.language", "en_US")
	if err != nil {
		return 0, err
	}
	for link := range links.All() {
		n := byID[link.Ref("institution_id")]
		for _, words := range n.words {
			args := fault.Args{"institution": n.args["institution"], "before": n.args["before"], "provider": l.tally.provider,
				"until": string(link.Date("expiring_synchronization_date"))}
			inCompany := env.With(orm.Context{"allowed_company_ids": []any{link.Ref("company_id")}})
			if _, err := mail.Post(inCompany, record.Links, link.ID(), record.SayIn(lang, words, args), mail.Options{}); err != nil {
				return 0, err
			}
		}
	}
	return links.Len(), nil
}

// tellCompanies puts a message on the bus for everybody who may look at a picker.
func (l *listing) tellCompanies(env *orm.Env) error {
	companies, err := env.Search("res.company", nil, orm.SearchOptions{})
	if err != nil {
		return err
	}
	return run.TellInstitutionsChanged(env, companies, run.InstitutionsChanged{ID: l.id, New: l.tally.New, Gone: l.tally.Gone,
		Renamed: l.tally.Renamed, Restated: l.tally.Status})
}
