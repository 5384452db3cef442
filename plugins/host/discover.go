package host

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// binaryName matches a plugin's file name.
var binaryName = regexp.MustCompile(`^` + Prefix + `([a-z][a-z0-9_-]{0,62})$`)

// NameOf is the provider that a program of that file name is; false for a name
// that no provider can have.
func NameOf(file string) (string, bool) {
	match := binaryName.FindStringSubmatch(strings.TrimSuffix(filepath.Base(file), ".exe"))
	if match == nil {
		return "", false
	}
	return match[1], true
}

// Checksum returns the SHA-256 of a file, in hexadecimal.
func Checksum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("checksum: %w", err)
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", fmt.Errorf("checksum %s: %w", path, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// binary is a plugin's file as it was last looked at. Its checksum is computed
// again only when the file looks changed; it informs, while the check that
// decides is made at every start on the bytes themselves.
type binary struct {
	path string
	file fs.FileInfo
	sum  string
}

// look returns the binary as it is now.
func (b binary) look() (binary, error) {
	file, err := os.Lstat(b.path)
	if err == nil && !file.Mode().IsRegular() {
		err = errors.New("it is a link or no file at all, and what a link leads to could be exchanged: put the program itself there")
	}
	if err != nil {
		return binary{path: b.path}, err
	}
	if b.sum != "" && os.SameFile(b.file, file) && b.file.Size() == file.Size() && b.file.ModTime().Equal(file.ModTime()) {
		return binary{path: b.path, file: file, sum: b.sum}, nil
	}
	sum, err := Checksum(b.path)
	if err != nil {
		return binary{path: b.path}, err
	}
	return binary{path: b.path, file: file, sum: sum}, nil
}

// Fit returns the checksum of a program that a host would run once it is recorded.
// The error says what is wrong with it, and what to do: its name, a link, a file that
// is not executable, or one that everybody may write to.
func Fit(path string) (sum string, err error) {
	if _, ok := NameOf(path); !ok {
		return "", fmt.Errorf("%s: a provider program is named %sNAME, with a name of small letters, digits, \"-\" and \"_\": rename it",
			path, Prefix)
	}
	b, err := binary{path: path}.look()
	if err == nil {
		err = b.fit()
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return b.sum, nil
}

// fit tells whether the file can be run, and by nobody else's doing is another.
func (b binary) fit() error {
	if b.file.Mode()&0o111 == 0 {
		return fmt.Errorf("its file is not executable (chmod +x %s)", b.path)
	}
	return b.guarded()
}

// guarded tells who else could exchange the file's bytes between the check and
// the start.
func (b binary) guarded() error {
	const everybody = 0o002
	if b.file.Mode().Perm()&everybody != 0 {
		return fmt.Errorf("everybody may write to its file (chmod o-w %s)", b.path)
	}
	dir, err := os.Stat(filepath.Dir(b.path))
	if err != nil {
		return err
	}
	if dir.Mode().Perm()&everybody != 0 && dir.Mode()&fs.ModeSticky == 0 {
		return fmt.Errorf("everybody may write to its folder (chmod o-w %s)", filepath.Dir(b.path))
	}
	return nil
}

// scan returns the paths of the plugins in a folder, by provider name.
func scan(dir string) (map[string]string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("plugins folder: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("plugins folder: %w", err)
	}
	found := map[string]string{}
	for _, e := range entries {
		match := binaryName.FindStringSubmatch(strings.TrimSuffix(e.Name(), ".exe"))
		if match == nil || e.IsDir() {
			continue
		}
		found[match[1]] = filepath.Join(dir, e.Name())
	}
	return found, nil
}
