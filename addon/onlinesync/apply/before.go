package apply

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Before is what a transaction said before the bank changed it.
type Before struct {
	Date        schema.Date `json:"date"`
	ValueDate   schema.Date `json:"value_date,omitempty"`
	Amount      json.Number `json:"amount"`
	Text        string      `json:"payment_ref,omitempty"`
	Partner     string      `json:"partner_name,omitempty"`
	Number      string      `json:"account_number,omitempty"`
	Fingerprint string      `json:"fingerprint"`
	Occurrence  int64       `json:"occurrence"`
	// Paid are the line's details, where the change told another amount in the
	// currency that was paid in.
	Paid *map[string]string `json:"paid,omitempty"`
}

// beforeChange keeps with a ledger row what it said, and who changes it.
func (w *Writer) beforeChange(values orm.Values, m *importing.Match, details map[string]string) {
	k := m.Known
	if k.Status != importing.Posted || k.Line == 0 {
		return
	}
	was := Before{Date: k.Date, ValueDate: k.ValueDate, Amount: record.Number(k.Amount), Text: k.Text, Partner: k.Partner,
		Number:      k.Counter,
		Fingerprint: k.Fingerprint, Occurrence: int64(k.Occurrence)}
	if m.Now.ForeignCurrency != "" {
		paid := map[string]string{}
		maps.Copy(paid, details)
		was.Paid = &paid
	}
	text, err := json.Marshal(was)
	if err == nil {
		values["before_change"], values["changed_run"] = json.RawMessage(text), w.run
	}
}

// beforeRemoval keeps with the ledger rows of lines that go who took them away.
func (w *Writer) beforeRemoval(env *orm.Env, chunk []*importing.Known, gone []int64) error {
	var ids []int64
	for _, k := range chunk {
		if slices.Contains(gone, k.Line) {
			ids = append(ids, k.ID)
		}
	}
	return env.Write(record.Transactions, ids, orm.Values{"changed_run": w.run})
}
