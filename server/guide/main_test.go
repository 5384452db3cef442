package guide_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/girosync/girosync/server/servertest"
)

// plugins is the folder of the demo banks' program, with what may run.
var plugins string

func TestMain(m *testing.M) {
	if isFurther() {
		serveFurther()
		return
	}
	dir, err := os.MkdirTemp("", "girosync-guide-")
	if err == nil {
		plugins = dir
		err = errors.Join(buildPlugins(dir), putBoth(dir))
	}
	status := 1
	if err == nil {
		status = servertest.Main(m)
	} else {
		fmt.Fprintln(os.Stderr, "guide:", err)
	}
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, "guide:", err)
		status = 1
	}
	os.Exit(status)
}

// buildPlugins makes the program of the demo banks, without what debuggers read,
// which takes half of the linking.
func buildPlugins(dir string) error {
	return build([]string{"go", "build", "-ldflags=-w", "-o", dir + "/", "./plugins/demo/cmd/girosync-provider-demo"},
		[]string{"scripts/trust", dir})
}

// build runs commands, one after the other, at the module's root.
func build(commands ...[]string) error {
	for _, args := range commands {
		command := exec.Command(args[0], args[1:]...)
		command.Dir = filepath.Join("..", "..")
		if text, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("%v: %w\n%s", args, err, text)
		}
	}
	return nil
}

// putBoth makes a folder with the programs of the demo banks and of statement
// files and, of these tests' own, that of the second provider.
func putBoth(dir string) error {
	own, err := os.Executable()
	if err != nil {
		return err
	}
	both := filepath.Join(dir, "both")
	if err := os.Mkdir(both, 0o700); err != nil {
		return err
	}
	for from, to := range map[string]string{own: furtherPlugin, filepath.Join(dir, "girosync-provider-demo"): "girosync-provider-demo"} {
		text, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(both, to), text, 0o700); err != nil {
			return err
		}
	}
	return build([]string{"go", "build", "-ldflags=-w", "-o", both + "/", "./plugins/files/cmd/girosync-provider-files"},
		[]string{"scripts/trust", both})
}
