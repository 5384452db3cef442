package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/girosync/girosync/plugins/host"
	"github.com/girosync/girosync/server"
)

// source is where a provider's program comes from: the program itself, or the
// folder of a package in Go that is built.
type source struct {
	name    string // the provider's
	folder  string // what is looked at for changes, and where the suite lies
	program string // "" when it is built
	build   string // the package's folder
}

// sourceOf finds out what a path holds: a program; a folder with a package in Go,
// or with one below cmd; or a folder with one program.
func sourceOf(ctx context.Context, path string) (source, error) {
	info, err := os.Stat(path)
	if err != nil {
		return source{}, err
	}
	if !info.IsDir() {
		return ofProgram(path)
	}
	packages, err := filepath.Glob(filepath.Join(path, "cmd", host.Prefix+"*"))
	if err != nil {
		return source{}, err
	}
	goFiles, err := filepath.Glob(filepath.Join(path, "*.go"))
	if err != nil {
		return source{}, err
	}
	switch {
	case len(packages) == 1:
		s, err := ofPackage(ctx, packages[0])
		s.folder = path
		return s, err
	case len(packages) > 1:
		return source{}, fmt.Errorf("%s holds several programs: name one of %s", path, strings.Join(packages, ", "))
	case len(goFiles) > 0:
		return ofPackage(ctx, path)
	}
	return onlyProgram(path)
}

func ofProgram(path string) (source, error) {
	name, ok := host.NameOf(path)
	if !ok {
		return source{}, fmt.Errorf("%s: a provider program is named %sNAME, with a name of small letters, digits, \"-\" and \"_\"", path, host.Prefix)
	}
	return source{name: name, folder: filepath.Dir(path), program: path}, nil
}

// ofPackage takes the name from the package's path, or its folder's.
func ofPackage(ctx context.Context, folder string) (source, error) {
	list := exec.CommandContext(ctx, "go", "list", "-f", "{{.Name}} {{.ImportPath}}", ".")
	list.Dir = folder
	out, err := list.CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		return source{}, fmt.Errorf("%s holds a package in Go, and go is not installed", folder)
	}
	if err != nil {
		return source{}, fmt.Errorf("%s holds no package in Go: %s", folder, strings.TrimSpace(string(out)))
	}
	kind, imported, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	if kind != "main" {
		return source{}, fmt.Errorf("%s holds the package %s, which is no program", folder, kind)
	}
	for _, path := range []string{imported, folder} {
		if name, ok := host.NameOf(path); ok {
			return source{name: name, folder: folder, build: folder}, nil
		}
	}
	return source{}, fmt.Errorf("neither the package's path, %s, nor its folder ends in %sNAME", imported, host.Prefix)
}

// onlyProgram is the one program in a folder.
func onlyProgram(folder string) (source, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return source{}, err
	}
	var found []string
	for _, e := range entries {
		if _, ok := host.NameOf(e.Name()); ok && e.Type().IsRegular() {
			found = append(found, filepath.Join(folder, e.Name()))
		}
	}
	switch len(found) {
	case 0:
		return source{}, fmt.Errorf("%s holds neither a package in Go nor a program named %sNAME", folder, host.Prefix)
	case 1:
		return ofProgram(found[0])
	}
	return source{}, fmt.Errorf("%s holds several programs: name one of %s", folder, strings.Join(found, ", "))
}

// put makes the program at a path, by go or as a copy.
func (s source) put(ctx context.Context, to string) error {
	if s.program != "" {
		program, err := os.ReadFile(s.program)
		if err != nil {
			return err
		}
		return os.WriteFile(to, program, 0o755)
	}
	to, err := filepath.Abs(to)
	if err != nil {
		return err
	}
	command := exec.CommandContext(ctx, "go", "build", "-o", to, ".")
	command.Dir = s.build
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("it does not build:\n%s", out)
	}
	return nil
}

// suite is the one that is asked for, or the one in the folder, if there is one.
func (s source) suite(asked string) string {
	if beside := filepath.Join(s.folder, server.SuiteFile); asked == "" && exists(beside) {
		return beside
	}
	return asked
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
