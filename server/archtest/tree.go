package archtest

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
	"unicode/utf8"
)

// module is the import path of the module's root.
const module = "github.com/girosync/girosync"

// unfinished marks work left to do; it is put together so that this file has none.
const unfinished = "TO" + "DO"

// source is one file that somebody wrote.
type source struct {
	path       string // below the module's root
	lines      int
	test       bool
	generated  bool
	unfinished bool  // holds a note of work left to do
	wide       []int // the lines above widest; of Go and Markdown

	// Of Go files only:
	goName  string   // the package clause
	comment string   // the package's comment, "" for none
	imports []string // ours begin with "/": "/addon/orm"
	inits   bool     // declares func init

	functions []function
	exported  int      // exported names, see leastDocumented
	bare      []string // those without a comment
}

// function is a function or method and how long it is.
type function struct {
	name  string
	lines int
}

func (s source) pkg() string { return path.Dir(s.path) }

// tree is the module as far as the rules look at it.
type tree struct {
	sources []source
	top     []string // names at the top level
	ignored []string // names at the top level that .gitignore names
}

// read reads the sources below the root of fsys.
func read(fsys fs.FS) (tree, error) {
	var t tree
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return tree{}, err
	}
	for _, entry := range entries {
		t.top = append(t.top, entry.Name())
	}
	if ignore, err := fs.ReadFile(fsys, ".gitignore"); err == nil {
		for line := range strings.Lines(string(ignore)) {
			t.ignored = append(t.ignored, strings.Trim(strings.TrimSpace(line), "/"))
		}
	}
	err = fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && t.skips(name) {
			return fs.SkipDir
		}
		if entry.IsDir() || !slices.Contains([]string{".go", ".md", ".ts", ".tsx"}, path.Ext(name)) {
			return nil
		}
		s, err := readSource(fsys, name)
		if err != nil {
			return err
		}
		t.sources = append(t.sources, s)
		return nil
	})
	return t, err
}

// skips reports whether a folder holds no sources of ours.
func (t tree) skips(name string) bool {
	base := path.Base(name)
	switch base {
	case ".":
		return false
	case "node_modules", "testdata", "dist", "playwright-report", "test-results":
		return true
	}
	return base[0] == '.' || slices.Contains(t.ignored, name)
}

func readSource(fsys fs.FS, name string) (source, error) {
	content, err := fs.ReadFile(fsys, name)
	if err != nil {
		return source{}, err
	}
	s := source{path: name, lines: bytes.Count(content, []byte("\n")), unfinished: bytes.Contains(content, []byte(unfinished))}
	if ext := path.Ext(name); ext == ".go" || ext == ".md" {
		s.wide = wide(string(content), ext == ".md")
	}
	if path.Ext(name) != ".go" {
		s.test = strings.Contains(path.Base(name), ".test.") || strings.Contains(path.Base(name), ".spec.")
		return s, nil
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, content, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return source{}, fmt.Errorf("parse: %w", err)
	}
	s.test = strings.HasSuffix(name, "_test.go")
	s.generated = ast.IsGenerated(file)
	s.goName = file.Name.Name
	s.comment = file.Doc.Text()
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return source{}, err
		}
		if below, ok := strings.CutPrefix(imported, module); ok && (below == "" || below[0] == '/') {
			imported = "/" + strings.TrimPrefix(below, "/")
		}
		s.imports = append(s.imports, imported)
	}
	for _, declaration := range file.Decls {
		if f, ok := declaration.(*ast.FuncDecl); ok {
			s.inits = s.inits || f.Recv == nil && f.Name.Name == "init"
			lines := files.Position(f.End()).Line - files.Position(f.Pos()).Line + 1
			s.functions = append(s.functions, function{nameOf(f), lines})
		}
		s.listExported(declaration)
	}
	return s, nil
}

// wide lists the lines above widest, in Markdown without the rows of tables.
func wide(content string, markdown bool) (lines []int) {
	number := 0
	for line := range strings.Lines(content) {
		number++
		columns := utf8.RuneCountInString(strings.TrimRight(line, "\r\n")) + (tabWidth-1)*strings.Count(line, "\t")
		if columns > widest && !(markdown && strings.HasPrefix(line, "|")) && !(!markdown && holdsLongText(line)) {
			lines = append(lines, number)
		}
	}
	return lines
}

// holdsLongText reports whether a line of Go holds a text, such as a request or
// a pattern, that would be harder to read in pieces.
func holdsLongText(line string) bool { return longText.MatchString(line) }

var longText = regexp.MustCompile("`[^`]{60,}|\"(?:[^\"\\\\]|\\\\.){80,}\"")
