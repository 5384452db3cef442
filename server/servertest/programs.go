package servertest

import (
	"fmt"
	"os/exec"
)

// Programs builds packages of this module's into a folder, as programs of providers
// that may run, with those that are in it already. root is where the module is, as seen from the test. They are built
// without what debuggers read, which takes half of the linking.
func Programs(root, dir string, packages ...string) error {
	if err := run(root, "go", append([]string{"build", "-ldflags=-w", "-o", dir + "/"}, packages...)...); err != nil {
		return err
	}
	return run(root, "scripts/trust", dir)
}

func run(root, name string, args ...string) error {
	command := exec.Command(name, args...)
	command.Dir = root
	if text, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %v: %w\n%s", name, args, err, text)
	}
	return nil
}
