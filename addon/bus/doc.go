// Package bus is the addon through which a change reaches those who watch:
// messages are rows, written last in the transaction that made the change, so
// that a rolled-back change announces nothing and a late reader misses nothing.
//
// A channel is a text; one of the form MODEL/ID is about a record, and only
// somebody who may read that record may listen. Package rpc/ws carries the
// messages to clients.
package bus
