// Package web is the dashboard: its sources (TypeScript, built by Vite into
// dist) and the embedding of what was built.
//
// It is a client of the public endpoints like any other and knows nothing of
// the host: it imports the standard library only. server/httpd mounts Handler
// at "/". A binary built before the dashboard carries a page that says how to
// build it, so that `go build` needs no Node; Built tells the two apart.
//
// The page's own navigation stays behind "#", so every path but "/" and the
// files of dist is free for the host's routes.
package web
