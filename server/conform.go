package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/girosync/girosync/plugins/host"
	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/sdktest"
)

// ConformOptions say how a program is examined. The zero value is usable.
type ConformOptions struct {
	// Suite is the name of a suite's file; "" takes the one beside the program, or
	// else what can be examined without one.
	Suite string
	// Log gets what the program logs; nil discards it. Whether it is shown or not, it
	// is looked at for secrets.
	Log *slog.Logger
	// Progress, when set, is told of each check before it is made.
	Progress func(check, about string)
	// Emulate serves the stand-in that a suite names, whose clock stands at now and
	// which behaves as said, until ctx ends; nil when there is none.
	Emulate func(ctx context.Context, name string, now time.Time, behaviour map[string]any) (Emulated, error)
}

// Emulated is a stand-in that is served.
type Emulated struct {
	Base     string            // http://host:port
	Settings map[string]string // of a provider that uses it
	Clock    func(time.Time) error
}

// Conform runs a provider's program, whether it is trusted or not, and holds it
// against the contract. The program runs as a host runs it, and is begun anew on
// the way. The error says why there is no report: the suite cannot be read, or the
// program does not start.
func Conform(ctx context.Context, program string, o ConformOptions) (sdktest.Report, error) {
	name, ok := host.NameOf(program)
	if !ok {
		return sdktest.Report{}, fmt.Errorf("%s: a provider program is named %sNAME", program, host.Prefix)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the stand-in
	s, err := o.suite(ctx, program)
	if err != nil {
		return sdktest.Report{}, err
	}
	e := newExamined(program, name, o.Log)
	defer e.close()
	p, err := e.begin()
	if err != nil {
		return sdktest.Report{}, err
	}
	s.Progress = o.Progress
	s.Restart = func() (sdk.Provider, error) {
		e.close()
		return e.begin()
	}
	s.Log = func() []string {
		e.close() // what is on its way to the log arrives
		return e.ear.heard.leaks()
	}
	return sdktest.Examine(ctx, p, s), nil
}

// Starts reports whether a program starts where it lies, trusted or not; the error
// says why it does not.
func Starts(program string) error {
	name, _ := host.NameOf(program)
	e := newExamined(program, name, nil)
	defer e.close()
	_, err := e.begin()
	return err
}

// suite is the one that is asked for, with a stand-in where it wants one.
func (o ConformOptions) suite(ctx context.Context, program string) (sdktest.Suite, error) {
	path := o.Suite
	if beside := filepath.Join(filepath.Dir(program), SuiteFile); path == "" {
		if _, err := os.Stat(beside); err != nil {
			return sdktest.Suite{}, nil
		}
		path = beside
	}
	f, err := readSuite(path)
	if err != nil {
		return sdktest.Suite{}, err
	}
	var of Emulated
	if f.Emulate != "" {
		if o.Emulate == nil {
			return sdktest.Suite{}, fmt.Errorf("suite %s: there are no stand-ins here", path)
		}
		if of, err = o.Emulate(ctx, f.Emulate, f.Now, f.Behaviour); err != nil {
			return sdktest.Suite{}, fmt.Errorf("suite %s: emulate: %w", path, err)
		}
	}
	return f.suite(of)
}

// examined is a program that is run for an examination.
type examined struct {
	program, name string
	ear           *ear
	log           *slog.Logger
	manager       *host.Manager
}

func newExamined(program, name string, log *slog.Logger) *examined {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	heard := &ear{shown: log.Handler(), heard: &heard{}}
	return &examined{program: program, name: name, ear: heard, log: slog.New(heard)}
}

func (e *examined) begin() (sdk.Provider, error) {
	sum, err := host.Checksum(e.program)
	if err != nil {
		return nil, err
	}
	e.manager, err = host.New(host.Options{Dir: filepath.Dir(e.program), Trust: only{e.name, sum}, Log: e.log,
		OnBlot: e.ear.heard.blot, CallTimeout: time.Minute})
	if err != nil {
		return nil, err
	}
	p, err := e.manager.Provider(e.name)
	if err == nil {
		return p, nil
	}
	if info, _ := e.manager.Info(e.name); info.LastError != "" { // says why
		err = errors.New(info.LastError)
	}
	return nil, err
}

// close ends the process, and returns when all that it logged was heard.
func (e *examined) close() {
	if e.manager != nil {
		_ = e.manager.Close() // fails at nothing
		e.manager = nil
	}
}

// only trusts one program.
type only struct{ name, sum string }

func (o only) Trusted(name string) []string {
	if name != o.name {
		return nil
	}
	return []string{o.sum}
}
