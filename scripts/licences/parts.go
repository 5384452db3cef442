package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// modules are those of the host and of the plugins that are built with it, with
// what they bring that is no module.
func modules() ([]part, error) {
	mains, err := filepath.Glob("plugins/*/cmd/girosync-provider-*")
	if err != nil {
		return nil, err
	}
	args := []string{"list", "-deps", "-json=Module", "./server/cmd/girosync"}
	for _, dir := range mains {
		args = append(args, "./"+filepath.ToSlash(dir))
	}
	command := exec.Command("go", args...)
	command.Stderr = os.Stderr
	text, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	list := []part{{"SQLite (in github.com/mattn/go-sqlite3)", "", []string{"public domain"}}}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	library, err := licencesIn(strings.TrimSpace(string(root)))
	if err != nil {
		return nil, err
	}
	list = append(list, part{"Go's library", runtime.Version(), library})
	seen := map[string]bool{}
	for in := json.NewDecoder(bytes.NewReader(text)); ; {
		var p struct {
			Module *struct {
				Path, Version, Dir string
				Main               bool
			}
		}
		if err := in.Decode(&p); errors.Is(err, io.EOF) {
			return list, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if p.Module == nil || p.Module.Main || seen[p.Module.Path] {
			continue
		}
		seen[p.Module.Path] = true
		licences, err := licencesOf(p.Module.Dir)
		if err != nil {
			return nil, err
		}
		list = append(list, part{p.Module.Path, p.Module.Version, licences})
	}
}

// licencesOf looks into a module's folder; one that is part of a larger
// repository may have been packed without its licence.
func licencesOf(dir string) ([]string, error) {
	found, err := licencesIn(dir)
	if err != nil || len(found) > 0 {
		return found, err
	}
	return licencesIn(filepath.Dir(dir))
}

// npmPackages are those that the dashboard is built from: all but the ones for
// development alone.
func npmPackages(lock string) ([]part, error) {
	text, err := os.ReadFile(lock)
	if err != nil {
		return nil, err
	}
	var file struct {
		Packages map[string]struct {
			Version, License        string
			Dev, Optional, Peer     bool
			DevOptional, Extraneous bool
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", lock, err)
	}
	var list []part
	for path, p := range file.Packages {
		if path == "" || p.Dev || p.DevOptional || p.Extraneous {
			continue
		}
		_, name, _ := strings.Cut(path, "node_modules/")
		if i := strings.LastIndex(name, "node_modules/"); i >= 0 {
			name = name[i+len("node_modules/"):]
		}
		list = append(list, part{name, p.Version, expression(p.License)})
	}
	return list, nil
}

// expression reads an SPDX expression: of alternatives the first that is
// permitted, of what holds together all.
func expression(text string) (licences []string) {
	text = strings.Trim(text, "() ")
	if text == "" {
		return nil
	}
	either := strings.Split(text, " OR ")
	for _, one := range either {
		licences = strings.Split(strings.Trim(one, "() "), " AND ")
		if (part{Licences: licences}).allowed() {
			return licences
		}
	}
	return strings.Split(strings.Trim(either[0], "() "), " AND ")
}
