package archtest

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Check reads the module below fsys and returns what is not as planned, one
// sentence each with what to do about it, in order.
func Check(fsys fs.FS) ([]string, error) {
	t, err := read(fsys)
	if err != nil {
		return nil, err
	}
	var found []string
	complain := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	checkTop(t, complain)
	checkPackages(t, complain)
	checkFunctions(t, complain)
	checkComments(t, complain)
	for _, s := range t.sources {
		checkFile(s, complain)
		if s.goName != "" && !s.test {
			checkImports(s, complain)
		}
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

type complain func(format string, args ...any)

func checkTop(t tree, complain complain) {
	for _, name := range t.top {
		if name[0] != '.' && !slices.Contains(topLevel(), name) && !slices.Contains(t.ignored, name) {
			complain("%s: nothing but %s and dot files stands at the top level", name, strings.Join(topLevel(), ", "))
		}
	}
}

// checkPackages looks at each package as a whole: it is in the plan, says what
// it is, and has a name that says something.
func checkPackages(t tree, complain complain) {
	files := map[string][]source{}
	for _, s := range t.sources {
		if s.goName != "" {
			files[s.pkg()] = append(files[s.pkg()], s)
		}
	}
	for pkg, sources := range files {
		if _, ok := find(plan(), pkg); !ok {
			complain("%s: is not in the plan; %s", pkg, advice(sources))
		}
		if slices.Contains(emptyNames(), path.Base(pkg)) {
			complain("%s: the name does not say what is inside", pkg)
		}
		if !hasDoc(sources) {
			complain(`%s: needs a doc.go whose comment begins "// Package" (of a program: "// Command")`, pkg)
		}
		checkCrowd(pkg, sources, complain)
	}
}

// checkCrowd counts a package's files.
func checkCrowd(pkg string, sources []source, complain complain) {
	n, most := 0, mostFiles
	if strings.HasPrefix(pkg, "addon/onlinesync/") {
		most = mostFilesInRoom
	}
	for _, s := range sources {
		if !s.test && !s.generated {
			n++
		}
	}
	if n > most && !excepted(mayBeCrowded(), pkg) {
		complain("%s: has %d files beside its tests, more than %d; part it by what its files are about", pkg, n, most)
	}
}

// checkFunctions measures the functions of the whole tree.
func checkFunctions(t tree, complain complain) {
	var long []string
	for _, s := range t.sources {
		if s.test || s.generated {
			continue
		}
		for _, f := range s.functions {
			switch {
			case f.lines > longestFunction:
				complain("%s: %s has %d lines, more than %d; let functions of its own tell its parts", s.path, f.name, f.lines,
					longestFunction)
			case f.lines > longFunction:
				long = append(long, fmt.Sprintf("%s: %s has %d lines", s.path, f.name, f.lines))
			}
		}
	}
	if len(long) <= mostLong {
		return
	}
	for _, one := range long {
		complain("%s; %d functions have more than %d, and at most %d may", one, len(long), longFunction, mostLong)
	}
}

// checkComments looks for exported names that nothing explains, and lists them
// when they are too many.
func checkComments(t tree, complain complain) {
	all := 0
	var bare []string
	for _, s := range t.sources {
		if s.test || s.generated || s.goName == "main" {
			continue
		}
		all += s.exported
		for _, name := range s.bare {
			bare = append(bare, s.path+": "+name)
		}
	}
	if all == 0 || float64(all-len(bare)) >= leastDocumented*float64(all) {
		return
	}
	for _, one := range bare {
		complain("%s has no comment; of %d exported names %d have none, and at least %.0f %% must have one",
			one, all, len(bare), 100*leastDocumented)
	}
}

func hasDoc(sources []source) bool {
	return slices.ContainsFunc(sources, func(s source) bool {
		switch {
		case s.goName == "main":
			return strings.HasPrefix(s.comment, "Command ")
		case path.Base(s.path) == "doc.go":
			return strings.HasPrefix(s.comment, "Package "+s.goName)
		}
		return s.generated && len(sources) <= 3 // a folder of generated code alone
	})
}

// advice says where a package that the plan lacks could go.
func advice(sources []source) string {
	highest, below := -1, ""
	for _, s := range sources {
		if s.test {
			continue
		}
		for _, imported := range s.imports {
			ours, ok := strings.CutPrefix(imported, "/")
			if !ok {
				continue
			}
			if r, ok := find(plan(), ours); ok && r.floor > highest {
				highest, below = r.floor, ours
			}
		}
	}
	const orElse = ": add it to server/archtest/plan.go and to the README's picture, or put the code into a package that is there"
	if highest < 0 {
		return "it imports nothing of ours, so it can stand on any floor below those who import it" + orElse
	}
	return fmt.Sprintf("it imports %s (floor %d), so it stands on floor %d or higher", below, highest, highest+1) + orElse
}

func checkFile(s source, complain complain) {
	longest := longestFile
	if s.test {
		longest = longestTest
	}
	if s.lines > longest && !s.generated {
		complain("%s: has %d lines, more than %d; split it by what its parts are about", s.path, s.lines, longest)
	}
	if !s.generated {
		for _, line := range s.wide {
			complain("%s:%d: is wider than %d columns", s.path, line, widest)
		}
	}
	if s.unfinished && !s.generated {
		complain("%s: has a %s; do it, or say in a DESIGN.md what was not done and why", s.path, unfinished)
	}
	if s.inits && !s.generated && !s.test {
		complain("%s: declares func init; nothing registers itself here, server joins the parts", s.path)
	}
}

// checkImports holds one file against the floors, the world outside, and the nevers.
func checkImports(s source, complain complain) {
	pkg := s.pkg()
	own, ok := find(plan(), pkg)
	if !ok {
		return // reported by checkPackages
	}
	supports := matchesAny(testSupport(), pkg)
	for _, imported := range s.imports {
		ours, isOurs := strings.CutPrefix(imported, "/")
		if isOurs {
			checkArrow(s, own, ours, supports, complain)
		} else if !known(own, imported) {
			complain("%s: %s may know of the world outside %s, not %s; if it must, say so in server/archtest/plan.go", s.path, pkg,
				worldOf(own), imported)
		}
		if supports {
			continue
		}
		for _, n := range nevers() {
			if forbids(n, own, pkg, strings.TrimPrefix(imported, "/")) {
				complain("%s: must not import %s: %s", s.path, strings.TrimPrefix(imported, "/"), n.why)
			}
		}
	}
}

func checkArrow(s source, own room, imported string, supports bool, complain complain) {
	pkg := s.pkg()
	other, ok := find(plan(), imported)
	switch {
	case !ok:
		complain("%s: imports %s, which is not in the plan", s.path, imported)
	case supports || other.path == own.path && sameRoom(own, pkg, imported):
	case matchesAny([]string{"addon/orm/ormtest", "addon/orm/dialect/dialecttest", "server/servertest"}, imported):
		complain("%s: imports %s, which is for tests alone", s.path, imported)
	case other.floor >= own.floor:
		complain("%s: %s (floor %d) imports %s (floor %d); arrows go to lower floors only: declare the interface that you need, "+
			"or move the code up",
			s.path, pkg, own.floor, imported, other.floor)
	}
}

// forbids reports whether n forbids that pkg imports what is imported.
func forbids(n never, own room, pkg, imported string) bool {
	if !matchesAny(n.from, pkg) || !matchesAny(n.to, imported) || matchesAny(n.but, imported) {
		return false
	}
	// "plugins/*/..." means the providers: rooms of their own are none.
	if slices.Contains(n.from, "plugins/*/...") && own.path != "plugins/*/..." {
		return false
	}
	// A provider, and its main, may import what is in the provider's own folder.
	return !(strings.HasPrefix(own.path, "plugins/*/") && firstParts(pkg, 2) == firstParts(imported, 2))
}

// known reports whether a room may import a package that is not ours.
func known(own room, imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	if !strings.Contains(first, ".") || own.outside == "anything" {
		return true
	}
	for _, name := range strings.Fields(own.outside) {
		for _, prefix := range libraries()[name] {
			if strings.HasPrefix(imported, prefix) {
				return true
			}
		}
	}
	return false
}

func worldOf(own room) string {
	if own.outside == "" {
		return "only the standard library"
	}
	return "only the standard library and " + strings.Join(strings.Fields(own.outside), ", ")
}
