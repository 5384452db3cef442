package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"

	pluginhost "github.com/girosync/girosync/plugins/host"
	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/scripts/benchmark/bare"
)

// plugins measures the plugin host beside go-plugin alone. Both start the same
// bytes, under two names.
type plugins struct {
	one, many string // folders of ours
	bare      string // the floor's program
	sum       string // of all of them

	host    *pluginhost.Manager
	process *bare.Process
}

// mostPlugins is how many run at once when their memory is measured.
const mostPlugins = 50

func newPlugins(ctx context.Context, dir string) (p *plugins, err error) {
	p = &plugins{one: filepath.Join(dir, "one"), many: filepath.Join(dir, "many"), bare: filepath.Join(dir, "bare")}
	build := exec.CommandContext(ctx, "go", "build", "-o", p.bare, "./scripts/benchmark/plugin")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the plugin: %w: %s", err, out)
	}
	if p.sum, err = pluginhost.Checksum(p.bare); err != nil {
		return nil, err
	}
	if err := errors.Join(p.fill(p.one, 1), p.fill(p.many, mostPlugins)); err != nil {
		return nil, err
	}
	if p.host, err = p.newHost(p.one); err != nil {
		return nil, err
	}
	return p, p.begin(ctx)
}

// fill makes a folder with the program under several names.
func (p *plugins) fill(dir string, n int) error {
	err := os.Mkdir(dir, 0o755)
	for i := 0; err == nil && i < n; i++ {
		err = os.Link(p.bare, filepath.Join(dir, pluginhost.Prefix+nameOf(i)))
	}
	return err
}

func (p *plugins) newHost(dir string) (*pluginhost.Manager, error) {
	return pluginhost.New(pluginhost.Options{Dir: dir, Trust: p})
}

// begin starts one of each, and lets both warm up.
func (p *plugins) begin(ctx context.Context) (err error) {
	if p.process, err = p.startBare(); err != nil {
		return err
	}
	_, err = p.stream(ctx)
	if err == nil {
		_, err = p.bareStream(ctx)
	}
	return err
}

func nameOf(i int) string { return "bench" + strconv.Itoa(i) }

// Trusted implements [pluginhost.Trust].
func (p *plugins) Trusted(string) []string { return []string{p.sum} }

func (p *plugins) close() {
	p.process.End()
	_ = p.host.Close()
}

func (p *plugins) startBare() (*bare.Process, error) {
	sum, err := hex.DecodeString(p.sum)
	if err != nil {
		return nil, err
	}
	return bare.Start(p.bare, sum)
}

// figures are those about plugins.
func (p *plugins) figures() []figure {
	return []figure{
		{name: "plugin stream, 1,000 per message", unit: "/s", aim: "≥ 0.60 of bare go-plugin", ours: p.stream, floor: p.bareStream},
		{name: "plugin call", unit: "µs", aim: "< 1.20 of bare go-plugin", ours: p.call, floor: p.bareCall},
		{name: "plugin start to first answer", unit: "ms", aim: "≤ 1.25 of bare go-plugin", ours: p.start, floor: p.bareStart},
		{name: fmt.Sprintf("memory of %d idle plugins (PSS)", mostPlugins), unit: "MiB", aim: "< 250 MB", once: true, ours: p.idle,
			floor: p.bareIdle},
	}
}

func call() sdk.Call {
	return sdk.Call{Config: map[string]string{"key": "value"}, Now: time.Now(), Secret: []byte("secret"),
		SaveSecret: func([]byte) error { return nil }}
}

const perMessage = 1000

// stream is how many transactions come through the host in a second.
func (p *plugins) stream(ctx context.Context) (float64, error) {
	provider, err := p.host.Provider(nameOf(0))
	if err != nil {
		return 0, err
	}
	return rate(func() (n int, err error) {
		request := sdk.FetchRequest{Call: call(), AccountID: "1", PageSize: perMessage}
		err = provider.FetchTransactions(ctx, request, func(b sdk.Batch) error {
			n += len(b.Booked)
			return nil
		})
		return n, err
	})
}

func (p *plugins) bareStream(ctx context.Context) (float64, error) {
	return rate(func() (int, error) { return p.process.Stream(ctx, perMessage) })
}

func rate(stream func() (int, error)) (float64, error) {
	began := time.Now()
	n, err := stream()
	if err == nil && n == 0 {
		err = errors.New("no transaction came")
	}
	return float64(n) / time.Since(began).Seconds(), err
}

// call is how long a call with one answer takes.
func (p *plugins) call(ctx context.Context) (float64, error) {
	provider, err := p.host.Provider(nameOf(0))
	if err != nil {
		return 0, err
	}
	return usual(func() error { return listAccounts(ctx, provider) })
}

func listAccounts(ctx context.Context, provider sdk.Provider) error {
	list, err := provider.ListAccounts(ctx, sdk.ListAccountsRequest{Call: call()})
	if err == nil && len(list.Accounts) != 1 {
		err = errors.New("no account came")
	}
	return err
}

func (p *plugins) bareCall(ctx context.Context) (float64, error) {
	return usual(func() error { return p.process.Call(ctx) })
}

// usual is the median of what a call takes, in µs.
func usual(do func() error) (float64, error) {
	const calls = 3000
	took := make([]float64, calls)
	for i := range took {
		began := time.Now()
		if err := do(); err != nil {
			return 0, err
		}
		took[i] = float64(time.Since(began)) / float64(time.Microsecond)
	}
	slices.Sort(took)
	return took[calls/2], nil
}

// start is how long a first call takes, which starts the program. The host has
// looked at the file before, as it does when it starts itself.
func (p *plugins) start(ctx context.Context) (float64, error) {
	m, err := p.newHost(p.one)
	if err != nil {
		return 0, err
	}
	defer m.Close()
	began := time.Now()
	provider, err := m.Provider(nameOf(0))
	if err == nil {
		err = listAccounts(ctx, provider)
	}
	return float64(time.Since(began)) / float64(time.Millisecond), err
}

func (p *plugins) bareStart(ctx context.Context) (float64, error) {
	began := time.Now()
	process, err := p.startBare()
	if err != nil {
		return 0, err
	}
	defer process.End()
	err = process.Call(ctx)
	return float64(time.Since(began)) / float64(time.Millisecond), err
}

// idle is the memory that many programs hold which answered once.
func (p *plugins) idle(ctx context.Context) (float64, error) {
	m, err := p.newHost(p.many)
	if err != nil {
		return 0, err
	}
	defer m.Close()
	var pids []int
	for i := range mostPlugins {
		provider, err := m.Provider(nameOf(i))
		if err == nil {
			err = listAccounts(ctx, provider)
		}
		if err != nil {
			return 0, err
		}
		info, _ := m.Info(nameOf(i))
		pids = append(pids, info.PID)
	}
	return share(pids)
}

func (p *plugins) bareIdle(ctx context.Context) (float64, error) {
	var pids []int
	for range mostPlugins {
		process, err := p.startBare()
		if err != nil {
			return 0, err
		}
		defer process.End()
		if err := process.Call(ctx); err != nil {
			return 0, err
		}
		pids = append(pids, process.PID())
	}
	return share(pids)
}

var pss = regexp.MustCompile(`(?m)^Pss: +(\d+) kB`)

// share is what processes hold, in MiB; what several share counts once.
func share(pids []int) (mib float64, err error) {
	for _, pid := range pids {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		if err != nil {
			return 0, err
		}
		found := pss.FindSubmatch(text)
		if found == nil {
			return 0, fmt.Errorf("the kernel does not tell the share of process %d", pid)
		}
		kib, err := strconv.ParseFloat(string(found[1]), 64)
		if err != nil {
			return 0, err
		}
		mib += kib / 1024
	}
	return mib, nil
}
