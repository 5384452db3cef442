package e2e

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// filing is a journal that statement files are imported into, by a program
// that is killed. The files overlap, and their entries have no ids.
type filing struct {
	*host
	passed string
	first  time.Time // day of the first entry
	files  int       // imported completely
}

const (
	fileDays    = 60
	fileStep    = 40 // days by which the next file begins later
	filePerDay  = 60
	fileEntries = fileDays * filePerDay
)

func newFiling(t *testing.T, on database) *filing {
	t.Helper()
	f := &filing{host: furnishedHost(t, on), first: time.Now().UTC().AddDate(-1, 0, 0)}
	f.passed = filepath.Join(filepath.Dir(f.dir), "passed")
	f.serve(t)
	f.client().call(t, nil, "account.journal", "create", list{object{"name": "Files", "code": "FILES", "type": "bank"}}, nil)
	if err := f.stop(); err != nil {
		t.Fatal(err)
	}
	return f
}

// statement writes the next file: MT940, two equal payments after each other.
func (f *filing) statement(t testing.TB) string {
	t.Helper()
	first := f.first.AddDate(0, 0, f.files*fileStep)
	day := func(n int) string { return first.AddDate(0, 0, n).Format("060102") }
	var b strings.Builder
	fmt.Fprintf(&b, ":20:GIROSYNC\n:25:BE68539007547034\n:28C:%d/1\n:60F:C%sEUR0,00\n", f.files+1, day(0))
	total := 0
	for d := range fileDays {
		for i := range filePerDay {
			cents := 100 + i/2
			total += cents
			fmt.Fprintf(&b, ":61:%s%sC%d,%02dNTRFNONREF\n:86:Payment %d\n", day(d), day(d)[2:], cents/100, cents%100, i/2)
		}
	}
	fmt.Fprintf(&b, ":62F:C%sEUR%d,%02d\n-\n", day(fileDays-1), total/100, total%100)
	path := filepath.Join(filepath.Dir(f.dir), fmt.Sprintf("statement-%d.sta", f.files))
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// importing starts the program that imports a file.
func (f *filing) importing(t testing.TB, path string, env ...string) (cmd *exec.Cmd, out *bytes.Buffer) {
	t.Helper()
	cmd = exec.Command(built.program, append([]string{"import", path, "--db", f.db, "--journal", "FILES"}, f.place()...)...)
	cmd.Env = append(append(f.env[:len(f.env):len(f.env)], "GIROSYNC_FAILPOINT_LOG="+f.passed), env...)
	out = &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, out
}

var imported = regexp.MustCompile(`new (\d+), known (\d+), refused 0`)

// imports lets the next file come in whole, and checks that every entry of all
// files is one line.
func (f *filing) imports(t testing.TB) {
	t.Helper()
	path := f.statement(t)
	cmd, out := f.importing(t, path) // it waits while one that was killed has its lease
	if err := cmd.Wait(); err != nil {
		t.Fatalf("import: %v\n%s", err, out)
	}
	if !imported.MatchString(out.String()) {
		t.Errorf("the import says %s", out)
	}
	want := int64(fileEntries + f.files*fileStep*filePerDay)
	f.files++
	db := f.sql(t)
	lines := one(t, db, `SELECT count(*) FROM account_bank_statement_line`)
	posted := one(t, db, `SELECT count(DISTINCT line_id) FROM account_online_transaction WHERE status = 'posted'`)
	pairs := one(t, db, `SELECT count(*) FROM (SELECT 1 FROM account_bank_statement_line GROUP BY date, payment_ref HAVING count(*) = 2) AS equal`)
	if lines != want || posted != want || pairs != want/2 {
		t.Fatalf("%d lines, %d in the ledger, %d pairs; want %d lines\n%s", lines, posted, pairs, want, out)
	}
}

// end checks the database as a whole and counts what was passed.
func (f *filing) end(t testing.TB) {
	t.Helper()
	f.intact(t)
	tally.add(hitsIn(t, f.passed))
}

// killAt kills the import of the next file at the n-th hit of a failpoint, then
// imports it again.
func (f *filing) killAt(t *testing.T, name string, n int) {
	t.Helper()
	cmd, out := f.importing(t, f.statement(t), fmt.Sprintf("GIROSYNC_FAILPOINT=%s=kill:%d", name, n))
	_ = cmd.Wait() // how it ended is seen below
	if status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGKILL {
		t.Fatalf("the import ended %v, not by the failpoint\n%s", cmd.ProcessState, out)
	}
	tally.kill("(file) " + name)
	f.imports(t)
}

// killAnywhere kills imports, or the plugin that reads for them, at random moments.
func (f *filing) killAnywhere(t *testing.T, kills int, seed uint64) {
	t.Helper()
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 2))
	f.imports(t)
	for range kills {
		cmd, out := f.importing(t, f.statement(t))
		ended := make(chan struct{})
		go func() { _ = cmd.Wait(); close(ended) }()
		time.Sleep(time.Duration(dice.IntN(2000)) * time.Millisecond)
		killed := "(file, host) at random"
		if dice.IntN(3) == 0 {
			killed = "(file, plugin) at random"
			for _, pid := range running() {
				if parent(pid) == cmd.Process.Pid {
					_ = syscall.Kill(pid, syscall.SIGKILL) // it may be gone
				}
			}
		} else {
			_ = cmd.Process.Kill() // it may be done
		}
		<-ended
		if cmd.ProcessState.Success() { // too late
			t.Logf("not killed: %s", out)
		} else {
			tally.kill(killed)
		}
		f.imports(t)
	}
}

// TestKillWhileImportingFile kills the import of a statement file.
func TestKillWhileImportingFile(t *testing.T) {
	if testing.Short() {
		t.Skip("not with -short")
	}
	t.Parallel()
	onBoth(t, func(t *testing.T, on database) {
		f := newFiling(t, on)
		f.killAt(t, "sync.chunk.ledger", 2)
		f.end(t)
	})
}
