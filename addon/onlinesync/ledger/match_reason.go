package ledger

import (
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// Match codes of what users decided.
const (
	Adopted    importing.Reason = "adopted"    // the line that a user typed is the transaction's
	Reimported importing.Reason = "reimported" // a deleted line was asked for again
)

// reasonsOfRows words why each ledger row was matched as it was, in the reader's
// language: its code is what is kept.
func reasonsOfRows(env *orm.Env, batch *orm.Batch) error {
	rows, err := batch.Rows("match_code", "source")
	if err != nil {
		return err
	}
	for i := range batch.Len() {
		if code := rows.At(i).Str("match_code"); code != "" {
			batch.Set(i, "match_reason", MatchWords(env, code, rows.At(i).Str("source")))
		}
	}
	return nil
}

// reasonsOfLines words it for lines; one that no source told has no reason.
func reasonsOfLines(env *orm.Env, batch *orm.Batch) error {
	rows, err := env.Sudo().SearchRead(record.Transactions, domain.Where("line_id", domain.In, record.IDs(batch.IDs())),
		[]string{"line_id", "match_code", "source"},
		orm.SearchOptions{Order: "id desc"})
	if err != nil {
		return err
	}
	words := make(map[int64]string, rows.Len())
	for row := range rows.All() { // the oldest row of a line is the transaction's own
		words[row.Ref("line_id")] = MatchWords(env, row.Str("match_code"), row.Str("source"))
	}
	for i := range batch.Len() {
		if text := words[batch.ID(i)]; text != "" {
			batch.Set(i, "match_reason", text)
		}
	}
	return nil
}

// MatchWords is why an entry was taken for a transaction, in the user's language.
func MatchWords(env *orm.Env, code, source string) string {
	if id, known := matchMessages[importing.Reason(code)]; known {
		return record.Say(env, id, fault.Args{"source": source})
	}
	return code
}

var matchMessages = map[importing.Reason]string{
	importing.FirstSeen:       "match.first_seen",
	importing.SameID:          "match.same_id",
	importing.SamePendingID:   "match.same_pending_id",
	importing.SameFingerprint: "match.same_fingerprint",
	importing.PendingPosted:   "match.pending_posted",
	importing.SameDay:         "match.same_day",
	importing.OtherSource:     "match.other_source",
	Adopted:                   "match.adopted",
	Reimported:                "match.reimported",
}
