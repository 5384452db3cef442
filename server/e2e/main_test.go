package e2e

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// built is what TestMain made; nothing changes it later.
var built struct {
	root    string // the project
	dir     string // holds all that this run of the tests writes
	program string // girosync, with the race detector
	plugins string // the folder of the plugins, with trusted.toml
}

func TestMain(m *testing.M) {
	if isChangingBank() {
		serveChangingBank()
		return
	}
	if isDoorKeeper() {
		serveDoorKeeper()
		return
	}
	if order := os.Getenv(attacking); order != "" {
		os.Exit(attack(order))
	}
	flag.Parse()
	// Hosts wait more than they work: for leases, for a killed one's successor.
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
	status, err := runAll(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		status = 1
	}
	os.Exit(status)
}

func runAll(m *testing.M) (status int, err error) {
	dir, err := os.MkdirTemp("", "girosync-e2e-")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if built.dir, err = filepath.EvalSymlinks(dir); err != nil {
		return 1, err
	}
	if err := build(); err != nil {
		return 1, err
	}
	status = m.Run()
	return status, errors.Join(models.stop(), demos.stop(), noRaces(), nothingRuns())
}

// build makes the programs. They are kept in the cache folder, where the go
// command finds what is still up to date, and copied, so that another run of the
// tests does not change them under this one.
func build() error {
	root, err := filepath.Abs("../..")
	if err != nil {
		return err
	}
	built.root = root
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	kept, detector := filepath.Join(cache, "girosync-e2e"), "-race=true"
	if os.Getenv("GIROSYNC_SOAK") != "" { // what counts there is how many kills
		kept, detector = kept+"-soak", "-race=false"
	}
	if err := os.MkdirAll(filepath.Join(kept, "plugins"), 0o755); err != nil {
		return err
	}
	lock, err := os.OpenFile(filepath.Join(kept, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	const lean = "-ldflags=-w" // without what debuggers read, which takes half of the linking
	for _, args := range [][]string{
		{"go", "build", detector, lean, "-o", filepath.Join(kept, "girosync"), "./server/cmd/girosync"},
		{"go", "build", lean, "-o", filepath.Join(kept, "plugins") + "/", "./plugins/demo/cmd/girosync-provider-demo",
			"./plugins/files/cmd/girosync-provider-files", "./server/e2e/testdata/girosync-provider-cashbook",
			"./server/e2e/testdata/girosync-provider-wild"},
	} {
		if err := inRoot(args...); err != nil {
			return err
		}
	}
	built.program, built.plugins = filepath.Join(built.dir, "girosync"), filepath.Join(built.dir, "plugins")
	if err := os.Mkdir(built.plugins, 0o755); err != nil {
		return err
	}
	const demo, files, cashbook = "plugins/girosync-provider-demo", "plugins/girosync-provider-files", "girosync-provider-cashbook"
	for from, to := range map[string]string{"girosync": "girosync", demo: demo, files: files, "plugins/" + cashbook: cashbook,
		"plugins/girosync-provider-wild": "wild"} {
		if err := copyFile(filepath.Join(kept, from), filepath.Join(built.dir, to)); err != nil {
			return err
		}
	}
	return inRoot("scripts/trust", built.plugins)
}

func inRoot(args ...string) error {
	command := exec.Command(args[0], args[1:]...)
	command.Dir = built.root
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// noRaces tells what the race detector found in any process of this run.
func noRaces() error {
	reports, err := filepath.Glob(filepath.Join(built.dir, "race.*"))
	for _, report := range reports {
		text, readErr := os.ReadFile(report)
		err = errors.Join(err, readErr, fmt.Errorf("race detector:\n%s", text))
	}
	return err
}

// raceLog makes a program built with the race detector write there, and end at
// once: by default it sleeps for a second first.
func raceLog() string {
	return "GORACE=atexit_sleep_ms=0 log_path=" + filepath.Join(built.dir, "race")
}

// running lists the processes of programs that this run built.
func running() (pids []int) {
	links, _ := filepath.Glob("/proc/[0-9]*/exe")
	for _, link := range links {
		target, err := os.Readlink(link)
		if err != nil || !strings.HasPrefix(target, built.dir+"/") {
			continue // another user's, or gone
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(link))); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// nothingRuns ends what is left, and says so.
func nothingRuns() error {
	left := running()
	for _, pid := range left {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	if len(left) > 0 {
		return fmt.Errorf("%d processes were left running", len(left))
	}
	return nil
}
