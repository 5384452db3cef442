// Package rpc is the counter at which clients made for Odoo 18 are served:
// JSON-RPC on /jsonrpc, the routes of Odoo's web client below /web, and behind
// both one way into the models (orm.Database.Call).
//
// It turns requests into calls, results into JSON, and faults into Odoo's
// error data, the last in one place (errors.go). It opens no databases, checks
// no passwords and owns no listener: package server joins those in.
package rpc
