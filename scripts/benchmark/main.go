package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
)

// figure is one thing that is measured.
type figure struct {
	name string
	unit string
	// higher says that more is better.
	higher bool
	aim    string
	// ours and floor measure once. A nil floor has none.
	ours, floor func(ctx context.Context) (float64, error)
}

func main() {
	limits := flag.String("limits", "../shared/limits", "folder of the floors' programs")
	times := flag.Int("times", 7, "how often each figure is taken")
	only := flag.String("only", "", "names of figures, separated by commas; all if empty")
	lines := flag.Int("lines", 100_000, "transactions of the large journal")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *limits, *times, *lines, *only); err != nil {
		fmt.Fprintln(os.Stderr, "benchmark:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, limits string, times, lines int, only string) (err error) {
	dir, err := os.MkdirTemp("", "girosync-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	floors, err := buildFloors(ctx, limits, filepath.Join(dir, "floors"))
	if err != nil {
		return err
	}
	defer floors.close()
	host, err := startHost(ctx, filepath.Join(dir, "data"))
	if err != nil {
		return err
	}
	defer host.stop()
	fmt.Fprintf(os.Stderr, "filling a journal with %d lines …\n", lines)
	if err := host.fill(ctx, "bench", lines); err != nil {
		return fmt.Errorf("fill the database: %w", err)
	}
	list := figures(host, floors, dir, lines)
	fmt.Printf("%-34s %14s %14s %8s   %s\n", "figure (median of "+fmt.Sprint(times)+")", "ours", "floor", "ratio", "aim")
	for _, f := range list {
		if only != "" && !slices.ContainsFunc(strings.Split(only, ","), func(s string) bool { return strings.Contains(f.name, s) }) {
			continue
		}
		if err := measure(ctx, f, times); err != nil {
			fmt.Printf("%-34s %v\n", f.name, err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// measure takes a figure's both sides alternately and prints the medians.
func measure(ctx context.Context, f figure, times int) error {
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
		fmt.Printf("%-34s %10.4g %-3s %14s %8s   %s\n", f.name, mine, f.unit, "–", "–", f.aim)
		return nil
	}
	least := median(floor)
	ratio := mine / least
	fmt.Printf("%-34s %10.4g %-3s %10.4g %-3s %8.2f   %s\n", f.name, mine, f.unit, least, f.unit, ratio, f.aim)
	return nil
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
