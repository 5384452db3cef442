package host

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// processAttributes puts a plugin into a process group of its own, so that a
// terminal's interrupt does not reach it, and lets it die with the host.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// killGroup ends a process and its descendants, as far as they stayed in its group.
func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }

// runAs lets a process run as another user, to whom its folder is given; "" is
// the host's own.
func runAs(attributes *syscall.SysProcAttr, name, dir string) error {
	if name == "" {
		return nil
	}
	account, err := user.Lookup(name)
	if err != nil {
		return fmt.Errorf("plugins.user: %w", err)
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return fmt.Errorf("plugins.user %s: %w", name, err)
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return fmt.Errorf("plugins.user %s: %w", name, err)
	}
	if err := os.Chown(dir, int(uid), int(gid)); err != nil {
		return fmt.Errorf("plugins.user %s: only a host that runs as root can start plugins as another user: %w", name, err)
	}
	attributes.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return nil
}

// bound steps a process that has just begun back behind others: it gets less of
// the processors, is the first to go where the machine has no memory left, and
// leaves no core file, in which secrets would stand. What cannot be set is left.
func bound(pid int, b bounds) {
	if b.nice > 0 {
		_ = unix.Setpriority(unix.PRIO_PGRP, pid, b.nice)
	}
	_ = unix.Prlimit(pid, unix.RLIMIT_CORE, &unix.Rlimit{}, nil)
	_ = os.WriteFile(fmt.Sprintf("/proc/%d/oom_score_adj", pid), []byte("500"), 0)
}
