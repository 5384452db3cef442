// Package e2e tries girosync as its users have it: the real program and the real
// plugins, started as processes, on SQLite and on PostgreSQL, spoken to over
// HTTP, WebSocket, the command line and a browser. It holds tests only and sees
// nothing of the insides; what it reads in a database it reads by SQL.
//
// A provider joins by a row in providers_test.go: its whole story, from the first
// form to the day on which the connection is given up, is then told on both
// databases, against the stand-in for its service (story_test.go, chapters_test.go).
//
// The host is built with the race detector: a race that it reports fails the test.
// With -short only a few scenarios run; GIROSYNC_SOAK=1 kills hosts and plugins
// hundreds of times, built without the detector.
package e2e
