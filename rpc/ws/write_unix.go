//go:build unix

package ws

import "syscall"

// writeNow writes what the socket takes without waiting, and returns how many
// bytes that were.
func writeNow(raw syscall.RawConn, data []byte) int {
	written := 0
	_ = raw.Write(func(socket uintptr) bool { // an error is that nothing was written
		n, err := syscall.Write(int(socket), data)
		if err == nil && n > 0 {
			written = n
		}
		return true // never wait until it takes more
	})
	return written
}
