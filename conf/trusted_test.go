package conf_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/conf"
)

// The script that make build uses writes what LoadTrusted reads.
func TestTrustedFileAsBuilt(t *testing.T) {
	folder := t.TempDir()
	for name, content := range map[string]string{"girosync-provider-demo": "", "girosync-provider-salt-edge": "abc", "README": "no"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("../scripts/trust", folder).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got, err := conf.LoadTrusted(filepath.Join(folder, "trusted.toml"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{ // SHA-256 of nothing, and of "abc" (FIPS 180-2)
		"demo":      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"salt-edge": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestTrustedFileThatIsWrong(t *testing.T) {
	if got, err := conf.LoadTrusted(filepath.Join(t.TempDir(), "absent")); err != nil || len(got) > 0 {
		t.Errorf("absent: %v, %v", got, err)
	}
	sum := strings.Repeat("a", 64)
	tests := []struct {
		name, content string
		mistakes      int
	}{
		{"not TOML", "demo: x", 1},
		{"short, and a number", "demo = \"sha256:abc\"\nplaid = 3\nfiles = \"sha256:" + sum + "\"", 2},
		{"another sum", `demo = "md5:` + sum + `"`, 1},
		{"a name that is none", `"../demo" = "sha256:` + sum + `"`, 1},
		{"a section", "[demo]\nx = \"sha256:" + sum + `"`, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := conf.LoadTrusted(write(t, "trusted.toml", test.content))
			var mistakes conf.Mistakes
			if !errors.As(err, &mistakes) || len(mistakes) != test.mistakes {
				t.Errorf("got %v, want %d mistakes", err, test.mistakes)
			}
		})
	}
}
