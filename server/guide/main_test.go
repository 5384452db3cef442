package guide_test

import (
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
	dir, err := os.MkdirTemp("", "girosync-guide-")
	if err == nil {
		plugins = dir
		err = buildPlugins(dir)
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
	root := filepath.Join("..", "..")
	for _, args := range [][]string{
		{"go", "build", "-ldflags=-w", "-o", dir + "/", "./plugins/demo/cmd/girosync-provider-demo"},
		{"scripts/trust", dir},
	} {
		command := exec.Command(args[0], args[1:]...)
		command.Dir = root
		if text, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("%v: %w\n%s", args, err, text)
		}
	}
	return nil
}
