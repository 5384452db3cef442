package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestProgressOutsideATerminal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	p := newProgress(file)
	for done := range 500 {
		p.step(done, 500, "tables")
	}
	p.step(0, 0, "")
	p.step(1, 2, "data")
	p.step(2, 2, "data")
	p.end()
	written, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(written), "tables …\ndata …\n"; got != want {
		t.Errorf("%q, want %q: a line for each step, nothing that moves", got, want)
	}
}

func TestProgressOnATerminal(t *testing.T) {
	var out strings.Builder
	p := &progress{out: &out, terminal: true}
	p.step(0, 4, "tables")
	p.step(1, 4, "tables") // too soon to be drawn
	p.step(4, 4, "tables")
	p.step(7, 0, "data")
	p.end()
	got := out.String()
	for _, text := range []string{"\r\x1b[K  tables", "0/4", strings.Repeat("█", barWidth) + " 4/4\n", "data", "7\n"} {
		if !strings.Contains(got, text) {
			t.Errorf("%q lacks %q", got, text)
		}
	}
	if strings.Contains(got, "1/4") {
		t.Errorf("%q was drawn too often", got)
	}
}

func TestDemoListensOnLoopbackOnly(t *testing.T) {
	for listen, ok := range map[string]bool{
		"127.0.0.1:8069": true, "127.9.9.9:0": true, "localhost:8069": true, "[::1]:8069": true,
		"0.0.0.0:8069": false, ":8069": false, "[::]:8069": false, "192.168.1.2:8069": false, "example.org:80": false,
		"localhost.example.org:80": false, "127.0.0.1": false, "": false,
	} {
		if err := loopbackOnly(listen); (err == nil) != ok {
			t.Errorf("%q: %v, want allowed %v", listen, err, ok)
		}
	}
}
