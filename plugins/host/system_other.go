//go:build !linux

package host

import "syscall"

// processAttributes: dying with the host is Linux's alone.
func processAttributes() *syscall.SysProcAttr { return nil }

// killGroup does nothing here; the process itself is killed by its handle.
func killGroup(int) {}
