// Package fault is the one error type that crosses floors: a [Kind], which
// tells the caller what to do, a message a user may read, and a cause only the
// log shows.
//
// Addons, the kernel and the server return faults; package rpc alone turns a
// kind into the Odoo error that a client sees. The package knows no HTTP, no
// database and no bank. A provider's own, shorter list of errors is in
// plugins/sdk.
//
// Wrap once per layer with [Wrap]; log once, at the edge, after
// [WithReference] gave the failure the name under which the user and the log
// find each other.
package fault
