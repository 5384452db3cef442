package host

import "syscall"

// processAttributes puts a plugin into a process group of its own, so that a
// terminal's interrupt does not reach it, and lets it die with the host.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// killGroup ends a process and its descendants, as far as they stayed in its group.
func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }
