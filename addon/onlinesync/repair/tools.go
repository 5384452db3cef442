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
			"action_dry_run": {Needs: orm.Read, Tx: orm.TxNone, Do: t.dryRunJournals},
			"find_duplicate_transactions": {Needs: orm.Read, Tx: orm.TxRead, Do: findDuplicates,
				Params: []orm.Param{orm.Opt("date_from", nil)}},
			"delete_duplicate_transactions": {Needs: orm.Read, Do: deleteDuplicates, Params: []orm.Param{orm.Arg("line_ids")}},
			"find_missing_transactions": {Needs: orm.Read, Tx: orm.TxNone, Do: t.findMissing,
				Params: []orm.Param{orm.Opt("date_from", nil), orm.Opt("date_to", nil)}},
			"action_refetch": {Needs: orm.Read, Do: t.refetch,
				Params: []orm.Param{orm.Arg("date_from"), orm.Opt("date_to", nil), orm.Opt("restore_deleted", false)}},
		}}},
		{Of: record.Links, Bound: orm.Bound{Methods: orm.Methods{"action_dry_run": {Needs: orm.Write, Tx: orm.TxNone, Do: t.dryRunLinks}}}},
		{Of: record.Runs, Bound: orm.Bound{Methods: orm.Methods{"undo": {Needs: orm.Read, Do: undoRuns}}}},
		{Of: record.Transactions, Bound: orm.Bound{Methods: orm.Methods{"action_reimport": {Needs: orm.Read, Do: reimport}}}},
		{Of: record.Lines, Bound: orm.Bound{Methods: orm.Methods{"explain": {Needs: orm.Read, Tx: orm.TxRead, Do: explainLine}}}},
	}}
}
