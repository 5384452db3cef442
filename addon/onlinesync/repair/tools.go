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
		{Of: record.Runs, Bound: orm.Bound{Methods: t.undoMethods()}},
		{Of: record.Transactions, Bound: orm.Bound{Methods: orm.Methods{"action_reimport": {Needs: orm.Read, Do: reimport,
			Doc: "Makes the lines again that a user deleted. Answers their ids. Refused (UserError) where the bank took one back."}}}},
		{Of: record.Lines, Bound: orm.Bound{Methods: orm.Methods{"explain": {Needs: orm.Read, Tx: orm.TxRead, Do: explainLine,
			Doc: "Why one line is there. Answers {words: sentences, match_reason, source, status, edited (by a user), identifiers " +
				"[{source, id, since}], transaction_id, …}; for a line typed by hand, that it was."}}}},
	}}
}

// undoMethods are what may be done about a run that is over.
func (t *Tools) undoMethods() orm.Methods {
	return orm.Methods{
		"undo": {Needs: orm.Read, Do: t.undoRuns,
			Params: []orm.Param{orm.Opt("hold_back", nil).Says("True: the lines stay known and out of the books until somebody " +
				"lets them in again (action_reimport). False: a synchronisation may bring them again.")},
			Doc: "Takes back all that runs did: lines, changes, questions. Answers true; or, where hold_back is not given and a " +
				"connection brings the lines again by itself, {undone: true, message, runs: [as undo_preview]}. Refused " +
				"(UserError) where somebody edited or reconciled a line, in closed books, and while the account is synchronised."},
		"undo_preview": {Needs: orm.Read, Tx: orm.TxRead, Do: t.previewUndo,
			Doc: "What undoing runs would do, without doing it. Answers for each run {run_id, lines (that leave the books), changed, " +
				"remade, pending, deleted (stay so), shared (stay), refused (why, or false), returns: {lines, out_of_reach, " +
				"connections: [{link_id, name, next_refresh}], message}}: what comes again by itself where nothing is held back."},
		"action_reimport": {Needs: orm.Read, Do: letIn,
			Doc: "Lets the lines in again that undoing the runs held back, but for those that the bank took back meanwhile: the " +
				"journal says how many. Answers the lines' ids. Refused (UserError) where there is none to let in."},
	}
}

const dryRunWords = "What a synchronisation would bring now, without writing anything. Answers for each account {link_id, " +
	"account_id, journal_id, from, to (days), new, known, changed, removed, pending, skipped, would_be_duplicates, unreadable " +
	"(numbers), lines (at most 200)}."
