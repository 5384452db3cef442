package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

// host is a real host with data of its own.
type host struct {
	dir, url string
	database string
	cookie   string
	cmd      *exec.Cmd
	imports  int
}

const password = "benchmark"

func startHost(ctx context.Context, dir string) (*host, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	h := &host{dir: dir, url: "http://" + address, database: "bench"}
	if err := h.create(ctx, "bench"); err != nil {
		return nil, err
	}
	_, err = h.start(ctx)
	return h, err
}

// freeAddress is one that nobody listens on.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// create makes a database with the command line.
func (h *host) create(ctx context.Context, name string) error {
	command := exec.CommandContext(ctx, "bin/girosync", "db", "init", name, "--data", h.dir, "--password-stdin", "--currency", "EUR",
		"--country", "BE")
	command.Stdin = strings.NewReader(password)
	command.Env = append(os.Environ(), "GIROSYNC_PLUGINS_DEMO=true")
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("db init: %w: %s", err, out)
	}
	return nil
}

// start starts the host and returns how long it took to be ready.
func (h *host) start(ctx context.Context) (time.Duration, error) {
	began := time.Now()
	h.cmd = exec.CommandContext(ctx, "bin/girosync", "serve", "--data", h.dir, "--listen", strings.TrimPrefix(h.url, "http://"))
	h.cmd.Stderr = os.Stderr
	h.cmd.Env = append(os.Environ(), "GIROSYNC_PLUGINS_DEMO=true")
	if err := h.cmd.Start(); err != nil {
		return 0, err
	}
	for time.Since(began) < time.Minute {
		response, err := http.Get(h.url + "/readyz")
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return time.Since(began), nil
			}
		}
		time.Sleep(2 * time.Millisecond)
	}
	return 0, errors.New("the host is not ready after a minute")
}

func (h *host) stop() {
	if h.cmd == nil {
		return
	}
	_ = h.cmd.Process.Signal(os.Interrupt) // it may be gone
	_ = h.cmd.Wait()
	h.cmd = nil
}

// startTime stops the host and starts it again.
func (h *host) startTime(ctx context.Context) (float64, error) {
	h.stop()
	took, err := h.start(ctx)
	return float64(took) / float64(time.Millisecond), err
}

// jsonrpc is the body of a call on /jsonrpc.
func (h *host) jsonrpc(model, method, args, kwargs string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","method":"call","id":17,"params":{"service":"object","method":"execute_kw",`+
		`"args":[%q,2,%q,%q,%q,%s,%s]}}`,
		h.database, password, model, method, args, kwargs)
}

// callKw is the body of a call on /web/dataset/call_kw.
func (h *host) callKw(model, method, args, kwargs string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","method":"call","id":17,"params":{"model":%q,"method":%q,"args":%s,"kwargs":%s}}`, model, method,
		args, kwargs)
}

func (h *host) post(ctx context.Context, path, body string, result any) (http.Header, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	var reply struct {
		Result json.RawMessage
		Error  *struct{ Data struct{ Message string } }
	}
	if err := json.Unmarshal(text, &reply); err != nil {
		return nil, fmt.Errorf("%s answered %.200s", path, text)
	}
	if reply.Error != nil {
		return nil, errors.New(reply.Error.Data.Message)
	}
	if result != nil && reply.Result != nil {
		return response.Header, json.Unmarshal(reply.Result, result)
	}
	return response.Header, nil
}

func (h *host) call(ctx context.Context, result any, model, method, args, kwargs string) error {
	_, err := h.post(ctx, "/jsonrpc", h.jsonrpc(model, method, args, kwargs), result)
	return err
}

// fill connects the demo bank that has as many transactions, waits until they
// are lines, and logs in.
func (h *host) fill(ctx context.Context, database string, lines int) error {
	h.database = database
	if _, err := h.connect(ctx, lines); err != nil {
		return err
	}
	return h.login(ctx)
}

func (h *host) login(ctx context.Context) error {
	header, err := h.post(ctx, "/web/session/authenticate",
		fmt.Sprintf(`{"params":{"db":%q,"login":"admin","password":%q}}`, h.database, password), nil)
	if err != nil {
		return err
	}
	h.cookie, _, _ = strings.Cut(header.Get("Set-Cookie"), ";")
	return nil
}
