package web

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// dist holds the built dashboard, or nothing but .gitkeep.
//
//go:embed all:dist
var dist embed.FS

// placeholder holds the page served while dist is empty.
//
//go:embed placeholder
var placeholder embed.FS

// Built reports whether the dashboard was built before this binary.
func Built() bool {
	_, err := fs.Stat(dist, "dist/index.html")
	return err == nil
}

// Font is the path at which Handler serves the font of the dashboard's texts in
// Latin script; "" before it was built.
func Font() string {
	found, err := fs.Glob(dist, "dist/assets/inter-latin-wght-normal-*.woff2")
	if err != nil || len(found) == 0 {
		return ""
	}
	return strings.TrimPrefix(found[0], "dist")
}

// FS returns the files to serve, index.html at its root: the built dashboard,
// or the placeholder page when Built is false.
func FS() (fs.FS, error) {
	files, dir := dist, "dist"
	if !Built() {
		files, dir = placeholder, "placeholder"
	}
	sub, err := fs.Sub(files, dir)
	if err != nil {
		return nil, fmt.Errorf("dashboard files: %w", err)
	}
	if _, err := fs.Stat(sub, "index.html"); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("dashboard files: %s has no index.html", dir)
	}
	return sub, nil
}
