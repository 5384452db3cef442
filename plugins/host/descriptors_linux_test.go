package host_test

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What the host got from whoever started it, without a mark that it is its own.
func TestAPluginInheritsNoOpenFiles(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	file := filepath.Join(t.TempDir(), "private")
	fd, err := syscall.Open(file, syscall.O_CREAT|syscall.O_RDWR, 0o600) // os.Open would mark it
	must(t, err)
	defer syscall.Close(fd)
	answer, err := do(r.provider(t), "files")
	must(t, err)
	if strings.Contains(answer.Name, file) || !strings.Contains(answer.Name, "/dev/null") {
		t.Errorf("open in the plugin:\n%s", answer.Name)
	}
}
