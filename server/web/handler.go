package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// contentPolicy keeps the page to its own origin. Styles may be inline, since
// the component library sets sizes and colours on elements.
const contentPolicy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// asset is one file in both its forms; packed is nil when the build made none.
type asset struct {
	plain, packed []byte
	tag           string
	media         string
	forever       bool
}

// Handler serves the files of FS to GET and HEAD: "/" is index.html, any path
// that is not a file is 404. Files under /assets/ carry a hash in their names
// and may be kept for ever; every other one is asked for again each time, by
// its entity tag. A file that the build also left as NAME.gz goes out packed
// to clients that accept gzip.
func Handler() (http.Handler, error) {
	files, err := FS()
	if err != nil {
		return nil, err
	}
	assets, err := load(files)
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serve(w, r, assets)
	}), nil
}

func serve(w http.ResponseWriter, r *http.Request, assets map[string]asset) {
	found, ok := assets[name(r.URL.Path)]
	if !ok {
		lost(w)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	h := w.Header()
	h.Set("Content-Type", found.media)
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-cache")
	if found.forever {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body, tag := found.plain, found.tag
	if found.packed != nil {
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			h.Set("Content-Encoding", "gzip")
			body, tag = found.packed, found.tag+"-gz"
		}
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// lost answers an unknown path, whatever the method: with a page, as clients of
// Odoo expect.
func lost(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusNotFound)
	_, _ = w.Write([]byte("<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n" +
		"<p>There is nothing at this address. <a href=\"/\">Go to girosync.</a></p>\n")) // a client that is gone needs no answer
}

func name(urlPath string) string {
	if urlPath == "/" || urlPath == "" {
		return "index.html"
	}
	return strings.TrimPrefix(path.Clean(urlPath), "/")
}

func load(files fs.FS) (map[string]asset, error) {
	assets := map[string]asset{}
	err := fs.WalkDir(files, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(entry.Name(), ".") || strings.HasSuffix(file, ".gz") {
			return err
		}
		plain, err := fs.ReadFile(files, file)
		if err != nil {
			return err
		}
		packed, err := fs.ReadFile(files, file+".gz")
		if err != nil {
			packed = nil
		}
		sum := sha256.Sum256(plain)
		assets[file] = asset{
			plain:   plain,
			packed:  packed,
			tag:     hex.EncodeToString(sum[:8]),
			media:   mediaType(file),
			forever: strings.HasPrefix(file, "assets/"),
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("load dashboard files: %w", err)
	}
	return assets, nil
}

// mediaType does not ask the machine's own table, which may call .js text/plain.
func mediaType(file string) string {
	known := map[string]string{
		".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
		".svg": "image/svg+xml", ".woff2": "font/woff2", ".json": "application/json", ".txt": "text/plain; charset=utf-8",
	}
	if media, ok := known[path.Ext(file)]; ok {
		return media
	}
	if media := mime.TypeByExtension(path.Ext(file)); media != "" {
		return media
	}
	return "application/octet-stream"
}

func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if coding != "gzip" {
			continue
		}
		weight, given := strings.CutPrefix(strings.TrimSpace(params), "q=")
		if !given {
			return true
		}
		value, err := strconv.ParseFloat(weight, 64)
		return err == nil && value > 0
	}
	return false
}
