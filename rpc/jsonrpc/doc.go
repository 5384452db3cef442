// Package jsonrpc is Odoo's envelope of JSON-RPC over HTTP: bytes to a request,
// a result or an error to bytes. It knows no models and no HTTP.
//
// The envelope is looser than the standard's: the members jsonrpc and method
// are ignored, any id is echoed as it came, there are no batches and no
// notifications (as observed on Odoo 18).
package jsonrpc
