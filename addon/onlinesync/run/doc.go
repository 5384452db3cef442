// Package run is synchronisations and imports as work: who asks for one, which
// worker has it and until when, how far it is, and what dashboards hear of it.
//
// A run's row is the truth about it. Whoever holds its lease works on it, every
// transaction that writes for it proves the lease, and a lease that ended lets
// another worker take over. So does the end of the process that had it, where
// [Hosts] knows of that: a run that was cut off goes on at once.
package run
