package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// figure is one thing that is measured.
type figure struct {
	name string
	unit string
	aim  string
	// once says that it is taken once, not several times; long that it is left
	// out unless asked for.
	once, long bool
	// ours and floor measure once. A nil floor has none.
	ours, floor measurement
}

// measurement takes a figure once.
type measurement func(ctx context.Context) (float64, error)

// options are the flags.
type options struct {
	limits string
	times  int
	only   string
	lines  int
	long   bool
}

// wants reports whether a figure is to be taken.
func (o options) wants(f figure) bool {
	if o.only == "" {
		return !f.long || o.long
	}
	return slices.ContainsFunc(strings.Split(o.only, ","), func(s string) bool { return strings.Contains(f.name, s) })
}

func main() {
	var o options
	flag.StringVar(&o.limits, "limits", "../shared/limits", "folder of the floors' programs")
	flag.IntVar(&o.times, "times", 7, "how often each figure is taken")
	flag.StringVar(&o.only, "only", "", "parts of figures' names, separated by commas; all but the long ones if empty")
	flag.IntVar(&o.lines, "lines", 100_000, "transactions of the large journal")
	flag.BoolVar(&o.long, "long", false, "take the figures that need minutes, too")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "benchmark:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	dir, err := os.MkdirTemp("", "girosync-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	fmt.Printf("%-38s %14s %14s %8s   %s\n", "figure (median of "+fmt.Sprint(o.times)+")", "ours", "floor", "ratio", "aim")
	sayLoad("before")
	defer sayLoad("after")
	plugins, err := newPlugins(ctx, dir)
	if err != nil {
		return err
	}
	err = take(ctx, o, plugins.figures())
	plugins.close()
	if err != nil || !o.beyond(plugins.figures()) {
		return err
	}
	return ofHost(ctx, o, dir)
}

// beyond reports whether others than these figures are asked for.
func (o options) beyond(list []figure) bool {
	return o.only == "" || slices.ContainsFunc(strings.Split(o.only, ","), func(s string) bool {
		return !slices.ContainsFunc(list, func(f figure) bool { return strings.Contains(f.name, s) })
	})
}

// ofHost takes the figures of a host that serves.
func ofHost(ctx context.Context, o options, dir string) error {
	floors, err := buildFloors(ctx, o.limits, filepath.Join(dir, "floors"))
	if err != nil {
		return err
	}
	defer floors.close()
	host, err := startHost(ctx, filepath.Join(dir, "data"))
	if err != nil {
		return err
	}
	defer host.stop()
	fmt.Fprintf(os.Stderr, "filling a journal with %d lines …\n", o.lines)
	if err := host.fill(ctx, "bench", o.lines); err != nil {
		return fmt.Errorf("fill the database: %w", err)
	}
	return take(ctx, o, figures(host, floors, dir, o.lines))
}

// take prints those figures that are asked for.
func take(ctx context.Context, o options, list []figure) error {
	for _, f := range list {
		if !o.wants(f) {
			continue
		}
		if err := measure(ctx, f, o.times); err != nil {
			fmt.Printf("%-38s %v\n", f.name, err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// sayLoad prints how many others wanted the processors in the last minute.
func sayLoad(when string) {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return // another system than Linux
	}
	load, _, _ := strings.Cut(string(text), " ")
	fmt.Printf("load of the machine %s: %s on %d processors\n", when, load, runtime.NumCPU())
}

// measure takes a figure's both sides alternately and prints the medians.
func measure(ctx context.Context, f figure, times int) error {
	if f.once {
		times = 1
	}
	var ours, floor []float64
	for range times {
		v, err := f.ours(ctx)
		if err != nil {
			return fmt.Errorf("ours: %w", err)
		}
		ours = append(ours, v)
		if f.floor == nil {
			continue
		}
		if v, err = f.floor(ctx); err != nil {
			return fmt.Errorf("floor: %w", err)
		}
		floor = append(floor, v)
	}
	mine := median(ours)
	if len(floor) == 0 {
		fmt.Printf("%-38s %10.4g %-3s %14s %8s   %s\n", f.name, mine, f.unit, "–", "–", f.aim)
		return nil
	}
	least := median(floor)
	fmt.Printf("%-38s %10.4g %-3s %10.4g %-3s %8.2f   %s\n", f.name, mine, f.unit, least, f.unit, mine/least, f.aim)
	return nil
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
