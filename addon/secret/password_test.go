package secret_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/secret"
)

// cheap makes tests fast.
var cheap = secret.Cost{Memory: 64, Passes: 1, Threads: 1}

func TestPasswords(t *testing.T) {
	hasher := secret.NewHasher(cheap)
	for _, password := range []string{"", "admin", "päßwörd ☂", strings.Repeat("long", 1000), "nul\x00byte"} {
		hash, err := hasher.Hash(password)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(hash, "$argon2id$v=19$m=64,t=1,p=1$") {
			t.Errorf("hash %s", hash)
		}
		if ok, err := hasher.Verify(hash, password); !ok || err != nil {
			t.Errorf("%q: %v, %v", password, ok, err)
		}
		if ok, err := hasher.Verify(hash, password+"x"); ok || err != nil {
			t.Errorf("%q with a letter more: %v, %v", password, ok, err)
		}
		if again, _ := hasher.Hash(password); again == hash {
			t.Error("two hashes share a salt")
		}
	}
}

// Nobody's hash is checked in full, at the hasher's own cost, and never right.
func TestNobodysHash(t *testing.T) {
	hasher := secret.NewHasher(cheap)
	nobody := hasher.Nobody()
	if hasher.NeedsRehash(nobody) {
		t.Errorf("%s has another cost", nobody)
	}
	for _, password := range []string{"", "admin", nobody} {
		if ok, err := hasher.Verify(nobody, password); ok || err != nil {
			t.Errorf("%q: %v, %v", password, ok, err)
		}
	}
}

// A hash that argon2's reference program made:
// echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1
func TestHashOfAnotherProgram(t *testing.T) {
	const hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	ok, err := secret.NewHasher(cheap).Verify(hash, "password")
	if !ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}

func TestNeedsRehash(t *testing.T) {
	hash, err := secret.NewHasher(cheap).Hash("x")
	if err != nil {
		t.Fatal(err)
	}
	dearer := cheap
	dearer.Passes++
	tests := []struct {
		name string
		cost secret.Cost
		hash string
		want bool
	}{
		{"same cost", cheap, hash, false},
		{"another cost", dearer, hash, true},
		{"no hash", cheap, "plain", true},
	}
	for _, test := range tests {
		if got := secret.NewHasher(test.cost).NeedsRehash(test.hash); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

func TestTextsThatAreNoHash(t *testing.T) {
	const salt, key = "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	for _, hash := range []string{
		"", "admin", "$", "$$$$$", "$2y$10$abc",
		"$argon2i$v=19$m=64,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=16$m=64,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=64,t=1$" + salt + "$" + key,
		"$argon2id$v=19$m=64,t=0,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=64,t=1,p=0$" + salt + "$" + key,
		"$argon2id$v=19$m=4,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=4294967295,t=1,p=1$" + salt + "$" + key, // would take 4 TiB
		"$argon2id$v=19$m=64,t=4294967295,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=64,t=1,p=1x$" + salt + "$" + key,
		"$argon2id$v=19$m=064,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=64,t=1,p=1$$" + key,
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$",
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + key + "=",
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$" + key + "$",
	} {
		if ok, err := secret.NewHasher(cheap).Verify(hash, ""); ok || !errors.Is(err, secret.ErrNotAHash) {
			t.Errorf("%q: %v, %v", hash, ok, err)
		}
	}
}

// clock is a moved clock.
type clock struct{ nanoseconds atomic.Int64 }

func (c *clock) now() time.Time       { return time.Unix(0, c.nanoseconds.Load()) }
func (c *clock) pass(d time.Duration) { c.nanoseconds.Add(int64(d)) }

// counting is a hasher that counts its full checks.
type counting struct {
	secret.Hasher
	checks atomic.Int64
}

func (c *counting) Verify(hash, password string) (bool, error) {
	c.checks.Add(1)
	return c.Hasher.Verify(hash, password)
}

func TestRightPasswordsAreRememberedForATime(t *testing.T) {
	var (
		hasher = counting{Hasher: secret.NewHasher(cheap)}
		c      clock
		r      = secret.NewRemembering(&hasher, secret.Memory{Keep: time.Minute, Most: 2, Checks: 2, Now: c.now})
	)
	hash := func(password string) string {
		made, err := r.Hash(password)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	admin, changed, other := hash("admin"), hash("changed"), hash("other")
	steps := []struct {
		name           string
		passes         time.Duration
		hash, password string
		right, checked bool
	}{
		{"first time", 0, admin, "admin", true, true},
		{"second time", 0, admin, "admin", true, false},
		{"a wrong password", 0, admin, "wrong", false, true},
		{"a wrong password again", 0, admin, "wrong", false, true},
		{"the old password after a change", 0, changed, "admin", false, true},
		{"the new password after a change", 0, changed, "changed", true, true},
		{"within the time", 59 * time.Second, admin, "admin", true, false},
		{"after the time", time.Second, admin, "admin", true, true},
		{"the others' time is over, too", 0, changed, "changed", true, true},
		{"a third one takes the oldest's place", 0, other, "other", true, true},
		{"the newer stays", 0, changed, "changed", true, false},
		{"the oldest is forgotten", 0, admin, "admin", true, true},
	}
	for _, step := range steps {
		c.pass(step.passes)
		before := hasher.checks.Load()
		right, err := r.Verify(step.hash, step.password)
		if checked := hasher.checks.Load() > before; right != step.right || checked != step.checked || err != nil {
			t.Errorf("%s: right %v, checked %v, %v; want %v, %v", step.name, right, checked, err, step.right, step.checked)
		}
	}
	if _, err := r.Verify("no hash", "x"); !errors.Is(err, secret.ErrNotAHash) {
		t.Errorf("got %v", err)
	}
}

func TestNoTimeIsNoMemory(t *testing.T) {
	hasher := counting{Hasher: secret.NewHasher(cheap)}
	r := secret.NewRemembering(&hasher, secret.Memory{})
	hash, err := r.Hash("admin")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if ok, err := r.Verify(hash, "admin"); !ok || err != nil {
			t.Errorf("%v, %v", ok, err)
		}
	}
	if got := hasher.checks.Load(); got != 3 {
		t.Errorf("%d full checks of 3", got)
	}
}

func TestManyCheckAtOnce(t *testing.T) {
	hasher := secret.NewHasher(cheap)
	r := secret.NewRemembering(hasher, secret.Memory{Keep: time.Minute, Most: 3, Checks: 2})
	var group sync.WaitGroup
	for user := range 8 {
		hash, err := hasher.Hash(fmt.Sprint(user))
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			group.Go(func() {
				right, err1 := r.Verify(hash, fmt.Sprint(user))
				wrong, err2 := r.Verify(hash, fmt.Sprint(user+1))
				if !right || wrong || err1 != nil || err2 != nil {
					t.Errorf("%d: %v %v %v %v", user, right, wrong, err1, err2)
				}
			})
		}
	}
	group.Wait()
}

func FuzzVerify(f *testing.F) {
	f.Add("$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=,t=1,p=1$$")
	hasher := secret.NewHasher(cheap)
	f.Fuzz(func(t *testing.T, hash string) {
		if strings.Contains(hash, "m=64,t=1,p=1") { // others may be dear, as they should
			_, _ = hasher.Verify(hash, "x")
		}
		_ = hasher.NeedsRehash(hash)
	})
}

func BenchmarkVerify(b *testing.B) {
	hasher := secret.NewHasher(secret.Cost{Memory: 19 * 1024, Passes: 2, Threads: 1}) // a host's default
	hash, err := hasher.Hash("admin")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("argon2id", func(b *testing.B) {
		for b.Loop() {
			_, _ = hasher.Verify(hash, "admin")
		}
	})
	r := secret.NewRemembering(hasher, secret.DefaultMemory())
	b.Run("remembered", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = r.Verify(hash, "admin")
		}
	})
}
