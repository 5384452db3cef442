package guide_test

import (
	"errors"
	"fmt"
	"os"
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
		err = errors.Join(servertest.Programs(root, dir, "./plugins/demo/cmd/girosync-provider-demo"), putBoth(dir))
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

// root is the module's, as seen from here.
var root = filepath.Join("..", "..")

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
	return servertest.Programs(root, both, "./plugins/files/cmd/girosync-provider-files")
}
