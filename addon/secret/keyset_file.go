package secret

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

var (
	// ErrDamaged: the key set's file is not as it was written.
	ErrDamaged = errors.New("the file is damaged; put back its backup, for without its keys no stored secret can be opened")
	// ErrExposed: others than the file's owner and group can read or change it.
	ErrExposed = errors.New("others may read or change the file; chmod 600 it")
)

// keysetFile is the JSON in the file. The checksum finds damage that would
// still be JSON, a key with one wrong byte.
type keysetFile struct {
	About  string          `json:"about"`
	SHA256 string          `json:"sha256"` // of keys, without white space
	Keys   json.RawMessage `json:"keys"`   // tink's JSON key set
}

const about = "The keys that seal girosync's stored secrets. Keep a backup of this file, apart from the databases."

func readFile(path string) (*keyset.Handle, stamp, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, stamp{}, err
	}
	if info.Mode().Perm()&0o007 != 0 {
		return nil, stamp{}, ErrExposed
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, stamp{}, err
	}
	handle, err := decode(content)
	return handle, stampOf(info), err
}

func stampOf(info os.FileInfo) stamp {
	return stamp{size: info.Size(), modified: info.ModTime().UnixNano()}
}

func decode(content []byte) (*keyset.Handle, error) {
	var file keysetFile
	if err := json.Unmarshal(content, &file); err != nil {
		return nil, ErrDamaged
	}
	sum, err := checksum(file.Keys)
	if err != nil || sum != file.SHA256 {
		return nil, ErrDamaged
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(file.Keys)))
	if err != nil {
		return nil, ErrDamaged
	}
	return handle, nil
}

func encode(handle *keyset.Handle) ([]byte, error) {
	var keys bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&keys)); err != nil {
		return nil, err
	}
	sum, err := checksum(keys.Bytes())
	if err != nil {
		return nil, err
	}
	content, err := json.MarshalIndent(keysetFile{about, sum, keys.Bytes()}, "", "  ")
	return append(content, '\n'), err
}

func checksum(keys []byte) (string, error) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, keys); err != nil {
		return "", err
	}
	sum := sha256.Sum256(compact.Bytes())
	return hex.EncodeToString(sum[:]), nil
}

// writeFile writes the key set in one step that survives a crash. Without
// replace an existing file stays as it is: that is an error, [os.ErrExist].
func writeFile(path string, handle *keyset.Handle, replace bool) error {
	content, err := encode(handle)
	if err != nil {
		return err
	}
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(folder, ".keyset-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temporary.Name()) }() // gone after a rename
	_, err = temporary.Write(content)
	err = errors.Join(err, temporary.Sync(), temporary.Close())
	if err != nil {
		return err
	}
	put := os.Link // fails when path exists
	if replace {
		put = os.Rename
	}
	if err := put(temporary.Name(), path); err != nil {
		return err
	}
	return syncFolder(folder)
}

func syncFolder(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// withLock runs do while no other process runs it for a key set in the same
// folder. The lock goes with the process.
func withLock(path string, do func() error) error {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer func() { _ = folder.Close() }() // and with it the lock
	if err := syscall.Flock(int(folder.Fd()), syscall.LOCK_EX); err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	return do()
}
