//go:build !linux

package host

// family is a plugin's process with all that it started. Elsewhere than on Linux
// nothing is known of it.
type family struct{ mark string }

func (*family) begin(int) {}

func (*family) memory() int64 { return 0 }

func (*family) end() {}
