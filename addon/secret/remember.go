package secret

import (
	"container/list"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"
)

// Passwords is what a [Remembering] stands before: a [Hasher].
type Passwords interface {
	Hash(password string) (string, error)
	Verify(hash, password string) (bool, error)
	NeedsRehash(hash string) bool
	Nobody() string
}

// Remembering verifies passwords like a [Hasher], and remembers for a short
// time which were right. It may be used by many goroutines.
//
// What it keeps is a keyed hash of (stored hash, password) under a random key
// that never leaves the process: memory that leaks tells nothing without the
// key, and a changed password is another stored hash, so it is checked anew at
// once. Wrong passwords are never remembered: each costs a full check.
type Remembering struct {
	Passwords
	key  []byte
	keep time.Duration
	most int
	now  func() time.Time
	// slots bounds the full checks that run at the same time, each of which
	// takes memory and a core.
	slots chan struct{}

	mu     sync.Mutex
	known  map[[sha256.Size]byte]*list.Element
	oldest *list.List // of remembered; the front is forgotten first
}

type remembered struct {
	mac   [sha256.Size]byte
	until time.Time
}

// Memory says how much a [Remembering] remembers.
type Memory struct {
	Keep   time.Duration    // how long a right password is believed
	Most   int              // how many; the oldest is forgotten first
	Checks int              // how many full checks may run at the same time
	Now    func() time.Time // the clock; nil is time.Now
}

// DefaultMemory is five minutes, 10,000 passwords, four checks at a time.
func DefaultMemory() Memory { return Memory{Keep: 5 * time.Minute, Most: 10_000, Checks: 4} }

// NewRemembering puts a memory before a hasher.
func NewRemembering(hasher Passwords, memory Memory) *Remembering {
	key := make([]byte, sha256.Size)
	_, _ = rand.Read(key) // never fails: crypto/rand ends the process instead
	r := &Remembering{
		Passwords: hasher, key: key, keep: memory.Keep, most: memory.Most, now: memory.Now,
		slots: make(chan struct{}, max(1, memory.Checks)),
		known: map[[sha256.Size]byte]*list.Element{}, oldest: list.New(),
	}
	if r.now == nil {
		r.now = time.Now
	}
	return r
}

// Verify is [Hasher.Verify]; a pair that was right within the time of the
// memory is answered from it.
func (r *Remembering) Verify(hash, password string) (bool, error) {
	mac := r.mac(hash, password)
	if r.knows(mac) {
		return true, nil
	}
	r.slots <- struct{}{}
	defer func() { <-r.slots }()
	if r.knows(mac) { // another caller checked the same in the meantime
		return true, nil
	}
	right, err := r.Passwords.Verify(hash, password)
	if right {
		r.remember(mac)
	}
	return right, err
}

func (r *Remembering) mac(hash, password string) (sum [sha256.Size]byte) {
	h := hmac.New(sha256.New, r.key)
	h.Write([]byte(hash))
	h.Write([]byte{0}) // a stored hash has none
	h.Write([]byte(password))
	h.Sum(sum[:0])
	return sum
}

func (r *Remembering) knows(mac [sha256.Size]byte) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forgetOld()
	_, ok := r.known[mac]
	return ok
}

func (r *Remembering) remember(mac [sha256.Size]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.known[mac]; ok || r.keep <= 0 || r.most <= 0 {
		return
	}
	for r.oldest.Len() >= r.most {
		r.forget(r.oldest.Front())
	}
	r.known[mac] = r.oldest.PushBack(remembered{mac, r.now().Add(r.keep)})
}

// forgetOld forgets what is past its time; all are kept equally long, so the
// front of the list goes first.
func (r *Remembering) forgetOld() {
	now := r.now()
	for front := r.oldest.Front(); front != nil && !now.Before(front.Value.(remembered).until); front = r.oldest.Front() {
		r.forget(front)
	}
}

func (r *Remembering) forget(element *list.Element) {
	delete(r.known, r.oldest.Remove(element).(remembered).mac)
}
