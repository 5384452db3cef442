package server

import (
	"context"
	"net/http"
)

// Handler is what a host serves, for tests that need no listener.
func (h *Host) Handler() http.Handler { return h.handler() }

// Housekeep does what a host does once a day.
func (h *Host) Housekeep(ctx context.Context) error { return h.chores().Housekeep(ctx) }
