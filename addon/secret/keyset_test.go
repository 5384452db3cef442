package secret_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/girosync/girosync/addon/secret"
)

func open(t *testing.T, path string) *secret.Keyset {
	t.Helper()
	keys, err := secret.OpenKeyset(path)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func newPath(t *testing.T) string { return filepath.Join(t.TempDir(), "data", "keyset.json") }

func seal(t *testing.T, keys *secret.Keyset, plaintext string, associated []byte) []byte {
	t.Helper()
	sealed, err := keys.Seal([]byte(plaintext), associated)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func mustOpen(t *testing.T, keys *secret.Keyset, sealed, associated []byte, want string) {
	t.Helper()
	got, err := keys.Open(sealed, associated)
	if err != nil || string(got) != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

var link = secret.LinkData("db-1", "link-1")

func TestWhatIsSealedOpensOnlyAsItWas(t *testing.T) {
	keys := open(t, newPath(t))
	rapid.Check(t, func(t *rapid.T) {
		plaintext := rapid.SliceOf(rapid.Byte()).Draw(t, "plaintext")
		associated := rapid.SliceOf(rapid.Byte()).Draw(t, "associated")
		sealed, err := keys.Seal(plaintext, associated)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := keys.Open(sealed, associated); err != nil || !bytes.Equal(got, plaintext) {
			t.Fatalf("got %q, %v", got, err)
		}
		changed := bytes.Clone(sealed)
		changed[rapid.IntRange(0, len(sealed)-1).Draw(t, "at")] ^= byte(rapid.IntRange(1, 255).Draw(t, "bits"))
		if got, err := keys.Open(changed, associated); !errors.Is(err, secret.ErrNotOpened) || got != nil {
			t.Fatalf("a changed text opened: %q, %v", got, err)
		}
		if _, err := keys.Open(sealed[:rapid.IntRange(0, len(sealed)-1).Draw(t, "length")],
			associated); !errors.Is(err, secret.ErrNotOpened) {
			t.Fatalf("a cut text: %v", err)
		}
		if _, err := keys.Open(sealed, append(associated, 'x')); !errors.Is(err, secret.ErrNotOpened) {
			t.Fatalf("other associated data: %v", err)
		}
	})
}

func TestSealedSecretsStayWithTheirConnection(t *testing.T) {
	keys := open(t, newPath(t))
	sealed := seal(t, keys, "token", link)
	mustOpen(t, keys, sealed, secret.LinkData("db-1", "link-1"), "token")
	for name, other := range map[string][]byte{
		"a copy of the database": secret.LinkData("db-2", "link-1"),
		"another connection":     secret.LinkData("db-1", "link-2"),
		"no associated data":     nil,
		"shifted":                secret.LinkData("db-1\x00link", "1"),
	} {
		if _, err := keys.Open(sealed, other); !errors.Is(err, secret.ErrNotOpened) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := open(t, newPath(t)).Open(sealed, link); !errors.Is(err, secret.ErrNotOpened) {
		t.Errorf("another key set: %v", err)
	}
	if bytes.Contains(sealed, []byte("token")) || bytes.Equal(sealed, seal(t, keys, "token", link)) {
		t.Error("the sealed text shows what it holds")
	}
}

func TestKeysetIsMadeOnceAndForItsOwner(t *testing.T) {
	path := newPath(t)
	first := open(t, path)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
	mustOpen(t, open(t, path), seal(t, first, "token", link), link, "token")
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestRotation(t *testing.T) {
	path := newPath(t)
	keys, host := open(t, path), open(t, path)
	sealed := seal(t, keys, "old", link)
	if keys.NeedsReseal(sealed) {
		t.Error("sealed by the primary key, yet needs to be resealed")
	}
	if err := keys.Rotate(); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, keys, sealed, link, "old")
	if !keys.NeedsReseal(sealed) || !keys.NeedsReseal(nil) {
		t.Error("sealed by an old key, yet needs no resealing")
	}
	resealed := seal(t, keys, "new", link)
	if keys.NeedsReseal(resealed) {
		t.Error("the new key does not seal")
	}
	mustOpen(t, host, resealed, link, "new") // a running process finds the new key
	mustOpen(t, open(t, path), resealed, link, "new")
	mustOpen(t, open(t, path), sealed, link, "old")

	all := keys.Keys()
	if len(all) != 2 || all[0].Primary || !all[1].Primary || all[0].ID == all[1].ID {
		t.Errorf("keys %v", all)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode after rotation: %v, %v", info.Mode(), err)
	}
}

func TestProcessesThatStartAndRotateTogether(t *testing.T) {
	path := newPath(t)
	const many = 8
	var (
		group  sync.WaitGroup
		sealed = make([][]byte, many)
	)
	for i := range many {
		group.Go(func() {
			keys, err := secret.OpenKeyset(path)
			if err == nil {
				err = keys.Rotate()
			}
			if err == nil {
				sealed[i], err = keys.Seal([]byte("token"), link)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	keys := open(t, path)
	if got := len(keys.Keys()); got != many+1 {
		t.Errorf("%d keys, want %d", got, many+1)
	}
	for _, one := range sealed {
		mustOpen(t, keys, one, link, "token")
	}
}

func TestBackup(t *testing.T) {
	path := newPath(t)
	keys := open(t, path)
	sealed := seal(t, keys, "token", link)
	backup := filepath.Join(t.TempDir(), "backup.json")
	if err := keys.Backup(backup); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(backup); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	mustOpen(t, open(t, backup), sealed, link, "token")
	if err := keys.Backup(backup); !errors.Is(err, os.ErrExist) {
		t.Errorf("a backup was overwritten: %v", err)
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	path := newPath(t)
	open(t, path)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(good, []byte(`"value":`))
	if at < 0 {
		at = bytes.Index(good, []byte(`"value"`))
	}
	wrongKey := bytes.Clone(good)
	letter := &wrongKey[at+20]
	if *letter == 'A' {
		*letter = 'B'
	} else {
		*letter = 'A'
	}
	tests := []struct {
		name    string
		content []byte
		mode    os.FileMode
		want    error
	}{
		{"empty", nil, 0o600, secret.ErrDamaged},
		{"cut", good[:len(good)/2], 0o600, secret.ErrDamaged},
		{"one letter of a key", wrongKey, 0o600, secret.ErrDamaged},
		{"no keys", []byte(`{"sha256":"","keys":{}}`), 0o600, secret.ErrDamaged},
		{"no keys, well summed", []byte(`{"sha256":"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","keys":{}}`), 0o600,
			secret.ErrDamaged},
		{"not JSON", []byte("keys"), 0o600, secret.ErrDamaged},
		{"readable by all", good, 0o644, secret.ErrExposed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "keyset.json")
			if err := os.WriteFile(path, test.content, test.mode); err != nil {
				t.Fatal(err)
			}
			_, err := secret.OpenKeyset(path)
			if !errors.Is(err, test.want) || !strings.Contains(fmt.Sprint(err), path) {
				t.Errorf("got %v, want %v with the file's name", err, test.want)
			}
			if left, _ := os.ReadFile(path); !bytes.Equal(left, test.content) {
				t.Error("the file was changed")
			}
		})
	}
	keys := open(t, path)
	sealed := seal(t, keys, "token", link)
	if err := os.WriteFile(path, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := keys.Rotate(); !errors.Is(err, secret.ErrDamaged) {
		t.Errorf("a damaged file was rotated: %v", err)
	}
	mustOpen(t, keys, sealed, link, "token") // what is in memory goes on
}

func FuzzOpen(f *testing.F) {
	keys, err := secret.OpenKeyset(filepath.Join(f.TempDir(), "keyset.json"))
	if err != nil {
		f.Fatal(err)
	}
	sealed, err := keys.Seal([]byte("token"), nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{})
	f.Add([]byte{1, 0, 0, 0, 0, 1})
	f.Add(sealed[:len(sealed)-1])
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if _, err := keys.Open(sealed, nil); err == nil {
			t.Errorf("%x opened", sealed)
		}
	})
}
