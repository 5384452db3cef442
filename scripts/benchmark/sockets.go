package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// sockets opens sockets in a process of their own, which makes messages and
// holds the sockets until release is called. last is when the last of them had
// a message, in milliseconds after the call that made it was sent.
func (h *host) sockets(ctx context.Context, clients int) (last float64, release func() error, err error) {
	command := exec.CommandContext(ctx, "go", "run", "./scripts/wsload",
		"-url", "ws"+strings.TrimPrefix(h.url, "http")+"/websocket?version=18.0-3", "-n", strconv.Itoa(clients), "-hold",
		"-cookie", h.cookie, "-origin", h.url, "-channels", "account.journal/1",
		"-post", h.url+"/jsonrpc", "-body", h.jsonrpc("account.journal", "message_post", "[[1]]", `{"body":"MARKER"}`))
	var errs bytes.Buffer
	command.Stderr = &errs
	hold, err := command.StdinPipe()
	if err != nil {
		return 0, nil, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return 0, nil, err
	}
	if err := command.Start(); err != nil {
		return 0, nil, err
	}
	var told struct {
		LastMS float64 `json:"last_ms"`
	}
	if err := json.NewDecoder(out).Decode(&told); err != nil {
		hold.Close()
		_ = command.Wait() // what it says is told
		return 0, nil, fmt.Errorf("wsload: %w: %s", err, errs.String())
	}
	return told.LastMS, func() error {
		hold.Close()
		return command.Wait()
	}, nil
}

// fanOut measures one message to many sockets.
func (h *host) fanOut(ctx context.Context, clients int) (float64, error) {
	last, release, err := h.sockets(ctx, clients)
	if err != nil {
		return 0, err
	}
	return last, release()
}

// idleSocket measures what one of many sockets that rest takes of the host's
// memory, in KiB.
func (h *host) idleSocket(ctx context.Context) (float64, error) {
	const clients = 10_000
	if _, err := h.startTime(ctx); err != nil {
		return 0, err
	}
	if err := h.login(ctx); err != nil {
		return 0, err
	}
	before, err := h.resident()
	if err != nil {
		return 0, err
	}
	_, release, err := h.sockets(ctx, clients)
	if err != nil {
		return 0, err
	}
	after, err := h.resident()
	if err != nil {
		return 0, err
	}
	return (after - before) * 1024 / clients, release()
}
