package standin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Options say how a stand-in is served.
type Options struct {
	// Listen is host:port, of a loopback address; port 0 takes any.
	Listen string
	// State is a file that keeps the emulator's state; "" keeps none.
	State string
	// Out gets a piece of TOML that makes a host use the stand-in, then hints; nil
	// where Ready tells enough.
	Out io.Writer
	// Ready is called once requests are taken; nil for nothing to do.
	Ready func(e *Emulator)
}

// Serve makes an emulator for the address at which it is served, and serves it
// until ctx ends. Out and Ready are told once requests are taken.
func Serve(ctx context.Context, o Options, emulator func(base string) (*Emulator, error)) error {
	listener, err := listen(o.Listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	e, err := emulator("http://" + listener.Addr().String())
	if err != nil {
		return err
	}
	keeper := &stateFile{path: o.State, emulator: e}
	if err := keeper.load(); err != nil {
		return err
	}
	server := &http.Server{Handler: keeper.keeping(Controlled(e)), ReadHeaderTimeout: time.Minute}
	over := make(chan error, 1)
	go func() { over <- server.Serve(listener) }()
	if o.Out != nil {
		introduce(o.Out, e)
	}
	if o.Ready != nil {
		o.Ready(e)
	}
	select {
	case err = <-over:
	case <-ctx.Done():
		quick, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		err = server.Shutdown(quick)
		<-over
	}
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, keeper.save())
}

// listen listens on a loopback address only: a stand-in asks nobody who they are.
func listen(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("%q is no address such as 127.0.0.1:8070", address)
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("a stand-in is served on a loopback address only, such as 127.0.0.1:8070, not on %s", address)
	}
	return net.Listen("tcp", address)
}

// introduce prints what a host needs, and hints as comments.
func introduce(w io.Writer, e *Emulator) {
	fmt.Fprintf(w, "[providers.%s]\n", e.Provider)
	for _, name := range slices.Sorted(maps.Keys(e.Settings)) {
		fmt.Fprintf(w, "%s = %s\n", name, strconv.Quote(e.Settings[name]))
	}
	fmt.Fprintln(w)
	for _, hint := range e.Hints {
		fmt.Fprintf(w, "# %s\n", hint)
	}
}

// stateFile keeps an emulator's state.
type stateFile struct {
	path     string // "" for none
	emulator *Emulator

	mu   sync.Mutex
	last []byte
}

// kept is the content of a state file.
type kept struct {
	Clock *Clock          `json:"clock"`
	State json.RawMessage `json:"state"`
}

func (s *stateFile) load() error {
	if s.path == "" {
		return nil
	}
	text, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	file := kept{Clock: s.emulator.Clock}
	if err == nil {
		err = json.Unmarshal(text, &file)
	}
	if err == nil {
		err = s.emulator.Load(file.State)
	}
	if err != nil {
		return fmt.Errorf("state of the stand-in, %s: %w", s.path, err)
	}
	return nil
}

// save writes the state when it has changed, so that a reader finds it whole.
func (s *stateFile) save() error {
	if s.path == "" {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	state, err := s.emulator.Save()
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(kept{s.emulator.Clock, state}, "", "  ")
	if err != nil || bytes.Equal(text, s.last) {
		return err
	}
	written := filepath.Join(filepath.Dir(s.path), "."+filepath.Base(s.path)+".new")
	if err = os.WriteFile(written, text, 0o600); err == nil {
		err = os.Rename(written, s.path)
	}
	if err == nil {
		s.last = text
	}
	return err
}

// keeping saves after each request what it changed.
func (s *stateFile) keeping(next http.Handler) http.Handler {
	if s.path == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		_ = s.save() // at the end it is tried again, and told
	})
}
