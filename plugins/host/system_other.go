//go:build !linux

package host

import (
	"errors"
	"syscall"
)

func processAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }

func killGroup(int) {}

func runAs(_ *syscall.SysProcAttr, name, _ string) error {
	if name != "" {
		return errors.New("plugins.user: running plugins as another user works on Linux only")
	}
	return nil
}

func bound(int, bounds) {}
