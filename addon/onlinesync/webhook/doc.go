// Package webhook takes what providers tell by HTTP: that there is news, that a
// consent ends, that it was taken back.
//
// A notification is a hint. [Receiver.Ask] lets its provider prove where it comes
// from and say which connections it concerns; [Receiver.Apply] does to one of
// them what follows: mostly it makes a run, which asks the bank. What a stranger
// sends costs one call of a plugin at most, and changes nothing.
//
// Notifications come twice, late, in bursts, and while a run is under way. The
// run that is queued already serves for all that come before it begins; one that
// runs does not, since it may have asked before the news. After a notified run
// the next waits a moment ([pause]).
//
// Neighbours: server, which knows the database of a connection; provider, run and
// connect, which do the work.
package webhook
