package entrance

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/secret"
	"github.com/girosync/girosync/server/databases"
)

// Master is the master password, in a file that holds it or its hash. The file
// is read at each use, so that every process of a host knows the same.
type Master struct {
	file   string
	hasher secret.Passwords
	gate   *Gate
	mu     sync.Mutex // one change at a time
}

// NewMaster takes the password from a file, "" for none.
func NewMaster(file string, hasher secret.Passwords, gate *Gate) *Master {
	return &Master{file: file, hasher: hasher, gate: gate}
}

// Authorise refuses, with Unauthenticated, whoever does not give the master
// password.
func (m *Master) Authorise(ctx context.Context, address, password string) error {
	return m.gate.Try(ctx, databases.Attempt{Who: "the master password", Address: address}, func() (bool, error) {
		return m.right(password)
	})
}

// right reports whether a password is the master password; without a file none is.
func (m *Master) right(password string) (bool, error) {
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

// ChangePassword makes the file hold the hash of a new password.
func (m *Master) ChangePassword(_ context.Context, password string) error {
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
