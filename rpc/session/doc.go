// Package session remembers between two requests who a browser or client library
// is logged in as: a random token in a cookie, and behind it a database and a user.
//
// It checks no passwords (see addon/base) and does not say where sessions are
// kept: [Store] does, and server/databases keeps them in the system store. Only
// a hash of the token is ever stored or logged.
package session
