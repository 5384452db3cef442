package e2e

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What a large file is made of, and what its import may take of memory.
const (
	largeDays   = 2000
	largePerDay = 500
	largePeak   = 768 << 10 // KiB, of the host
	readerPeak  = 256 << 10 // KiB, of the plugin that reads
)

// TestSoakLargeFile imports a file of a million transactions with the command
// line, twice, and looks at how much memory its processes ever had.
func TestSoakLargeFile(t *testing.T) {
	if os.Getenv("GIROSYNC_SOAK") == "" {
		t.Skip("takes minutes: make soak")
	}
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	const all = largeDays * largePerDay
	f := newFiling(t, onSQLite)
	path := filepath.Join(filepath.Dir(f.dir), "large.sta")
	sum := writeLarge(t, path)
	for i, want := range []string{fmt.Sprintf("new %d, known 0, refused 0", all), fmt.Sprintf("new 0, known %d, refused 0", all)} {
		began := time.Now()
		cmd, out := f.importing(t, path)
		reader := peakOfChildren(t, cmd.Process.Pid)
		if err := cmd.Wait(); err != nil {
			t.Fatalf("import: %v\n%s", err, out)
		}
		usage, _ := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		plugin := reader()
		t.Logf("import %d: %.1f s, host at most %d MiB, reader %d MiB", i+1, time.Since(began).Seconds(), usage.Maxrss>>10, plugin>>10)
		if !strings.Contains(out.String(), want) {
			t.Errorf("the import says %s, not %s", out, want)
		}
		if usage.Maxrss > largePeak || plugin > readerPeak || plugin == 0 {
			t.Errorf("host %d KiB, reader %d KiB of memory", usage.Maxrss, plugin)
		}
	}
	db := f.sql(t)
	if n := one(t, db, `SELECT count(*) FROM account_bank_statement_line`); n != all {
		t.Errorf("%d lines", n)
	}
	if got := one(t, db, `SELECT sum(amount) FROM account_bank_statement_line`); got != sum*100 { // kept in 1/10,000
		t.Errorf("the lines come to %d, not %d", got, sum*100)
	}
	if n := one(t, db, `SELECT count(*) FROM account_bank_statement WHERE balance_end <> balance_end_real`); n != 0 {
		t.Errorf("%d statements do not end where their lines do", n)
	}
	f.end(t)
}

// writeLarge writes MT940, a statement per day, and returns the sum in cents.
func writeLarge(t *testing.T, path string) (sum int64) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(file)
	money := func(cents int64) string { return fmt.Sprintf("%d,%02d", cents/100, cents%100) }
	first := time.Now().UTC().AddDate(0, 0, -largeDays)
	for d := range largeDays {
		day := first.AddDate(0, 0, d).Format("060102")
		fmt.Fprintf(w, ":20:LARGE\n:25:BE68539007547034\n:28C:%d/1\n:60F:C%sEUR%s\n", d%999+1, day, money(sum))
		for i := range largePerDay {
			cents := int64(1 + (d*largePerDay+i)*7919%99_991)
			sum += cents
			fmt.Fprintf(w, ":61:%s%sC%sNTRFNONREF\n:86:Invoice %d of customer %d\n", day, day[2:], money(cents), i*13, d%977)
		}
		fmt.Fprintf(w, ":62F:C%sEUR%s\n-\n", day, money(sum))
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return sum
}

// peakOfChildren watches the processes that pid starts; what it returns gives the
// most memory that one of them ever had, in KiB.
func peakOfChildren(t *testing.T, pid int) func() int64 {
	t.Helper()
	stop, peak := make(chan struct{}), make(chan int64)
	go func() {
		most := int64(0)
		for {
			for _, child := range running() {
				if parent(child) == pid {
					most = max(most, peakOf(child))
				}
			}
			select {
			case <-stop:
				peak <- most
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	}()
	return func() int64 { close(stop); return <-peak }
}

// peakOf is the most memory that a process ever had, in KiB; 0 when it is gone.
func peakOf(pid int) (kib int64) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // it may be gone
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	_, _ = fmt.Sscan(rest, &kib)
	return kib
}
