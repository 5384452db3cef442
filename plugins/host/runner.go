package host

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"
)

// pipeGrace is how long the output of an ended process may still be read,
// should something else hold its pipes open.
const pipeGrace = time.Second

// command runs a plugin's binary for go-plugin. It differs from go-plugin's
// own runner in what a hostile or broken program could use: the process gets
// no terminal and no standard input, dies with the host, and what it prints
// cannot block it or spoil the handshake.
type command struct {
	cmd    *exec.Cmd
	sum    string // the trusted checksum, hexadecimal
	bounds bounds
	family family // the process and what it starts

	keepOut, keepErr func(line []byte) bool // which lines go-plugin gets

	out, err *lines // set by Start
	pid      atomic.Int64
	doomed   atomic.Bool   // Kill was called, maybe before the process ran
	dead     chan struct{} // closed when the process is dead; what it wrote may still be read
	ended    chan struct{} // closed when the process has ended, or did not start
	failure  error         // how it ended; read after ended
	cleared  chan struct{} // closed when nothing of its family is left
}

var _ runner.Runner = (*command)(nil)

// newCommand prepares path to be run. The two functions say which lines of its
// output go-plugin gets.
func newCommand(path, sum string, keepOut, keepErr func(line []byte) bool) *command {
	return &command{
		cmd:     &exec.Cmd{Path: path, Args: []string{path}, SysProcAttr: processAttributes()},
		sum:     sum,
		keepOut: keepOut,
		keepErr: keepErr,
		dead:    make(chan struct{}),
		ended:   make(chan struct{}),
		cleared: make(chan struct{}),
	}
}

// surround sets the process's folder, its whole environment, and who it is.
func (c *command) surround(dir string, env []string) error {
	c.cmd.Dir, c.cmd.Env = dir, env
	c.family.mark = mark + "=" + filepath.Base(dir)
	err := runAs(c.cmd.SysProcAttr, c.bounds.user, dir)
	if err != nil {
		c.neverBegan()
	}
	return err
}

// neverBegan tells whoever waits that there is no process to wait for.
func (c *command) neverBegan() {
	close(c.ended)
	close(c.cleared)
}

// Start checks the binary's bytes and runs them.
func (c *command) Start(context.Context) error {
	if err := checkBytes(c.cmd.Path, c.sum); err != nil {
		c.neverBegan()
		return err
	}
	started := make(chan error)
	go c.live(started)
	return <-started
}

// live owns the process from start to end. The kernel ends a plugin when the
// thread that started it ends, so that thread is kept until then.
func (c *command) live(started chan<- error) {
	defer close(c.cleared)
	defer c.family.end()
	defer close(c.ended)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	out, err, failure := c.start()
	started <- failure
	if failure != nil {
		c.failure = failure
		return
	}
	c.failure = c.cmd.Wait()
	close(c.dead)
	killGroup(c.cmd.Process.Pid)
	deadline := time.Now().Add(pipeGrace)
	_ = out.SetReadDeadline(deadline)
	_ = err.SetReadDeadline(deadline)
	// Who asks how it ended also wants to know its last words.
	select {
	case <-c.err.over:
	case <-time.After(pipeGrace):
	}
}

// start returns the reading ends of the process's output.
func (c *command) start() (out, err *os.File, failure error) {
	out, outEnd, failure := os.Pipe()
	if failure != nil {
		return nil, nil, failure
	}
	defer outEnd.Close()
	err, errEnd, failure := os.Pipe()
	if failure != nil {
		out.Close()
		return nil, nil, failure
	}
	defer errEnd.Close()
	c.cmd.Stdout, c.cmd.Stderr = outEnd, errEnd
	c.out, c.err = newLines(out, c.keepOut), newLines(err, c.keepErr)
	if failure = c.cmd.Start(); failure != nil {
		out.Close()
		err.Close()
		return nil, nil, failure
	}
	c.pid.Store(int64(c.cmd.Process.Pid))
	c.family.begin(c.cmd.Process.Pid)
	bound(c.cmd.Process.Pid, c.bounds)
	if c.doomed.Load() {
		_ = c.Kill(context.Background())
	}
	return out, err, nil
}

// checkBytes makes go-plugin's own check of a binary against its checksum.
func checkBytes(path, sum string) error {
	want, err := hex.DecodeString(sum)
	if err != nil {
		return fmt.Errorf("recorded checksum: %w", err)
	}
	ok, err := (&plugin.SecureConfig{Checksum: want, Hash: sha256.New()}).Check(path)
	if err != nil {
		return fmt.Errorf("check %s: %w", path, err)
	}
	if !ok {
		return plugin.ErrChecksumsDoNotMatch
	}
	return nil
}

// Wait returns when the process has ended.
func (c *command) Wait(context.Context) error {
	<-c.ended
	return c.failure
}

// Kill ends the process and whatever it started in its group, now or as soon
// as it runs. It does not wait.
func (c *command) Kill(context.Context) error {
	c.doomed.Store(true)
	select {
	case <-c.ended:
		return nil
	default:
	}
	if pid := int(c.pid.Load()); pid > 0 {
		killGroup(pid)
		_ = c.cmd.Process.Kill()
	}
	return nil
}

// Stdout gives go-plugin the handshake, and nothing else that is printed.
func (c *command) Stdout() io.ReadCloser { return io.NopCloser(c.out) }

// Stderr gives go-plugin the log lines that pass the limit.
func (c *command) Stderr() io.ReadCloser { return io.NopCloser(c.err) }

// Name is the binary's path.
func (c *command) Name() string { return c.cmd.Path }

// ID is the process id. It is never empty, since go-plugin cleans up only
// after runners that have one.
func (c *command) ID() string { return strconv.FormatInt(c.pid.Load(), 10) }

// Diagnose has nothing to add: the manager words start failures itself.
func (c *command) Diagnose(context.Context) string { return "" }

// PluginToHost changes nothing: both share one file system.
func (c *command) PluginToHost(network, address string) (string, string, error) {
	return network, address, nil
}

// HostToPlugin changes nothing.
func (c *command) HostToPlugin(network, address string) (string, string, error) {
	return network, address, nil
}
