package run

import (
	"encoding/json"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Message is something that dashboards hear: a payload with its type, for the
// channels of those who watch what it is about.
type Message interface {
	messageType() string
	channels() []string
}

// Tell sends a message. It is heard once the transaction is committed.
func Tell(env *orm.Env, m Message) error {
	for _, channel := range m.channels() {
		if err := bus.Send(env, channel, m.messageType(), m); err != nil {
			return err
		}
	}
	return nil
}

// mostIDs is how many records a message names.
const mostIDs = 100

// Audience watches a run, its connection or their company.
type Audience struct {
	RunID, LinkID, CompanyID int64 // LinkID 0: a statement file's run
}

func (a Audience) channels() []string {
	channels := []string{bus.Channel(record.Runs, a.RunID), bus.Channel("res.company", a.CompanyID)}
	if a.LinkID != 0 {
		channels = append(channels, bus.Channel(record.Links, a.LinkID))
	}
	return channels
}

// journalAudience watches a journal or its company.
type journalAudience struct{ journal, company int64 }

func (a journalAudience) channels() []string {
	channels := []string{bus.Channel("res.company", a.company)}
	if a.journal != 0 {
		channels = append([]string{bus.Channel(record.Journals, a.journal)}, channels...)
	}
	return channels
}

// progress says how far a run is.
type progress struct {
	Audience `json:"-"`
	ID       int64 `json:"id"`
	Fetched  int64 `json:"fetched"`
	Created  int64 `json:"created"`
	Of       int64 `json:"of"`
	Percent  int64 `json:"percent"`
	Link     int64 `json:"link_id,omitempty"`
}

func (progress) messageType() string { return "account.online.run/progress" }

// waiting says what a queued run waits for.
type waiting struct {
	Audience `json:"-"`
	ID       int64  `json:"id"`
	State    string `json:"state"`
	What     string `json:"error_message"`
}

func (waiting) messageType() string { return "account.online.run/progress" }

// finished says how a run ended.
type finished struct {
	Audience  `json:"-"`
	ID        int64  `json:"id"`
	State     string `json:"state"`
	Outcome   any    `json:"outcome"`
	Fetched   int64  `json:"fetched"`
	Created   int64  `json:"created"`
	Updated   int64  `json:"updated"`
	Removed   int64  `json:"removed"`
	Known     int64  `json:"known"`
	Pending   int64  `json:"pending"`
	Error     any    `json:"error_message"`
	Reference any    `json:"error_reference"`
	Link      int64  `json:"link_id,omitempty"`
}

func (finished) messageType() string { return "account.online.run/finished" }

// linesCreated says that lines came into a journal.
type linesCreated struct {
	journalAudience `json:"-"`
	ID              int64       `json:"id"` // of the first
	Run             int64       `json:"run"`
	Count           int         `json:"count"`
	IDs             []int64     `json:"ids"`
	Journal         int64       `json:"journal"`
	Balance         json.Number `json:"balance"`
}

func (linesCreated) messageType() string { return "account.bank.statement.line/created" }

// TellLinesCreated tells that lines came into a journal, whose balance is now
// balance; run 0 for a user's decision.
func TellLinesCreated(env *orm.Env, journal, company, run int64, ids []int64, balance decimal.Decimal) error {
	return Tell(env, linesCreated{journalAudience{journal, company}, ids[0], run, len(ids), ids[:min(len(ids), mostIDs)], journal,
		record.Number(balance)})
}

// journalChanged says that something about a journal is new.
type journalChanged struct {
	journalAudience `json:"-"`
	ID              int64   `json:"id"`
	Run             int64   `json:"run"`
	Deleted         []int64 `json:"deleted,omitempty"`
}

func (journalChanged) messageType() string { return "account.journal/changed" }

// TellJournalChanged tells that lines of a journal came, changed or, if given,
// were deleted; run 0 for a user's decision.
func TellJournalChanged(env *orm.Env, journal, company, run int64, deleted []int64) error {
	return Tell(env, journalChanged{journalAudience{journal, company}, journal, run, deleted})
}

// linkChanged says what became of a connection.
type linkChanged struct {
	link, company int64
	values        orm.Values
}

func (linkChanged) messageType() string { return "account.online.link/changed" }

func (m linkChanged) channels() []string {
	return []string{bus.Channel(record.Links, m.link), bus.Channel("res.company", m.company)}
}

// MarshalJSON tells of the fields that were written those that are shown.
func (m linkChanged) MarshalJSON() ([]byte, error) {
	payload := map[string]any{"id": m.link}
	for _, field := range []string{"state", "attention", "error_message", "error_reference"} {
		if v, ok := m.values[field]; ok {
			payload[field] = v
		}
	}
	if next, ok := m.values["next_refresh"].(time.Time); ok {
		payload["next_refresh"] = next.UTC().Format(schema.DatetimeLayout)
	}
	return json.Marshal(payload)
}

// TellLinkChanged tells what was written of a connection.
func TellLinkChanged(env *orm.Env, link, company int64, values orm.Values) error {
	return Tell(env, linkChanged{link, company, values})
}

// reviewsChanged says which questions are open now, or no more.
type reviewsChanged struct {
	journalAudience `json:"-"`
	ID              int64   `json:"id"` // the first one's
	IDs             []int64 `json:"ids"`
	Count           int     `json:"count"`
	State           string  `json:"state"`
	Journal         int64   `json:"journal"`
}

func (reviewsChanged) messageType() string { return "account.online.review/changed" }

// TellReviewsChanged tells the state that questions have now; none is no message.
func TellReviewsChanged(env *orm.Env, journal, company int64, ids []int64, state string) error {
	if len(ids) == 0 {
		return nil
	}
	return Tell(env, reviewsChanged{journalAudience{journal, company}, ids[0], ids[:min(len(ids), mostIDs)], len(ids), state, journal})
}

// InstitutionsChanged says how the list of a provider's institutions changed.
type InstitutionsChanged struct {
	ID        int64 `json:"id"` // the provider's
	New       int   `json:"new"`
	Gone      int   `json:"gone"`
	Renamed   int   `json:"renamed"`
	Restated  int   `json:"restated"` // another status: stable, beta, disabled
	companies []int64
}

func (InstitutionsChanged) messageType() string { return "account.online.institution/changed" }

func (m InstitutionsChanged) channels() []string {
	channels := make([]string, len(m.companies))
	for i, id := range m.companies {
		channels[i] = bus.Channel("res.company", id)
	}
	return channels
}

// TellInstitutionsChanged tells companies how a list changed.
func TellInstitutionsChanged(env *orm.Env, companies []int64, m InstitutionsChanged) error {
	m.companies = companies
	return Tell(env, m)
}

// flowStep says where a flow is.
type flowStep struct {
	ID    int64           `json:"id"`
	State any             `json:"state"`
	Step  json.RawMessage `json:"step,omitempty"`
}

func (flowStep) messageType() string { return "account.online.flow/step" }

func (m flowStep) channels() []string { return []string{bus.Channel(record.Flows, m.ID)} }

// TellFlowStep tells a flow's state and, where it asks something, the step
// without anything that its user typed.
func TellFlowStep(env *orm.Env, flow int64, values orm.Values) error {
	step, _ := values["step"].(json.RawMessage)
	return Tell(env, flowStep{flow, values["state"], step})
}
