// Package jobs wakes work up: synchronisations now, and what recurs, through
// River in the system store.
//
// A job carries only (database, run). What a synchronisation is, and whether it
// still has to be done, stands in its run row, so that a lost or repeated job
// does no harm: the sweep finds what is due and wakes it again.
package jobs
