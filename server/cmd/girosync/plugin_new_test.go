package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/girosync/girosync/plugins/host"
)

// Each provider that lies in this project is known, so that nobody takes its name.
func TestOursAreKnown(t *testing.T) {
	programs, err := filepath.Glob("../../../plugins/*/cmd/" + host.Prefix + "*")
	if err != nil || len(programs) == 0 {
		t.Fatalf("there are no programs: %v", err)
	}
	for _, path := range programs {
		if name, ok := host.NameOf(path); !ok || !slices.Contains(ours(), name) {
			t.Errorf("%s is not known", path)
		}
	}
	taken := pluginNew{Name: "demo", Folder: filepath.Join(t.TempDir(), "demo")}
	if err := taken.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "choose another") {
		t.Errorf("a name that is taken: %v", err)
	}
}
