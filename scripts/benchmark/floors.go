package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

// floors are the programs of the least that must be done; fields are empty
// where there are none.
type floors struct {
	rpc    string // URL of a running floor of search_read
	post   string // its wrk script
	plugin string // folder of host and agg
	wsfan  string
	sqlite string
	server *exec.Cmd
}

// when is f where the floor is there, nil otherwise.
func (f *floors) when(there bool, measure measurement) measurement {
	if !there {
		return nil
	}
	return measure
}

// buildFloors builds the programs and starts the server among them.
func buildFloors(ctx context.Context, from, to string) (*floors, error) {
	f := &floors{}
	if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(os.Stderr, "no floors: %s is not there\n", from)
		return f, nil
	}
	from, err := filepath.Abs(from)
	if err != nil {
		return f, err
	}
	fmt.Fprintln(os.Stderr, "building the floors …")
	for name, pkg := range map[string]string{
		"rpcfloor": "./rpcfloor", "wsfan": "./wsfan", "sqlitebench": "./sqlitebench", "host": "./plugin/host", "agg": "./plugin/agg",
	} {
		build := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(to, name), pkg)
		build.Dir = from
		if out, err := build.CombinedOutput(); err != nil {
			return f, fmt.Errorf("build %s: %w: %s", pkg, err, out)
		}
	}
	f.plugin, f.wsfan, f.sqlite = to, filepath.Join(to, "wsfan"), filepath.Join(to, "sqlitebench")
	f.post = filepath.Join(from, "rpcfloor", "post.lua")
	return f, f.serve(ctx, to)
}

// serve starts the floor of search_read; the first time it fills its database.
func (f *floors) serve(ctx context.Context, dir string) error {
	address, err := freeAddress()
	if err != nil {
		return err
	}
	f.server = exec.CommandContext(ctx, filepath.Join(dir, "rpcfloor"))
	f.server.Env = append(os.Environ(), "MODE=goccy", "DB="+filepath.Join(dir, "floor.db"), "ADDR="+address)
	if err := f.server.Start(); err != nil {
		return err
	}
	for range 600 {
		if response, err := http.Get("http://" + address + "/"); err == nil {
			response.Body.Close()
			f.rpc = "http://" + address
			return nil
		}
		time.Sleep(200 * time.Millisecond)
	}
	return errors.New("the floor of search_read does not start")
}

func (f *floors) close() {
	if f.server != nil && f.server.Process != nil {
		_ = f.server.Process.Kill() // it may have ended by itself
		_ = f.server.Wait()
	}
}

var (
	importLine = regexp.MustCompile(`import 100k plugin->sqlite tx=1000 +prepared +overlap=true +median (\d+)/s`)
	fanLine    = regexp.MustCompile(`last ([\d.]+)(µs|us|ms|s)?`)
	trigram    = regexp.MustCompile(`sqlite3 trigram MATCH rank +median ([\d.]+)(µs|ms)`)
)

// ask runs a program and takes a number out of what it prints.
func ask(ctx context.Context, want *regexp.Regexp, name string, args ...string) ([]string, error) {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", filepath.Base(name), err, out)
	}
	found := want.FindStringSubmatch(string(out))
	if found == nil {
		return nil, fmt.Errorf("%s printed %q", filepath.Base(name), out)
	}
	return found, nil
}

func (f *floors) importRate(ctx context.Context) (float64, error) {
	found, err := ask(ctx, importLine, filepath.Join(f.plugin, "host"),
		"-plugin", filepath.Join(f.plugin, "agg"), "-what", "import", "-runs", "1", "-dir", f.plugin)
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(found[1], 64)
}

func (f *floors) fanOut(clients int) measurement {
	return func(ctx context.Context) (float64, error) {
		found, err := ask(ctx, fanLine, f.wsfan, "-modes", "gorilla-pool", "-n", strconv.Itoa(clients), "-runs", "1")
		if err != nil {
			return 0, err
		}
		return inUnit(found, time.Millisecond)
	}
}

func (f *floors) institutionSearch(ctx context.Context) (float64, error) {
	found, err := ask(ctx, trigram, f.sqlite, "-what", "search", "-runs", "1", "-dir", f.plugin)
	if err != nil {
		return 0, err
	}
	return inUnit(found, time.Microsecond)
}

// inUnit reads a printed duration; without a unit it is in milliseconds.
func inUnit(found []string, unit time.Duration) (float64, error) {
	suffix := found[2]
	if suffix == "" {
		suffix = "ms"
	}
	d, err := time.ParseDuration(found[1] + suffix)
	return float64(d) / float64(unit), err
}
