package host

import (
	"os"
	"strconv"
	"syscall"
)

// keepDescriptors marks all open files beyond the standard ones as this
// process's own, so that a plugin inherits none of those that the host got from
// whoever started it.
func keepDescriptors() {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return // without /proc there is no list; what Go opens is marked anyway
	}
	for _, entry := range entries {
		if fd, err := strconv.Atoi(entry.Name()); err == nil && fd > 2 {
			syscall.CloseOnExec(fd)
		}
	}
}
