package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/host"
	"github.com/girosync/girosync/plugins/sdk"
)

// older is a commit whose plugins and hosts spoke the same version of the
// protocol, with fewer fields and methods.
const older = "b60cfd55"

// olderTree is the code of plugins as it was then, to be built with the
// libraries of today.
func olderTree(t *testing.T) string {
	t.Helper()
	root, err := exec.Command("git", "rev-parse", "--show-toplevel").Output()
	if err != nil {
		t.Skip("this is no checkout with its history: no older program can be built")
	}
	top, dir := strings.TrimSpace(string(root)), t.TempDir()
	if exec.Command("git", "-C", top, "cat-file", "-e", older+"^{commit}").Run() != nil {
		t.Skip("the history of this checkout does not reach back to " + older)
	}
	archive := filepath.Join(dir, "older.tar")
	run(t, top, "git", "archive", "-o", archive, older, "plugins")
	run(t, dir, "tar", "-xf", archive)
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(top, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	command := exec.Command(name, args...)
	command.Dir = dir
	var errs strings.Builder
	command.Stderr = &errs
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, errs.String())
	}
	return strings.TrimSpace(string(out))
}

// What was built for an older host works with this one, and the other way round.
func TestOlderAndNewerWorkTogether(t *testing.T) {
	tree, bin := olderTree(t), t.TempDir()

	t.Run("an older plugin", func(t *testing.T) {
		path := filepath.Join(bin, host.Prefix+"demo")
		run(t, tree, "go", "build", "-o", path, "./plugins/demo/cmd/girosync-provider-demo")
		p := startProgram(t, path, patience)
		d, err := p.Describe(t.Context())
		if err != nil || !d.StableIDs || d.ReportsChanges || d.AccountKinds != nil {
			t.Errorf("described as %+v, %v", d, err)
		}
		c := connect(t, p, "demo-big-2000")
		batches, err := fetch(p, c)
		n := 0
		for _, b := range batches {
			n += len(b.Booked)
		}
		if err != nil || n != 2000 {
			t.Errorf("%d transactions, %v", n, err)
		}
		if diff := cmp.Diff(demoPowers(), sdk.CapabilitiesOf(p)); diff != "" {
			t.Error(diff)
		}
	})

	t.Run("an older host", func(t *testing.T) {
		source, err := os.ReadFile("testdata/older_host.go.txt")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(tree, "oldhost"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(tree, "oldhost", "main.go"), source, 0o600); err != nil {
			t.Fatal(err)
		}
		run(t, tree, "go", "build", "-o", filepath.Join(bin, "oldhost"), "./oldhost")
		if n := run(t, bin, filepath.Join(bin, "oldhost"), filepath.Dir(program), "demo-big-2000"); n != "2000" {
			t.Errorf("%s transactions", n)
		}
	})
}

// demoPowers are what the demo can beside what every provider can.
func demoPowers() []sdk.Capability {
	return []sdk.Capability{sdk.CanListInstitutions, sdk.CanRefresh, sdk.CanRevoke}
}
