package files_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/girosync/girosync/plugins/files"
	"github.com/girosync/girosync/plugins/sdk"
)

// soakBytes is the size of each file of the soak, soakPeak what its reading may
// take of a process's memory.
const (
	soakBytes = 1 << 30
	soakPeak  = 192 << 10 // KiB
)

// TestSoakGigabyte reads a file of a gigabyte in each format, in a process of
// its own, and looks at how much memory that process ever had.
func TestSoakGigabyte(t *testing.T) {
	if os.Getenv("GIROSYNC_SOAK") == "" {
		t.Skip("takes minutes: make soak")
	}
	for name, file := range map[string]func(entries int) *generated{"camt": camtFile, "mt940": mt940File, "ofx": ofxFile,
		"qif": qifFile, "csv": csvFile, "bai2": bai2File, "coda": codaFile} {
		t.Run(name, func(t *testing.T) {
			entries := soakBytes / len(file(1).entry(12345))
			reader := exec.Command(os.Args[0], "-test.run", "^TestReadInAProcess$", "-test.v")
			reader.Env = append(os.Environ(), "GIROSYNC_READ_STDIN=1")
			reader.Stdin = file(entries)
			out, err := reader.CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			var count, refused, peak int
			_, said, _ := strings.Cut(string(out), "READ ")
			if _, err := fmt.Sscan(said, &count, &refused, &peak); err != nil {
				t.Fatalf("%s", out)
			}
			t.Logf("%s: %d transactions in %d MiB, at most %d MiB of memory", name, count, entries*len(file(1).entry(12345))>>20, peak>>10)
			if count < entries || peak > soakPeak {
				t.Errorf("%d of %d transactions, %d refused, %d KiB of memory", count, entries, refused, peak)
			}
		})
	}
}

// TestReadInAProcess is the process that reads; it does nothing by itself.
func TestReadInAProcess(t *testing.T) {
	if os.Getenv("GIROSYNC_READ_STDIN") == "" {
		t.Skip("is run by TestSoakGigabyte")
	}
	count, refused := 0, 0
	err := files.Provider{}.ReadStatements(context.Background(), sdk.ReadRequest{}, io.MultiReader(os.Stdin),
		func(b sdk.StatementBatch) error {
			count += len(b.Booked)
			refused += len(b.Refused)
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip(err)
	}
	_, peak, _ := strings.Cut(string(status), "VmHWM:")
	var kib int
	if _, err := fmt.Sscan(peak, &kib); err != nil {
		t.Fatal(err)
	}
	fmt.Println("READ", count, refused, kib)
}
