package server

import "net/http"

// Handler is what a host serves, for tests that need no listener.
func (h *Host) Handler() http.Handler { return h.handler() }
