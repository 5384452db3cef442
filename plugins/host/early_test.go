package host_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/girosync/girosync/plugins/host"
)

// A program that does not start says why, so far as it can.
func TestAProgramThatDoesNotStartIsQuoted(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, script string
		says         []string
	}{
		{"it complains", "#!/bin/sh\necho one >&2; echo 'cannot read my settings' >&2; exit 3\n",
			[]string{"exit status 3", "cannot read my settings"}},
		{"it prints something else", "#!/bin/sh\necho hello\n", []string{"hello"}},
		{"no interpreter", "#!/nowhere/python9\n", []string{"its first line asks for /nowhere/python9, which is not there"}},
		{"no interpreter that env finds", "#!/usr/bin/env -S python9 -u\n", []string{"asks env for python9", "plugins get no PATH"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, nil)
			path := filepath.Join(r.dir, host.Prefix+"script")
			must(t, os.WriteFile(path, []byte(test.script), 0o755))
			sum, err := host.Checksum(path)
			must(t, err)
			r.trust["script"] = sum
			must(t, r.Rediscover())
			if _, err := r.Provider("script"); err == nil {
				t.Fatal("it starts")
			}
			info, _ := r.Info("script")
			for _, say := range test.says {
				if !strings.Contains(info.LastError, say) {
					t.Errorf("it says %q, want %q", info.LastError, say)
				}
			}
		})
	}
}

// What may be recorded is what would run.
func TestWhatIsFitToBeRecorded(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(t *testing.T, path string) string
		says   string
	}{
		{"a program", func(_ *testing.T, path string) string { return path }, ""},
		{"another name", func(t *testing.T, path string) string {
			other := filepath.Join(filepath.Dir(path), "provider-fit")
			must(t, os.Rename(path, other))
			return other
		}, "rename it"},
		{"not executable", func(t *testing.T, path string) string { must(t, os.Chmod(path, 0o644)); return path }, "chmod +x"},
		{"open to everybody", func(t *testing.T, path string) string { must(t, os.Chmod(path, 0o757)); return path }, "chmod o-w"},
		{"in a folder that is open", func(t *testing.T, path string) string {
			must(t, os.Chmod(filepath.Dir(path), 0o777))
			return path
		}, "everybody may write to its folder"},
		{"a link", func(t *testing.T, path string) string {
			must(t, os.Rename(path, path+".real"))
			must(t, os.Symlink(path+".real", path))
			return path
		}, "put the program itself there"},
		{"nothing", func(t *testing.T, path string) string { must(t, os.Remove(path)); return path }, "no such file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), host.Prefix+"fit")
			must(t, os.WriteFile(path, []byte("#!/bin/sh\n"), 0o755))
			sum, err := host.Fit(test.change(t, path))
			if test.says == "" && err == nil && len(sum) == 64 {
				return
			}
			if err == nil || test.says == "" || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%q, %v; want %q", sum, err, test.says)
			}
		})
	}
}
