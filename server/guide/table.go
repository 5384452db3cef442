package guide

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// rooms are where tests of promises are.
var rooms = []string{"server/guide", "server/e2e"}

// Table reads the tests of a module and returns the text of ROWS.md: each promise
// with the tests that hold it; missing are the ids of those that no test holds.
func Table(module fs.FS) (text []byte, missing []string, err error) {
	tests := map[string][]string{}
	for _, room := range rooms {
		files, err := fs.Glob(module, path.Join(room, "*_test.go"))
		if err != nil {
			return nil, nil, err
		}
		for _, file := range files {
			if err := collect(module, file, tests); err != nil {
				return nil, nil, err
			}
		}
	}
	var b bytes.Buffer
	b.WriteString("# What is promised, and the test that holds it\n\n" +
		"Written by `go generate ./server/guide` from the names of the tests.\n\n| | promise | test |\n|---|---|---|\n")
	for _, p := range Promises() {
		if tests[p.ID] == nil {
			missing = append(missing, p.ID)
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", p.ID, p.Text, strings.Join(tests[p.ID], ", "))
		delete(tests, p.ID)
	}
	for id := range tests {
		err = fmt.Errorf("%v carries the id %s, which no promise has", tests[id], id)
	}
	return b.Bytes(), missing, err
}

// named is how a test's name begins that holds promises: "S26 S27 both buttons …".
var named = regexp.MustCompile(`^((?:[SD][0-9]{2} )+)[^ ]`)

// collect notes the tests of a file, by the ids in their names.
func collect(module fs.FS, file string, tests map[string][]string) error {
	source, err := fs.ReadFile(module, file)
	if err != nil {
		return err
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, source, 0)
	if err != nil {
		return err
	}
	for _, declared := range parsed.Decls {
		test, ok := declared.(*ast.FuncDecl)
		if !ok {
			continue
		}
		ast.Inspect(test, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			name, err := strconv.Unquote(literal.Value)
			if err != nil {
				return true // the parser took it
			}
			found := named.FindStringSubmatch(name)
			if found == nil {
				return true
			}
			for _, id := range strings.Fields(found[1]) {
				if entry := "`" + test.Name.Name + "` (" + path.Base(path.Dir(file)) + ")"; !slices.Contains(tests[id], entry) {
					tests[id] = append(tests[id], entry)
				}
			}
			return true
		})
	}
	return nil
}
