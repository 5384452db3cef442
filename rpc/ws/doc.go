// Package ws is the bus for browsers and client libraries: Odoo 18's /websocket
// protocol, a hub per database, and sockets that resume where they were.
//
// It knows neither models nor addons: [Backend] says who somebody is, what they
// may hear and what was said; package server joins it with addon/bus.
package ws
