// Package xmlrpc is the envelope of /xmlrpc: XML text to a call, JSON text or a
// fault to XML text, as Odoo 18 reads and writes them. It runs nothing and
// knows neither HTTP nor models; package rpc joins it to the services.
//
// Requests are bounded in depth and number of values, and a document that
// declares anything (DTD, entities) is refused before it is read on.
package xmlrpc
