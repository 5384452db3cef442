// Package httpd is the listener of a host: which path goes to which door, what
// every request must obey (origins, sizes, times), and the small pages of
// operation: health, readiness, metrics, the public list of institutions.
//
// It knows the doors only as handlers and functions; package server gives them.
package httpd
