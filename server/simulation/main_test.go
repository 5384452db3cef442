package simulation_test

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
	status, err := prepared(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "simulation:", err)
		status = 1
	}
	os.Exit(status)
}

func prepared(m *testing.M) (status int, err error) {
	if plugins, err = os.MkdirTemp("", "girosync-simulation-"); err != nil {
		return 1, err
	}
	defer os.RemoveAll(plugins)
	root := filepath.Join("..", "..")
	for _, args := range [][]string{
		{"go", "build", "-ldflags=-w", "-o", plugins + "/", "./server/simulation/testdata/girosync-provider-demo"},
		{"scripts/trust", plugins},
	} {
		command := exec.Command(args[0], args[1:]...)
		command.Dir = root
		if text, err := command.CombinedOutput(); err != nil {
			return 1, fmt.Errorf("%v: %w\n%s", args, err, text)
		}
	}
	return servertest.Main(m), nil
}
