package archtest

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestTheHouseIsBuiltToThePlan(t *testing.T) {
	found, err := Check(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	for _, complaint := range found {
		t.Error(complaint)
	}
}

// house is a small module that is as planned.
func house() fstest.MapFS {
	fsys := fstest.MapFS{
		"go.mod":     {},
		"Makefile":   {},
		".gitignore": {Data: []byte("/bin/\n*.out\n")},
		"bin/x.go":   {Data: []byte("not go")},
	}
	for _, pkg := range []string{
		"addon/fault", "addon/orm", "addon/orm/dialect", "addon/orm/dialect/sqlite", "addon/orm/query", "addon/orm/ormtest",
		"addon/base", "addon/onlinesync", "addon/onlinesync/importing", "plugins/sdk", "plugins/sdk/serve", "plugins/sdk/wire",
		"plugins/sdk/rest", "plugins/sdk/rest/resttest",
		"plugins/host", "plugins/files", "plugins/files/camt", "plugins/plaid", "rpc", "rpc/ws", "server", "server/databases", "conf",
	} {
		name := pkg[strings.LastIndex(pkg, "/")+1:]
		fsys[pkg+"/doc.go"] = &fstest.MapFile{Data: []byte("// Package " + name + " is a room.\npackage " + name + "\n")}
	}
	add(fsys, "plugins/files/cmd/girosync-provider-files/main.go", "// Command girosync-provider-files reads files.\npackage main\n",
		module+"/plugins/files", module+"/plugins/sdk/serve")
	add(fsys, "plugins/files/read.go", "package files\n", module+"/plugins/files/camt", module+"/plugins/sdk", "example.com/anything")
	add(fsys, "plugins/sdk/rest/client.go", "package rest\n", module+"/plugins/sdk", "net/http")
	add(fsys, "plugins/plaid/fetch.go", "package plaid\n", module+"/plugins/sdk", module+"/plugins/sdk/rest", "net/http",
		"example.com/anything")
	add(fsys, "plugins/plaid/plaid_test.go", "package plaid_test\n", module+"/plugins/sdk/rest/resttest", module+"/plugins/sdk/wire")
	add(fsys, "addon/onlinesync/sync.go", "package onlinesync\n", module+"/plugins/sdk", module+"/addon/onlinesync/importing",
		module+"/addon/base")
	add(fsys, "addon/base/base_test.go", "package base_test\n", module+"/addon/orm/ormtest", "net/http", "example.com/anything")
	add(fsys, "addon/orm/ormtest/env.go", "package ormtest\n", module+"/addon/orm", module+"/addon/orm/dialect/sqlite")
	add(fsys, "server/open.go", "package server\n", module+"/conf", module+"/rpc/ws", module+"/plugins/host",
		module+"/addon/orm/dialect/sqlite")
	return fsys
}

func add(fsys fstest.MapFS, path, head string, imports ...string) {
	for _, imported := range imports {
		head += fmt.Sprintf("import _ %q\n", imported)
	}
	fsys[path] = &fstest.MapFile{Data: []byte(head)}
}

func TestAGoodHousePasses(t *testing.T) {
	found, err := Check(house())
	if err != nil || len(found) > 0 {
		t.Errorf("%v %q", err, found)
	}
}

func TestForbiddenArrowsAreCaught(t *testing.T) {
	tests := []struct {
		name, file string
		imports    []string
		want       string // in the only complaint
	}{
		{"up a floor", "addon/orm/x.go", []string{"/addon/base"}, "addon/orm (floor 4) imports addon/base (floor 6)"},
		{"along a floor", "addon/orm/query/x.go", []string{"/rpc/ws"}, "query (floor 2) imports rpc/ws (floor 2)"},
		{"addon to rpc", "addon/onlinesync/x.go", []string{"/rpc"}, "must not import rpc: addons never see HTTP"},
		{"addon to server", "addon/onlinesync/x.go", []string{"/server/databases"}, "must not import server/databases"},
		{"addon to the host of plugins", "addon/onlinesync/x.go", []string{"/plugins/host"}, "must not import plugins/host: addons never"},
		{"addon to wire", "addon/onlinesync/x.go", []string{"/plugins/sdk/wire"}, "must not import plugins/sdk/wire"},
		{"addon to the plugins' HTTP", "addon/onlinesync/x.go", []string{"/plugins/sdk/rest"}, "must not import plugins/sdk/rest"},
		{"addon to a provider", "addon/onlinesync/x.go", []string{"/plugins/plaid"}, "must not import plugins/plaid"},
		{"another addon to the sdk", "addon/base/x.go", []string{"/plugins/sdk"}, "of the addons only onlinesync"},
		{"addon to HTTP", "addon/base/x.go", []string{"net/http"}, "must not import net/http"},
		{"addon to HTTP's tools", "addon/base/x.go", []string{"net/http/httputil"}, "must not import net/http/httputil"},
		{"addon to gRPC", "addon/base/x.go", []string{"google.golang.org/grpc/codes"}, "must not import google.golang.org/grpc/codes"},
		{"addon to a driver", "addon/base/x.go", []string{"github.com/mattn/go-sqlite3"}, "not github.com/mattn/go-sqlite3"},
		{"kernel to a driver", "addon/orm/x.go", []string{"github.com/jackc/pgx/v5"}, "not github.com/jackc/pgx/v5"},
		{"kernel to a concrete dialect", "addon/orm/x.go", []string{"/addon/orm/dialect/sqlite"}, "only server chooses a database"},
		{"rpc to a concrete dialect", "rpc/x.go", []string{"/addon/orm/dialect/sqlite"}, "only server chooses a database"},
		{"provider to another", "plugins/plaid/x.go", []string{"/plugins/files"},
			"must not import plugins/files: a provider imports nothing of ours"},
		{"provider to the host", "plugins/plaid/x.go", []string{"/plugins/host"}, "must not import plugins/host"},
		{"provider to wire", "plugins/plaid/x.go", []string{"/plugins/sdk/wire"}, "but plugins/sdk and plugins/sdk/rest"},
		{"provider to serve", "plugins/plaid/x.go", []string{"/plugins/sdk/serve"}, "its main also plugins/sdk/serve"},
		{"provider to fault", "plugins/plaid/x.go", []string{"/addon/fault"}, "plugins never see addons"},
		{"main to another provider", "plugins/plaid/cmd/girosync-provider-plaid/main.go", []string{"/plugins/files"},
			"but its provider and plugins/sdk"},
		{"sdk to its HTTP", "plugins/sdk/x.go", []string{"/plugins/sdk/rest"}, "plugins/sdk (floor 0) imports plugins/sdk/rest (floor 1)"},
		{"the plugins' HTTP to wire", "plugins/sdk/rest/x.go", []string{"/plugins/sdk/wire"},
			"rest (floor 1) imports plugins/sdk/wire (floor 1)"},
		{"the plugins' HTTP to fault", "plugins/sdk/rest/x.go", []string{"/addon/fault"}, "plugins never see addons"},
		{"the plugins' HTTP to the world", "plugins/sdk/rest/x.go", []string{"github.com/google/go-cmp/cmp"},
			"only the standard library, not"},
		{"sdk to the world", "plugins/sdk/x.go", []string{"github.com/google/go-cmp/cmp"}, "only the standard library, not"},
		{"host to an addon", "plugins/host/x.go", []string{"/addon/fault"}, "plugins never see addons"},
		{"rpc to plugins", "rpc/x.go", []string{"/plugins/sdk"}, "arrows go server → rpc → addon"},
		{"below server to conf", "server/databases/x.go", []string{"/conf"}, "nothing below server imports conf"},
		{"test support in the product", "addon/base/x.go", []string{"/addon/orm/ormtest"}, "which is for tests alone"},
		{"to a package outside the plan", "server/x.go", []string{"/addon/nowhere"}, "which is not in the plan"},
		{"to the module's root", "server/x.go", []string{module}, "which is not in the plan"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fsys := house()
			var imports []string
			for _, imported := range test.imports {
				if imported[0] == '/' {
					imported = module + imported
				}
				imports = append(imports, imported)
			}
			head := "package x\n"
			if strings.HasSuffix(test.file, "main.go") {
				head = "// Command x is a program.\npackage main\n"
			}
			add(fsys, test.file, head, imports...)
			found, err := Check(fsys)
			if err != nil {
				t.Fatal(err)
			}
			if len(found) == 0 || !slices.ContainsFunc(found, func(s string) bool { return strings.Contains(s, test.want) }) {
				t.Errorf("got %q, want … %s …", found, test.want)
			}
			for _, complaint := range found {
				if !strings.HasPrefix(complaint, test.file+": ") {
					t.Errorf("something else is wrong: %s", complaint)
				}
			}
		})
	}
}

func TestOtherRules(t *testing.T) {
	long := strings.Repeat("\n", longestTest+1)
	tests := []struct {
		name, file, content, want string
	}{
		{"a folder at the top", "tools/x.go", "// Package tools x\npackage tools\n", "tools: nothing but addon"},
		{"a file at the top", "NOTES.md", "", "NOTES.md: nothing but"},
		{"a package that nobody planned", "addon/orm/cache/doc.go", "// Package cache x\npackage cache\nimport _ \"" + module +
			"/addon/orm\"\n", "addon/orm/cache: is not in the plan; it imports addon/orm (floor 4), so it stands on floor 5 or higher"},
		{"an unplanned package that imports nothing", "rpc/soap/doc.go", "// Package soap x\npackage soap\n",
			"rpc/soap: is not in the plan; it imports nothing of ours"},
		{"no doc.go", "addon/mail/mail.go", "// Package mail is here.\npackage mail\n", "addon/mail: needs a doc.go"},
		{"a doc.go that says nothing", "addon/mail/doc.go", "package mail\n", "addon/mail: needs a doc.go"},
		{"a program that says nothing", "server/cmd/girosync/main.go", "package main\n", "server/cmd/girosync: needs a doc.go"},
		{"a long file", "rpc/long.go", "package rpc\n" + long, "rpc/long.go: has 1002 lines, more than 600"},
		{"a long test", "rpc/long_test.go", "package rpc\n" + long, "rpc/long_test.go: has 1002 lines, more than 1000"},
		{"a long page", "server/web/src/App.tsx", long, "server/web/src/App.tsx: has 1001 lines"},
		{"a long test of a page", "server/web/src/App.test.tsx", long, "more than 1000"},
		{"init", "rpc/x.go", "package rpc\nfunc init() {}\n", "rpc/x.go: declares func init"},
		{"work left to do", "rpc/x.go", "package rpc\n\n// " + unfinished + " later\n", "rpc/x.go: has a"},
		{"a wide line", "rpc/x.go", "package rpc\n\n" + wideLine, "rpc/x.go:3: is wider than 140 columns"},
		{"one of tabs", "rpc/x_test.go", "package rpc\n\n" + strings.Repeat("\t", 35) + "//\n", "rpc/x_test.go:3: is wider"},
		{"a wide line of prose", "rpc/DESIGN.md", "# x\n" + wideLine, "rpc/DESIGN.md:2: is wider"},
		{"a long function", "rpc/x.go", "package rpc\n" + functions(1, longestFunction+1), "rpc/x.go: f0 has 81 lines, more than 80"},
		{"a long method", "rpc/x.go", "package rpc\nfunc (s *set[T]) put() {" + strings.Repeat("\n", longestFunction) + "}\n",
			"rpc/x.go: set.put has 81 lines"},
		{"many that are rather long", "rpc/x.go", "package rpc\n" + functions(mostLong+1, longFunction+1),
			"rpc/x.go: f5 has 61 lines; 6 functions have more than 60, and at most 5 may"},
		{"an exported name that nobody explains", "rpc/x.go", "package rpc\nfunc Do() {}\n",
			"rpc/x.go: Do has no comment; of 1 exported names 1 have none, and at least 97 % must have one"},
		{"a method of an exported type", "rpc/x.go", "package rpc\n\n// T is.\ntype T int\nfunc (t *T) Do() {}\n",
			"rpc/x.go: T.Do has no comment; of 2"},
		{"constants and variables", "rpc/x.go", "package rpc\nconst A, B = 1, 2\nvar C int\n", "rpc/x.go: B has no comment; of 3"},
		{"an empty name", "addon/onlinesync/util/doc.go", "// Package util x\npackage util\n",
			"addon/onlinesync/util: the name does not say"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fsys := house()
			fsys[test.file] = &fstest.MapFile{Data: []byte(test.content)}
			found, err := Check(fsys)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(found, func(s string) bool { return strings.Contains(s, test.want) }) {
				t.Errorf("got %q, want … %s …", found, test.want)
			}
		})
	}
	for name, file := range map[string]struct{ path, content string }{
		"generated code may be long and wide": {"rpc/x.go", "// Code generated by x. DO NOT EDIT.\n\npackage rpc\n\n" +
			"func init() {}\nvar Bare int\n" + wideLine + functions(1, longestFunction+1) + long},
		"rows of tables may be wide": {"rpc/DESIGN.md", "# x\n\n| a |\n|---|\n| " + strings.Repeat("a", widest) + " |\n"},
		"a long text stays whole":    {"rpc/x.go", "package rpc\n\nconst text = `" + strings.Repeat("x", widest) + "`\n"},
		"a line of 140 columns":      {"rpc/x.go", "package rpc\n\n//" + strings.Repeat("é", widest-2) + "\n"},
		"long functions of tests":    {"rpc/x_test.go", "package rpc\n" + functions(1, longestFunction+1)},
		"some that are rather long":  {"rpc/x.go", "package rpc\n" + functions(1, longestFunction) + "\n//\n" + "//\n"},
		"names with comments": {"rpc/x.go", "package rpc\n\n// Two.\nconst (\n\tA = 1\n\tB = 2\n)\n\n" +
			"var (\n\tC int // beside\n\t// above\n\tD int\n)\n\n// T is.\ntype T int\n\nfunc (bare) Do() {}\n\ntype bare int\n"},
		"names of tests and programs": {"server/cmd/girosync/main.go", "// Command girosync is.\npackage main\n\ntype Bare int\n"},
	} {
		t.Run(name, func(t *testing.T) {
			fsys := house()
			fsys[file.path] = &fstest.MapFile{Data: []byte(file.content)}
			if found, err := Check(fsys); err != nil || len(found) > 0 {
				t.Errorf("%v %q", err, found)
			}
		})
	}
	t.Run("a file that is no Go", func(t *testing.T) {
		fsys := house()
		fsys["rpc/x.go"] = &fstest.MapFile{Data: []byte("packag rpc")}
		if _, err := Check(fsys); err == nil {
			t.Error("accepted")
		}
	})
}

// wideLine is a comment of one column too many.
var wideLine = "//" + strings.Repeat("é", widest-1) + "\n"

// functions is Go code: n functions of so many lines.
func functions(n, lines int) string {
	var code strings.Builder
	for i := range n {
		fmt.Fprintf(&code, "func f%d() {%s}\n", i, strings.Repeat("\n", lines-1))
	}
	return code.String()
}

func TestCrowdedPackagesAreCaught(t *testing.T) {
	for pkg, most := range map[string]int{"rpc": mostFiles, "addon/onlinesync/importing": mostFilesInRoom} {
		fsys := house()
		fill := func(name string, n int) {
			for i := range n {
				fsys[fmt.Sprintf("%s/"+name, pkg, i)] = &fstest.MapFile{Data: []byte("package x\n")}
			}
		}
		fill("x%d_test.go", 5)
		fill("x%d.go", most-1) // and doc.go
		if found, err := Check(fsys); err != nil || len(found) > 0 {
			t.Errorf("%s with %d files: %v %q", pkg, most, err, found)
		}
		fsys[pkg+"/more.go"] = &fstest.MapFile{Data: []byte("package x\n")}
		found, err := Check(fsys)
		if want := fmt.Sprintf("%s: has %d files beside its tests, more than %d", pkg, most+1, most); err != nil || len(found) != 1 ||
			!strings.HasPrefix(found[0], want) {
			t.Errorf("%s: %v %q, want %s …", pkg, err, found, want)
		}
		fsys[pkg+"/more.go"] = &fstest.MapFile{Data: []byte("// Code generated by x. DO NOT EDIT.\n\npackage x\n")}
		if found, err := Check(fsys); err != nil || len(found) > 0 {
			t.Errorf("%s, one generated: %v %q", pkg, err, found)
		}
	}
}

// Every line of the plan is read as it is meant: it finds its own path, and
// names libraries that exist.
func TestThePlanItself(t *testing.T) {
	for _, r := range plan() {
		path := strings.ReplaceAll(strings.TrimSuffix(r.path, "/..."), "*", "name")
		if got, ok := find(plan(), path); !ok || got.path != r.path {
			t.Errorf("%s is taken for %s", path, got.path)
		}
		for _, name := range strings.Fields(r.outside) {
			if name != "anything" && libraries()[name] == nil {
				t.Errorf("%s names %s, which is no library of the plan", r.path, name)
			}
		}
	}
	for _, e := range mayBeCrowded() {
		room, _, _ := strings.Cut(strings.TrimSuffix(e.path, "/..."), "/*")
		if _, ok := find(plan(), room); !ok && !slices.Contains(topLevel(), room) || e.why == "" {
			t.Errorf("%s is excepted (%s), and is in no room of the plan", e.path, e.why)
		}
	}
	for _, n := range nevers() {
		for _, pattern := range slices.Concat(n.from, n.to, n.but) {
			path := strings.ReplaceAll(strings.TrimSuffix(pattern, "/..."), "*", "name")
			top, _, _ := strings.Cut(path, "/")
			if slices.Contains(topLevel(), top) && !slices.ContainsFunc(plan(), func(r room) bool {
				return matches(pattern, strings.ReplaceAll(strings.TrimSuffix(r.path, "/..."), "*", "name"))
			}) {
				t.Errorf("%s is in no room of the plan", pattern)
			}
		}
	}
}
