package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
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
	AnswersFrom map[string]string  `toml:"answers_from"`
	Other       map[string]string  `toml:"other"`    // answers of another user
	Redirect    map[string]string  `toml:"redirect"` // what comes back from a bank, beside the state
	Visit       string             `toml:"visit"`
	Clock       string             `toml:"clock"`     // where the service's clock is set
	Emulate     string             `toml:"emulate"`   // the stand-in that is served meanwhile
	Behaviour   map[string]any     `toml:"behaviour"` // the stand-in's
	Expect      []sdktest.Expected `toml:"expect"`
	Refuse      []sdktest.Refused  `toml:"refuse"`
}

// standInBase stands in a suite's addresses for that of the stand-in.
const standInBase = "{base}"

// expectedAmount is an amount of a suite.
var expectedAmount = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

// readSuite reads a suite; every key must be known, so that a misspelt one does
// not leave out a check in silence.
func readSuite(path string) (suiteFile, error) {
	var f suiteFile
	read, err := toml.DecodeFile(path, &f)
	if err != nil {
		return f, fmt.Errorf("suite %s: %w", path, err)
	}
	for _, unknown := range read.Undecoded() {
		if unknown[0] != "behaviour" { // the stand-in knows its own
			return f, fmt.Errorf("suite %s: the key %q is unknown", path, unknown.String())
		}
	}
	if err := f.check(); err != nil {
		return f, fmt.Errorf("suite %s: %w", path, err)
	}
	if f.File != "" && !filepath.IsAbs(f.File) {
		f.File = filepath.Join(filepath.Dir(path), f.File)
	}
	return f, nil
}

// check says what in a suite cannot be meant.
func (f suiteFile) check() error {
	for i, refused := range f.Refuse {
		if !slices.Contains(sdk.Kinds(), refused.Kind) {
			return fmt.Errorf("refuse %d: %q is no kind of error; the kinds are %v", i+1, refused.Kind, sdk.Kinds())
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
			return fmt.Errorf("expect %d: %w", i+1, err)
		}
	}
	if f.Emulate != "" {
		return nil
	}
	if f.Behaviour != nil {
		return fmt.Errorf("behaviour is a stand-in's: name it by emulate")
	}
	addresses := map[string]string{"visit": f.Visit, "clock": f.Clock}
	for field, from := range f.AnswersFrom {
		addresses["answers_from."+field] = from
	}
	for key, address := range addresses {
		if strings.Contains(address, standInBase) {
			return fmt.Errorf("%s: %s is the address of a stand-in: name it by emulate", key, standInBase)
		}
	}
	return nil
}

// suite is what the file says, with a stand-in's address where that is meant.
func (f suiteFile) suite(of Emulated) (sdktest.Suite, error) {
	at := func(address string) string { return strings.ReplaceAll(address, standInBase, of.Base) }
	s := sdktest.Suite{Config: map[string]string{}, Now: f.Now, Institution: f.Institution, Answers: f.Answers, Other: f.Other,
		Redirect: f.Redirect, Visit: at(f.Visit), AnswersFrom: map[string]string{}, Expect: f.Expect, Clock: of.Clock}
	for _, settings := range []map[string]string{of.Settings, f.Config} {
		for key, value := range settings {
			s.Config[key] = at(value)
		}
	}
	for field, from := range f.AnswersFrom {
		s.AnswersFrom[field] = at(from)
	}
	for _, refused := range f.Refuse {
		refused.Visit = at(refused.Visit)
		s.Refuse = append(s.Refuse, refused)
	}
	if f.Clock != "" {
		s.Clock = func(now time.Time) error { return setClock(at(f.Clock), now) }
	}
	if f.File == "" {
		return s, nil
	}
	var err error
	s.Filename = filepath.Base(f.File)
	if s.File, err = os.ReadFile(f.File); err != nil {
		return s, fmt.Errorf("suite: %w", err)
	}
	return s, nil
}

// setClock sets the clock of a service on this machine, as every stand-in takes it.
func setClock(address string, now time.Time) error {
	u, err := url.Parse(address)
	if err != nil || !rest.Loopback(u) {
		return fmt.Errorf("clock: %.200q is no address of this machine", address)
	}
	asked, err := json.Marshal(map[string]time.Time{"now": now})
	if err != nil {
		return err
	}
	response, err := http.Post(address, "application/json", bytes.NewReader(asked))
	if err != nil {
		return fmt.Errorf("clock: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("clock: %s answers %s", address, response.Status)
	}
	return nil
}
