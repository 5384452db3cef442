package server

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/secret"
)

// master is the master password, in a file that holds it or its hash. The file
// is read at each use, so that every process of a host knows the same.
type master struct {
	file   string
	hasher secret.Passwords
	mu     sync.Mutex // one change at a time
}

// right reports whether a password is the master password; without a file none is.
func (m *master) right(password string) (bool, error) {
	if m.file == "" || password == "" {
		return false, nil
	}
	content, err := os.ReadFile(m.file)
	if err != nil {
		return false, fault.Wrap(err, "master password", nil)
	}
	kept := strings.TrimRight(string(content), "\r\n")
	if strings.HasPrefix(kept, "$argon2id$") {
		return m.hasher.Verify(kept, password)
	}
	given, want := sha256.Sum256([]byte(password)), sha256.Sum256([]byte(kept)) // alike in length
	return kept != "" && subtle.ConstantTimeCompare(given[:], want[:]) == 1, nil
}

// change makes the file hold the hash of a new password.
func (m *master) change(password string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if password == "" {
		return fault.Say(fault.User, "db.no_master", fault.Args{"why": "the new one is empty"})
	}
	hash, err := m.hasher.Hash(password)
	if err != nil {
		return fault.Wrap(err, "master password", nil)
	}
	if err := replaceFile(m.file, hash+"\n"); err != nil {
		return fault.Say(fault.User, "db.no_master", fault.Args{"why": "its file cannot be written"}).Because(err)
	}
	return nil
}

// replaceFile writes a file in one step, readable by its owner alone.
func replaceFile(path, content string) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), ".girosync-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name()) // gone after the rename
	_, err = temporary.WriteString(content)
	if err = errors.Join(err, temporary.Sync(), temporary.Close()); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), path)
}
