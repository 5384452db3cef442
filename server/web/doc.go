// Package web is the dashboard: its sources (TypeScript, built by Vite into
// dist) and the embedding of what was built.
//
// It is a client of the public endpoints like any other and knows nothing of
// the host: it imports the standard library only. server/httpd mounts Handler
// at "/". A binary built before the dashboard carries a page that says how to
// build it, so that `go build` needs no Node; Built tells the two apart.
//
// The sources grow by feature under src: rpc holds the one client of JSON-RPC
// and the one of the bus, session the log-in, live what the bus changes on the
// page, journals, lines and connect the pages; app is the frame around them,
// i18n every text in English and Dutch, format how amounts and dates look.
// test/fake is a host in memory behind which the pages are tried; e2e are the
// browser's tests, against it or against the host that BASE_URL names. For a
// page that follows its sources: `npm run dev`, with GIROSYNC_HOST naming a
// running host.
//
// The page's own navigation stays behind "#", so every path but "/" and the
// files of dist is free for the host's routes.
package web
