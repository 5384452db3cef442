package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/girosync/girosync/plugins/host"
	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/sdktest"
)

// SuiteFile is the name under which the suite of a program lies beside it.
const SuiteFile = "conform.toml"

// suiteFile says how to reach something worth examining; see sdktest.Suite.
type suiteFile struct {
	Institution string             `toml:"institution"`
	Now         time.Time          `toml:"now"`
	File        string             `toml:"file"` // relative to the suite's own folder
	Config      map[string]string  `toml:"config"`
	Answers     map[string]string  `toml:"answers"`
	Redirect    map[string]string  `toml:"redirect"` // what comes back from a bank, beside the state
	Expect      []sdktest.Expected `toml:"expect"`
	Refuse      []sdktest.Refused  `toml:"refuse"`
}

// expectedAmount is an amount of a suite.
var expectedAmount = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

// readSuite reads a suite; every key must be known, so that a misspelt one does
// not leave out a check in silence.
func readSuite(path string) (sdktest.Suite, error) {
	var f suiteFile
	read, err := toml.DecodeFile(path, &f)
	if err != nil {
		return sdktest.Suite{}, fmt.Errorf("suite %s: %w", path, err)
	}
	if unknown := read.Undecoded(); len(unknown) > 0 {
		return sdktest.Suite{}, fmt.Errorf("suite %s: the key %q is unknown", path, unknown[0].String())
	}
	for i, refused := range f.Refuse {
		if !slices.Contains(sdk.Kinds(), refused.Kind) {
			return sdktest.Suite{}, fmt.Errorf("suite %s: refuse %d: %q is no kind of error; the kinds are %v",
				path, i+1, refused.Kind, sdk.Kinds())
		}
	}
	for i, e := range f.Expect {
		_, err := sdk.ParseDate(e.Date)
		if err == nil && e.Direction != string(sdk.In) && e.Direction != string(sdk.Out) {
			err = fmt.Errorf("direction %q: want in or out", e.Direction)
		}
		if err == nil && !expectedAmount.MatchString(e.Amount) {
			err = fmt.Errorf("amount %q: want a decimal without sign", e.Amount)
		}
		if err != nil {
			return sdktest.Suite{}, fmt.Errorf("suite %s: expect %d: %w", path, i+1, err)
		}
	}
	s := sdktest.Suite{Config: f.Config, Now: f.Now, Institution: f.Institution, Answers: f.Answers, Redirect: f.Redirect,
		Expect: f.Expect, Refuse: f.Refuse}
	if f.File != "" {
		s.Filename = filepath.Base(f.File)
		if !filepath.IsAbs(f.File) {
			f.File = filepath.Join(filepath.Dir(path), f.File)
		}
		if s.File, err = os.ReadFile(f.File); err != nil {
			return s, fmt.Errorf("suite: %w", err)
		}
	}
	return s, nil
}

// Conform runs a provider's program, whether it is trusted or not, and holds it
// against the contract. suite is the name of a suite's file; "" takes the one
// beside the program, or else what can be examined without one. The program runs
// as a host runs it, and is begun anew on the way.
func Conform(ctx context.Context, program, suite string, log *slog.Logger) (sdktest.Report, error) {
	name, ok := host.NameOf(program)
	if !ok {
		return sdktest.Report{}, fmt.Errorf("%s: a provider program is named %sNAME", program, host.Prefix)
	}
	var s sdktest.Suite
	if suite == "" {
		beside := filepath.Join(filepath.Dir(program), SuiteFile)
		if _, err := os.Stat(beside); err == nil {
			suite = beside
		}
	}
	if suite != "" {
		var err error
		if s, err = readSuite(suite); err != nil {
			return sdktest.Report{}, err
		}
	}
	e := &examined{program: program, name: name, log: log}
	defer e.close()
	p, err := e.begin()
	if err != nil {
		return sdktest.Report{}, err
	}
	s.Restart = func() (sdk.Provider, error) {
		e.close()
		return e.begin()
	}
	report := sdktest.Examine(ctx, p, s)
	e.close()
	report.Add("log", "no secret stands in its log or in its errors", e.leaks())
	return report, nil
}

// examined is a program that is run for an examination.
type examined struct {
	program, name string
	log           *slog.Logger
	manager       *host.Manager
	told          int64 // secrets that the first process told, before it was begun anew
	begun         int
}

func (e *examined) begin() (sdk.Provider, error) {
	sum, err := host.Checksum(e.program)
	if err != nil {
		return nil, err
	}
	e.manager, err = host.New(host.Options{Dir: filepath.Dir(e.program), Trust: only{e.name, sum}, Log: e.log,
		CallTimeout: time.Minute})
	if err != nil {
		return nil, err
	}
	e.begun++
	p, err := e.manager.Provider(e.name)
	if err != nil {
		info, _ := e.manager.Info(e.name)
		return nil, errors.Join(err, errors.New(info.LastError))
	}
	return p, nil
}

// close ends the process. What the first one told is kept: later ones are asked
// with wrong answers, whose words may well stand in an error.
func (e *examined) close() {
	if e.manager == nil {
		return
	}
	if info, ok := e.manager.Info(e.name); ok && e.begun == 1 {
		e.told = info.Blotted
	}
	_ = e.manager.Close() // fails at nothing
	e.manager = nil
}

func (e *examined) leaks() []string {
	if e.told == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d lines or errors held a setting, a secret or something that the user typed, which the host blotted out",
		e.told)}
}

// only trusts one program.
type only struct{ name, sum string }

func (o only) Trusted(name string) []string {
	if name != o.name {
		return nil
	}
	return []string{o.sum}
}
