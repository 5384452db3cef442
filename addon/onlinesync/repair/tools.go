package repair

import (
	"log/slog"

	"github.com/girosync/girosync/addon/onlinesync/connect"
	"github.com/girosync/girosync/addon/onlinesync/provider"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"

	"github.com/girosync/girosync/addon/orm"
)

// Tools look closer at what was imported, and put it right.
type Tools struct {
	Plugins     *provider.Plugins
	Queue       *run.Queue
	Connections *connect.Connections
	Log         *slog.Logger
	// LookBackDays is how many days before the last known one a fetch begins.
	LookBackDays int
}

// Part is what this room adds to a registry.
func (t *Tools) Part() orm.Part {
	return orm.Part{Extensions: []orm.Extension{
		{Of: record.Journals, Bound: orm.Bound{Methods: orm.Methods{
			"action_dry_run": {Needs: orm.Read, Tx: orm.TxNone, Do: t.dryRunJournals, Doc: dryRunWords},
			"find_duplicate_transactions": {Needs: orm.Read, Tx: orm.TxRead, Do: findDuplicates,
				Params: []orm.Param{orm.Opt("date_from", nil).Says("The first day; 90 days ago if not given.")},
				Doc: "Lines of one journal that say the same. Answers {groups: [{lines, likely, keep, …}]}: whether they are one " +
					"payment, and which to keep."},
			"delete_duplicate_transactions": {Needs: orm.Read, Do: deleteDuplicates,
				Params: []orm.Param{orm.Arg("line_ids").Says("Ids of lines of the journal.")},
				Doc: "Deletes lines as duplicates; what the bank told of them stays known, so that they do not come back. Answers " +
					"how many. Refused where a line is reconciled or lies in closed books."},
			"find_missing_transactions": {Needs: orm.Read, Tx: orm.TxNone, Do: t.findMissing,
				Params: []orm.Param{orm.Opt("date_from", nil).Says("The first day; 90 days earlier if not given."),
					orm.Opt("date_to", nil).Says("The last day; today if not given.")},
				Doc: "Asks the bank what it knows of those days and compares it with one journal. Answers {missing, pending, " +
					"deleted}, lists of transactions. Nothing is written."},
			"action_refetch": {Needs: orm.Read, Do: t.refetch,
				Params: []orm.Param{orm.Arg("date_from").Says("The first day."), orm.Opt("date_to", nil).Says("The last day; today " +
					"if not given."),
					orm.Opt("restore_deleted", false).Says("Whether lines that a user deleted come back.")},
				Doc: "Fetches those days of one journal again. Answers the run's id (account.online.run)."},
		}}},
		{Of: record.Links, Bound: orm.Bound{Methods: orm.Methods{"action_dry_run": {Needs: orm.Write, Tx: orm.TxNone,
			Do: t.dryRunLinks, Doc: dryRunWords}}}},
		{Of: record.Runs, Bound: orm.Bound{Methods: orm.Methods{"undo": {Needs: orm.Read, Do: undoRuns,
			Doc: "Takes back all that runs did: lines, changes, questions. Answers true. Refused (UserError) where somebody edited " +
				"or reconciled a line, and in closed books."}}}},
		{Of: record.Transactions, Bound: orm.Bound{Methods: orm.Methods{"action_reimport": {Needs: orm.Read, Do: reimport,
			Doc: "Makes the lines again that a user deleted. Answers their ids."}}}},
		{Of: record.Lines, Bound: orm.Bound{Methods: orm.Methods{"explain": {Needs: orm.Read, Tx: orm.TxRead, Do: explainLine,
			Doc: "Why one line is there. Answers {words: sentences, match_reason, source, status, edited (by a user), identifiers " +
				"[{source, id, since}], transaction_id, …}; for a line typed by hand, that it was."}}}},
	}}
}

const dryRunWords = "What a synchronisation would bring now, without writing anything. Answers for each account {link_id, " +
	"account_id, journal_id, from, to (days), new, known, changed, removed, pending, skipped, would_be_duplicates, unreadable " +
	"(numbers), lines (at most 200)}."
