package standin

import (
	"encoding/json"
	"sync"
	"time"
)

// Clock is a stand-in's. It goes with the machine's, or stands still, and can be
// moved. It may be used from several goroutines.
type Clock struct {
	mu     sync.Mutex
	stands time.Time // zero: it goes
	moved  time.Duration
}

// NewClock makes a clock that stands at an instant; the zero one makes it go
// with the machine's.
func NewClock(at time.Time) *Clock { return &Clock{stands: at} }

// clockState is a clock in a file.
type clockState struct {
	Stands time.Time     `json:"stands,omitzero"`
	Moved  time.Duration `json:"moved,omitempty"` // nanoseconds
}

// MarshalJSON writes how it stands or was moved, not what it shows.
func (c *Clock) MarshalJSON() ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return json.Marshal(clockState{c.stands, c.moved})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (c *Clock) UnmarshalJSON(text []byte) error {
	var s clockState
	err := json.Unmarshal(text, &s)
	if err == nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.stands, c.moved = s.Stands, s.Moved
	}
	return err
}

// Now is what it shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stands.IsZero() {
		return time.Now().Add(c.moved).UTC()
	}
	return c.stands.Add(c.moved).UTC()
}

// Advance moves it, also backwards.
func (c *Clock) Advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.moved += by
}

// Set lets it stand at an instant.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stands, c.moved = at, 0
}
