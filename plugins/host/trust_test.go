package host_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/host"
)

func TestOnlyRecordedBytesRun(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(t *testing.T, r *rig, path string)
		says   string
	}{
		{"not recorded", func(_ *testing.T, r *rig, _ string) { delete(r.trust, "odd") }, "not recorded"},
		{"one byte more", func(t *testing.T, r *rig, path string) { tamper(t, r, path, false) }, "changed"},
		{"one byte changed, size and time as before", func(t *testing.T, r *rig, path string) { tamper(t, r, path, true) },
			"not the one that was recorded"},
		{"a record that is no checksum", func(_ *testing.T, r *rig, _ string) { r.trust["odd"] = "yes" }, "changed"},
		{"an empty record", func(_ *testing.T, r *rig, _ string) { r.trust["odd"] = "" }, "changed"},
		{"not executable", func(t *testing.T, r *rig, path string) { own(t, r, path); must(t, os.Chmod(path, 0o644)) }, "executable"},
		{"open to everybody", func(t *testing.T, r *rig, path string) { own(t, r, path); must(t, os.Chmod(path, 0o757)) },
			"everybody may write to its file"},
		{"in a folder that is open to everybody", func(t *testing.T, r *rig, _ string) { must(t, os.Chmod(r.dir, 0o777)) },
			"everybody may write to its folder"},
		{"a link", func(t *testing.T, _ *rig, path string) {
			must(t, os.Rename(path, path+".real"))
			must(t, os.Symlink(path+".real", path))
		}, "it is a link"},
		{"gone", func(t *testing.T, _ *rig, path string) { must(t, os.Remove(path)) }, "cannot be read"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, nil)
			path := filepath.Join(r.dir, host.Prefix+"odd")
			test.change(t, r, path)
			_, err := r.Provider("odd")
			if !errors.Is(err, host.ErrRefused) || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("got %v, want a refusal that says %q", err, test.says)
			}
			info := r.state(t)
			if info.State != host.StateRefused || !strings.Contains(info.LastError, test.says) || info.PID != 0 {
				t.Errorf("state %+v", info)
			}
			for _, record := range r.records(t) {
				if strings.Contains(record.Msg, "waiting for RPC address") {
					t.Error("the refused binary was run")
				}
			}
		})
	}
}

func TestARefusedPluginRunsOnceItIsRecorded(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	sum := r.trust["odd"]
	delete(r.trust, "odd")
	must(t, r.Rediscover())
	if got := r.state(t).State; got != host.StateRefused {
		t.Errorf("unrecorded plugin is %s", got)
	}
	r.trust["odd"] = strings.ToUpper(sum)
	if _, err := do(r.provider(t), ""); err != nil {
		t.Error(err)
	}
}

func TestAListThatIsBehindIsReadBeforeARefusal(t *testing.T) {
	t.Parallel()
	list, reread := trustList{"odd": oddSum}, 0
	r := newRig(t, func(o *host.Options) {
		o.Trust = list
		o.Reread = func() {
			reread++
			list["odd"] = oddSum
		}
	})
	list["odd"] = "that of an older one"
	if _, err := do(r.provider(t), ""); err != nil || reread != 1 {
		t.Errorf("%v; read %d times", err, reread)
	}
}

func TestABinaryReplacedWhileItRunsIsEndedAndRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	p := r.provider(t)
	pid := r.state(t).PID
	path := filepath.Join(r.dir, host.Prefix+"odd")
	tamper(t, r, path, false)
	must(t, r.Rediscover())
	if alive(pid) {
		t.Error("the old process lives on")
	}
	if _, err := do(p, ""); !errors.Is(err, host.ErrRefused) {
		t.Errorf("a call: %v", err)
	}
	must(t, os.Remove(path))
	r.install(t, "odd")
	if _, err := do(p, ""); err != nil {
		t.Errorf("with the recorded bytes back: %v", err)
	}
}

// own makes the plugin's file a copy that a test may change, known to the
// manager. A running program's own file could not be written to.
func own(t *testing.T, r *rig, path string) {
	t.Helper()
	bytes, err := os.ReadFile(path)
	must(t, err)
	must(t, os.Remove(path))
	must(t, os.WriteFile(path, bytes, 0o755))
	must(t, r.Rediscover())
}

// tamper changes the last byte of a file, or adds one. Unseen, it restores
// size and time, so that only the bytes tell.
func tamper(t *testing.T, r *rig, path string, unseen bool) {
	t.Helper()
	own(t, r, path)
	before, err := os.Stat(path)
	must(t, err)
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	at := before.Size()
	if unseen {
		at--
	}
	_, err = f.WriteAt([]byte{'!'}, at)
	must(t, err)
	must(t, f.Close())
	if unseen {
		must(t, os.Chtimes(path, time.Now(), before.ModTime()))
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
