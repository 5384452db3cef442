package secret

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Cost is what one password check costs whoever makes it.
type Cost struct {
	Memory  uint32 // KiB
	Passes  uint32
	Threads uint8
}

// The most that a stored hash may ask for, so that a forged one cannot take the
// host's memory or time.
const (
	mostMemory  = 1 << 20 // KiB
	mostPasses  = 100
	mostThreads = 64
)

const (
	saltBytes = 16
	hashBytes = 32
)

// ErrNotAHash: the stored text is no hash of this package.
var ErrNotAHash = errors.New("not an argon2id hash")

// Hasher hashes passwords with argon2id at one cost. The zero value is no use;
// see [NewHasher].
type Hasher struct{ cost Cost }

// NewHasher makes a hasher. Hashes of any cost are verified, new ones have this
// one.
func NewHasher(cost Cost) Hasher { return Hasher{cost} }

// Hash returns a PHC string, "$argon2id$v=19$m=…,t=…,p=…$salt$hash", that
// [Hasher.Verify] accepts for this password alone. Each call has its own salt.
func (h Hasher) Hash(password string) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("salt: %w", err)
	}
	return phc{h.cost, salt, h.cost.key(password, salt, hashBytes)}.String(), nil
}

// Verify reports whether hash was made from password. It takes the same time
// whether or how far they differ. It fails only when hash is none.
func (h Hasher) Verify(hash, password string) (bool, error) {
	stored, err := parsePHC(hash)
	if err != nil {
		return false, err
	}
	key := stored.cost.key(password, stored.salt, uint32(len(stored.key)))
	return subtle.ConstantTimeCompare(key, stored.key) == 1, nil
}

// NeedsRehash reports whether hash was made at another cost than new ones are,
// or is no hash: store a new one when the password is next known to be right.
func (h Hasher) NeedsRehash(hash string) bool {
	stored, err := parsePHC(hash)
	return err != nil || stored.cost != h.cost || len(stored.key) != hashBytes
}

// Nobody returns a hash that no password has: verifying it takes as long as
// verifying a new one.
func (h Hasher) Nobody() string {
	return phc{h.cost, make([]byte, saltBytes), make([]byte, hashBytes)}.String()
}

func (c Cost) key(password string, salt []byte, bytes uint32) []byte {
	return argon2.IDKey([]byte(password), salt, c.Passes, c.Memory, c.Threads, bytes)
}

// phc is the parts of a PHC string.
type phc struct {
	cost Cost
	salt []byte
	key  []byte
}

func (p phc) String() string {
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, p.cost.Memory, p.cost.Passes, p.cost.Threads, encode(p.salt), encode(p.key))
}

func parsePHC(s string) (phc, error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return phc{}, ErrNotAHash
	}
	var p phc
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.cost.Memory, &p.cost.Passes, &p.cost.Threads); n != 3 || err != nil {
		return phc{}, ErrNotAHash
	}
	var saltErr, keyErr error
	p.salt, saltErr = base64.RawStdEncoding.DecodeString(parts[4])
	p.key, keyErr = base64.RawStdEncoding.DecodeString(parts[5])
	switch {
	case saltErr != nil || keyErr != nil || len(p.salt) < 8 || len(p.key) < 16 || len(p.key) > 128,
		p.cost.Threads < 1 || p.cost.Threads > mostThreads,
		p.cost.Passes < 1 || p.cost.Passes > mostPasses,
		p.cost.Memory < 8*uint32(p.cost.Threads) || p.cost.Memory > mostMemory,
		p.String() != s: // one way to write each
		return phc{}, ErrNotAHash
	}
	return p, nil
}
