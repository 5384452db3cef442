package secret

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// ErrNotOpened: a sealed text was changed, or belongs to other associated data,
// or was sealed by a key that this key set lacks. Which one cannot be told.
var ErrNotOpened = errors.New("the sealed secret cannot be opened: it was changed, was moved from another database or connection, " +
	"or the key set is not the one that sealed it")

// Keyset seals secrets with the newest key of a file and opens them with any of
// its keys. It may be used by many goroutines, and by several processes on one
// file: a key that another process added is found when it is needed.
type Keyset struct {
	path string

	mu     sync.RWMutex
	handle *keyset.Handle
	aead   tink.AEAD
	read   stamp // of the file that handle came from
}

// stamp tells versions of a file apart without reading it.
type stamp struct {
	size     int64
	modified int64 // nanoseconds
}

// ErrNoKeyset: the file is missing, so nothing can be sealed or opened.
var ErrNoKeyset = errors.New("the key set is missing")

// OpenKeyset reads the key set at path; a missing one is made.
func OpenKeyset(path string) (*Keyset, error) {
	k, err := FindKeyset(path)
	if err == nil && k.Missing() {
		err = k.Make()
	}
	if err != nil {
		return nil, err
	}
	return k, nil
}

// FindKeyset reads the key set at path. Without the file it is one that seals
// and opens nothing until the file is there. A file that others can read, or
// whose content was damaged, is an error.
func FindKeyset(path string) (*Keyset, error) {
	k := &Keyset{path: path}
	if err := k.load(); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read key set %s: %w", path, err)
	}
	return k, nil
}

// Missing reports whether there is no key set yet.
func (k *Keyset) Missing() bool {
	if k.stale() {
		_ = k.load() // what cannot be read is still missing
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.handle == nil
}

// Make makes the missing file, with one new key, readable by its owner alone.
// Where another process is first, its file is read.
func (k *Keyset) Make() error {
	if err := create(k.path); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("make key set %s: %w", k.path, err)
	}
	if err := k.load(); err != nil {
		return fmt.Errorf("read key set %s: %w", k.path, err)
	}
	return nil
}

// Path is where the file is.
func (k *Keyset) Path() string { return k.path }

func create(path string) error {
	handle, err := keyset.NewHandle(aead.XChaCha20Poly1305KeyTemplate())
	if err != nil {
		return err
	}
	return writeFile(path, handle, false)
}

// load reads the file.
func (k *Keyset) load() error {
	handle, read, err := readFile(k.path)
	if err != nil {
		return err
	}
	primitive, err := aead.New(handle)
	if err != nil {
		return fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.handle, k.aead, k.read = handle, primitive, read
	return nil
}

// Seal encrypts plaintext with the primary key, also when another process made
// it. It opens only with the same associated data, which is not part of the
// result.
func (k *Keyset) Seal(plaintext, associated []byte) ([]byte, error) {
	if k.stale() {
		_ = k.load() // a file in trouble leaves the keys that are known
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.aead == nil {
		return nil, fmt.Errorf("seal: %w", ErrNoKeyset)
	}
	sealed, err := k.aead.Encrypt(plaintext, associated)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return sealed, nil
}

// Open decrypts what Seal returned, by this key set or an older state of it.
// Otherwise it fails with [ErrNotOpened].
func (k *Keyset) Open(sealed, associated []byte) ([]byte, error) {
	plaintext, err := k.open(sealed, associated)
	if err == nil {
		return plaintext, nil
	}
	if k.has(sealed) || !k.stale() || k.load() != nil {
		return nil, ErrNotOpened
	}
	if plaintext, err = k.open(sealed, associated); err != nil {
		return nil, ErrNotOpened
	}
	return plaintext, nil
}

func (k *Keyset) open(sealed, associated []byte) ([]byte, error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.aead == nil {
		return nil, ErrNoKeyset
	}
	return k.aead.Decrypt(sealed, associated)
}

// stale reports whether the file changed since it was read.
func (k *Keyset) stale() bool {
	info, err := os.Stat(k.path)
	if err != nil {
		return false
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	return stampOf(info) != k.read
}

// Key is one key of a key set.
type Key struct {
	ID      uint32
	Primary bool // seals; the others only open
}

// Keys lists the keys, oldest first.
func (k *Keyset) Keys() []Key {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.handle == nil {
		return nil
	}
	info := k.handle.KeysetInfo()
	var keys []Key
	for _, key := range info.GetKeyInfo() {
		keys = append(keys, Key{ID: key.GetKeyId(), Primary: key.GetKeyId() == info.GetPrimaryKeyId()})
	}
	return keys
}

// has reports whether the key that sealed is in the key set.
func (k *Keyset) has(sealed []byte) bool {
	id, ok := keyID(sealed)
	if !ok {
		return true // not sealed at all: no key will do
	}
	for _, key := range k.Keys() {
		if key.ID == id {
			return true
		}
	}
	return false
}

// NeedsReseal reports whether sealed was not sealed by the primary key: open it
// and seal it again, so that an old key is no longer needed.
func (k *Keyset) NeedsReseal(sealed []byte) bool {
	id, ok := keyID(sealed)
	for _, key := range k.Keys() {
		if key.Primary {
			return !ok || key.ID != id
		}
	}
	return true
}

// keyID reads tink's prefix: a one, then the key's id in four bytes.
func keyID(sealed []byte) (uint32, bool) {
	if len(sealed) < 5 || sealed[0] != 1 {
		return 0, false
	}
	return binary.BigEndian.Uint32(sealed[1:]), true
}

// Rotate adds a new key and makes it primary. Old keys stay, to open what they
// sealed. The file is replaced in one step; when Rotate fails the old one stands.
func (k *Keyset) Rotate() error {
	err := withLock(k.path, func() error {
		handle, _, err := readFile(k.path) // another process may have rotated
		if err != nil {
			return err
		}
		manager := keyset.NewManagerFromHandle(handle)
		id, err := manager.Add(aead.XChaCha20Poly1305KeyTemplate())
		if err != nil {
			return err
		}
		if err := manager.SetPrimary(id); err != nil {
			return err
		}
		if handle, err = manager.Handle(); err != nil {
			return err
		}
		return writeFile(k.path, handle, true)
	})
	if err == nil {
		err = k.load()
	}
	if err != nil {
		return fmt.Errorf("rotate key set %s: %w", k.path, err)
	}
	return nil
}

// Backup writes the key set to a new file at path, readable by its owner alone.
// It never overwrites. Keep the copy apart from the databases' backups: both
// together open every secret.
func (k *Keyset) Backup(path string) error {
	handle, _, err := readFile(k.path)
	if err == nil {
		err = writeFile(path, handle, false)
	}
	if err != nil {
		return fmt.Errorf("back up key set to %s: %w", path, err)
	}
	return nil
}

// LinkData is the associated data of a bank connection's credentials: they open
// in this database, for this connection, and nowhere else.
func LinkData(databaseUUID, linkUUID string) []byte {
	return []byte("girosync link\x00" + databaseUUID + "\x00" + linkUUID)
}
