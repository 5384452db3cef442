// Package rpc is the counter at which clients made for Odoo are served:
// JSON-RPC on /jsonrpc, XML-RPC on /xmlrpc, Odoo 19's JSON-2 on /json/2, the
// routes of Odoo's web client below /web, and behind all of them one way into
// the models (orm.Database.Call).
//
// It turns requests into calls, results into JSON or XML, and faults into
// Odoo's error data, the last in one place (errors.go). It opens no databases,
// checks no passwords and owns no listener: package server joins those in.
// DESIGN.md says where it differs from Odoo, and why.
package rpc
