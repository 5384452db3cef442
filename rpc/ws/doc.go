// Package ws is what browsers and client libraries reach over WebSocket: Odoo
// 18's bus on /websocket, with a hub per database and sockets that resume where
// they were; and on /rpc JSON-RPC 2.0, both ways.
//
// It knows neither models nor addons: [Backend] says who somebody is, what they
// may hear and what was said, [Caller] runs calls; package server joins them
// with addon/bus and package rpc.
//
// # JSON-RPC on /rpc
//
// One JSON text a message, no batches. A client that comes with a session's
// cookie is logged in; others log in first. An Origin header, which browsers
// always send, must be one that may open sockets.
//
//	method       params                              result
//	version                                          {server_version, …}
//	login        {db?, login, password} or {db?, key} {uid, db, user_context}
//	logout                                           true
//	session                                          {uid, db}, or false
//	call         {model, method, args?, kwargs?}     the method's; null for None
//	cancel       {id}                                whether that call was under way
//	subscribe    {channels, last?}                   {channels, last}
//	unsubscribe                                      true
//
// A session that began with an API key, also one given as the password, ends
// when the key is revoked or expires, or its user is archived: the next call is
// refused with code 100 and the socket closes with 4001.
//
// db may be left out on a host with one database. call also takes the list
// [model, method, args, kwargs]. Calls run beside each other and may be answered
// in any order; all other requests are taken in their turn, so a call sent after
// a log-in belongs to it. When the connection ends, calls under way are cut off
// and changes that they have not committed are undone.
//
// subscribe replaces the channels that the connection hears; the answer names
// those that it may hear, and the newest id. Then come notifications
//
//	{"jsonrpc": "2.0", "method": "notifications", "params": [{"id": 13, "message": {"type": "…", "payload": {…}}}, …]}
//
// with ids ascending. With last, the id that the client saw last, everything
// since then comes first, or girosync/reload when that is no longer kept.
//
// Errors of models have Odoo's codes (200; 100 when nobody is logged in; 404)
// and data {name, message, arguments, context, debug}; -32700, -32600, -32601
// and -32602 are JSON-RPC's, -32000 is too many calls at once, -32800 a call
// that was cancelled. The socket closes with 4001 when the session ends, 4002
// after an hour or a little longer, 1013 when the client does not keep up, 1009
// above limits.body_size (64 KiB before the log-in), 1001 when the host stops.
package ws
