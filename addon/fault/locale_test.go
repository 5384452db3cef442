package fault_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/fault"
)

func catalogue(t *testing.T, lang string) map[string]string {
	t.Helper()
	messages := map[string]string{}
	if _, err := toml.DecodeFile("locale/"+lang+".toml", &messages); err != nil {
		t.Fatal(err)
	}
	return messages
}

var placeholder = regexp.MustCompile(`\{\{\.\w+\}\}`)

func placeholders(text string) []string {
	found := placeholder.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

func TestEveryMessageIsInEveryLanguage(t *testing.T) {
	english := catalogue(t, "en")
	files, err := filepath.Glob("locale/*.toml")
	if err != nil || len(files) != len(fault.Languages()) {
		t.Fatalf("%d files for the languages %v (%v)", len(files), fault.Languages(), err)
	}
	for _, lang := range fault.Languages() {
		messages := catalogue(t, lang)
		ids := func(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
		if diff := cmp.Diff(ids(english), ids(messages)); diff != "" {
			t.Errorf("%s has other ids than English (-en +%s):\n%s", lang, lang, diff)
		}
		for id, text := range messages {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s: %s is empty", lang, id)
			}
			if diff := cmp.Diff(placeholders(english[id]), placeholders(text)); diff != "" {
				t.Errorf("%s: %s names other values than English:\n%s", lang, id, diff)
			}
		}
	}
}

// Every fault.Say("…") of the module names a message of the catalogue.
func TestEveryMessageSaidIsInTheCatalogue(t *testing.T) {
	english := catalogue(t, "en")
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := entry.Name(); entry.IsDir() && path != root && (name == "node_modules" || name == "testdata" || name[0] == '.') {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(source), "ay(") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, source, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if id, ok := saidID(node); ok && english[id] == "" {
				t.Errorf("%s says %q, which the catalogue lacks", path, id)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// saidID returns the id of a call fault.Say(kind, "id", args), or of one of the
// functions say(env, "id", args) and x.say("id", args) that stand on it.
func saidID(node ast.Node) (string, bool) {
	call, ok := node.(*ast.CallExpr)
	if !ok || len(call.Args) < 2 {
		return "", false
	}
	if name, ok := call.Fun.(*ast.Ident); ok && name.Name == "say" {
		return literal(call.Args[1])
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if ok && selector.Sel.Name == "say" {
		return literal(call.Args[0])
	}
	if !ok || selector.Sel.Name != "Say" {
		return "", false
	}
	if pkg, ok := selector.X.(*ast.Ident); !ok || pkg.Name != "fault" {
		return "", false
	}
	return literal(call.Args[1])
}

func literal(node ast.Expr) (string, bool) {
	text, ok := node.(*ast.BasicLit)
	if !ok || text.Kind != token.STRING {
		return "", false
	}
	id, err := strconv.Unquote(text.Value)
	return id, err == nil
}
