package simulation_test

import (
	"fmt"
	"os"
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
	if err := servertest.Programs(filepath.Join("..", ".."), plugins, "./server/simulation/testdata/girosync-provider-demo"); err != nil {
		return 1, err
	}
	return servertest.Main(m), nil
}
