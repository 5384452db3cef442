package filing

import (
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/apply"
	"github.com/girosync/girosync/addon/onlinesync/importing"
)

// Report is what became of a statement file.
type Report struct {
	Run      int64  `json:"run,omitempty"` // 0 for a dry run
	Format   string `json:"format"`
	Reader   string `json:"reader"` // the provider that read it
	Encoding string `json:"encoding,omitempty"`
	New      int    `json:"new"`
	// Known counts what the journal has already. Of these, Changed say
	// something else now, and Duplicates are known by what they say and not by
	// the bank's id: they came from another source, or have no id.
	Known      int `json:"known"`
	Changed    int `json:"changed"`
	Duplicates int `json:"duplicates"`
	Repeated   int `json:"repeated"` // told twice in this file
	// Questions counts what might be a duplicate and is asked about after the import.
	Questions int `json:"questions"`
	Skipped   int `json:"skipped"` // before the first day that may be imported
	Pending   int `json:"pending"`
	// Refused lists what could not be read, at most maxRefusals of it; MoreRefused
	// counts the rest.
	Refused     []Refusal         `json:"refused"`
	MoreRefused int               `json:"more_refused,omitempty"`
	Others      []string          `json:"other_accounts,omitempty"` // of the file, not imported
	ReadAs      map[string]string `json:"read_as,omitempty"`        // options that read it the same way again
	Message     string            `json:"message,omitempty"`        // why nothing is new
	// Findings are what the file proves, what it or the journal denies, and what was
	// left out; a dry run holds the file against the journal, too. MoreFindings
	// counts those beyond what is listed.
	Findings     []Finding `json:"findings,omitempty"`
	MoreFindings int       `json:"more_findings,omitempty"`
	// Doubts are the words of the doubts among them.
	Doubts      []string `json:"doubts,omitempty"`
	DryRun      bool     `json:"dry_run"`
	Lines       []Line   `json:"lines,omitempty"`       // of a dry run: the first ones
	Attachments []int64  `json:"attachments,omitempty"` // where the file is kept
}

// Refusal is an entry that could not be read; line 0 is unknown.
type Refusal struct {
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

// Line is one transaction of a file and what would become of it.
type Line struct {
	Date    string `json:"date"`
	Amount  string `json:"amount"`
	Text    string `json:"payment_ref"`
	Partner string `json:"partner_name,omitempty"`
	Counter string `json:"account_number,omitempty"`
	State   string `json:"state"` // new, known, changed, duplicate, skipped
}

// shownLines is how many lines a dry run lists.
const shownLines = 200

func (c *fileContent) report() *Report {
	return &Report{Format: c.format, Reader: c.reader, Encoding: c.encoding, Pending: c.pending, Refused: c.refused, MoreRefused: c.unshown,
		Others: sorted(c.others), ReadAs: c.readAs}
}

// count adds up a plan, and gives what is new to isNew.
func (r *Report) count(told *importing.Told, d apply.Decision, isNew func(*importing.Entry)) {
	plan, ids := d.Plan, map[string]bool{}
	for _, k := range d.Known {
		if k.Source == told.Source {
			ids[k.Ident.ID] = true
		}
		for _, a := range k.Aliases {
			if a.Source == told.Source {
				ids[a.ID] = true
			}
		}
	}
	state := map[*importing.Entry]string{}
	fresh := 0
	r.Questions += len(plan.Doubts) + len(d.Typed)
	for i := range plan.New {
		if plan.New[i].Doubt != nil {
			r.Questions++
		}
		if plan.New[i].Status == importing.Posted {
			state[plan.New[i].Entry] = "new"
			fresh++
		}
	}
	for i := range plan.Postings {
		if plan.Postings[i].Doubt != nil {
			r.Questions++
		}
		state[plan.Postings[i].Now] = "new"
		fresh++
	}
	for i := range plan.Changes {
		state[plan.Changes[i].Now] = "changed"
	}
	same := 0
	for i := range told.Booked {
		e := &told.Booked[i]
		switch {
		case state[e] != "":
		case e.Date < told.Floor:
			state[e] = "skipped"
		case e.ID != "" && ids[e.ID]:
			state[e] = "known"
		default:
			state[e] = "duplicate"
			same++
		}
		if state[e] == "new" {
			isNew(e)
		}
		if len(r.Lines) < shownLines {
			r.Lines = append(r.Lines, Line{Date: string(e.Date), Amount: e.Amount.String(), Text: e.Text, Partner: e.Partner,
				Counter: e.Counter, State: state[e]})
		}
	}
	r.New += fresh
	r.Changed += len(plan.Changes)
	r.Known += plan.Known
	r.Skipped += plan.Skipped
	r.Repeated += max(0, len(told.Booked)-fresh-plan.Known-plan.Skipped)
	r.Duplicates += min(same, plan.Known)
}

// tell says what was found out.
func (r *Report) tell(found *Findings, lang string) {
	r.Findings, r.MoreFindings = found.Told(lang), found.More
	r.Doubts = doubtsOf(r.Findings)
}

// explain says why nothing is new.
func (r *Report) explain(target *fileTarget) {
	if r.New > 0 {
		return
	}
	id := "sync.file_nothing_new"
	switch {
	case r.Skipped > 0 && r.Known == 0:
		id = "sync.file_all_skipped"
	case r.Known == 0 && len(r.Refused) > 0:
		id = "sync.file_all_refused"
	case r.Known == 0 && r.Pending > 0:
		id = "sync.file_only_pending"
	case r.Known == 0:
		id = "sync.file_empty"
	}
	r.Message = fault.Localize(fault.Say(fault.User, id,
		fault.Args{"journal": target.name, "known": r.Known, "skipped": r.Skipped, "refused": len(r.Refused), "pending": r.Pending}),
		target.lang)
}
