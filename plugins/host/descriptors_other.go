//go:build !linux

package host

// keepDescriptors does nothing here: what Go opens is not inherited.
func keepDescriptors() {}
