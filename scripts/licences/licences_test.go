package main

import (
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Everything that is built in has a licence that is known and permitted.
func TestEverythingBuiltInHasALicence(t *testing.T) {
	if err := os.Chdir("../.."); err != nil {
		t.Fatal(err)
	}
	list, err := modules()
	if err != nil {
		t.Fatal(err)
	}
	packages, err := npmPackages("server/web/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for _, p := range append(list, packages...) {
		found[p.Name] = p.Licences
		if !p.allowed() {
			t.Errorf("%s %s: %s", p.Name, p.Version, p.names())
		}
	}
	for name, want := range map[string][]string{
		"github.com/riverqueue/river": {"MPL-2.0"}, "github.com/mattn/go-sqlite3": {"MIT"}, "Go's library": {"BSD-3-Clause"},
		"google.golang.org/grpc": {"Apache-2.0"}, "github.com/gorilla/websocket": {"BSD-2-Clause"}, "react": {"MIT"},
		"github.com/hashicorp/go-plugin": {"MPL-2.0"}, "@fontsource-variable/inter": {"OFL-1.1"},
	} {
		if diff := cmp.Diff(want, found[name]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if found["vite"] != nil || found["github.com/girosync/girosync"] != nil {
		t.Error("what is not built in, or is our own, is listed")
	}
}

func TestWhatMayNotBeBuiltInIsFound(t *testing.T) {
	for _, test := range []struct {
		text    string
		want    []string
		allowed bool
	}{
		{"GNU AFFERO GENERAL PUBLIC LICENSE\n Version 3", []string{"AGPL-3.0"}, false},
		{"                    GNU GENERAL PUBLIC LICENSE\n", []string{"GPL"}, false},
		{"All rights reserved.", nil, false},
		{"Apache License\n   Version 2.0, January 2004", []string{"Apache-2.0"}, true},
		{"Permission is hereby granted, free of charge, to any person\nobtaining a copy", []string{"MIT"}, true},
	} {
		got := classify(test.text)
		if !slices.Equal(got, test.want) || (part{Licences: got}).allowed() != test.allowed {
			t.Errorf("%q is %v", test.text, got)
		}
	}
	for text, want := range map[string][]string{
		"(GPL-2.0 OR MIT)": {"MIT"}, "MIT AND BSD-3-Clause": {"MIT", "BSD-3-Clause"}, "GPL-3.0": {"GPL-3.0"}, "": nil,
	} {
		if got := expression(text); !slices.Equal(got, want) {
			t.Errorf("%q is %v", text, got)
		}
	}
}
