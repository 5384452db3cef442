//go:build unix

package main

import "syscall"

// leaveNoCore switches core files off, for this process and those that it starts:
// the memory of a host holds secrets. Where that is refused, nothing is worse than before.
func leaveNoCore() { _ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}) }
