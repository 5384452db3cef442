package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/conf"
)

const (
	// DemoClockPath is where a demonstration's clock is read and put ahead.
	DemoClockPath = "/_demo/clock"
	// MostAhead is how far one request puts it ahead.
	MostAhead = 366 * 24 * time.Hour
	// clockStep is how far it goes at once: what happens daily is seen to happen.
	clockStep = 24 * time.Hour
)

// DemoClock is a demonstration's: the machine's, put ahead. How far stands in the
// data folder.
type DemoClock struct {
	moving sync.Mutex // held by whoever puts it ahead, while others go on reading it

	mu    sync.Mutex
	ahead time.Duration
	file  string
	also  []func(by time.Duration)
}

// OpenDemoClock reads how far the clock of a data folder was put ahead.
func OpenDemoClock(dir string) (*DemoClock, error) {
	c := &DemoClock{file: filepath.Join(dir, "demo-clock")}
	text, err := os.ReadFile(c.file)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err == nil {
		c.ahead, err = time.ParseDuration(string(text))
	}
	if err != nil {
		return nil, fmt.Errorf("the demonstration's clock: %w", err)
	}
	return c, nil
}

// Now is what the clock shows.
func (c *DemoClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

// Also lets something go ahead with the clock.
func (c *DemoClock) Also(move func(by time.Duration)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.also = append(c.also, move)
}

func (c *DemoClock) advance(by time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	ahead := c.ahead + by
	if err := os.WriteFile(c.file, []byte(ahead.String()), 0o600); err != nil {
		return err
	}
	c.ahead = ahead
	for _, move := range c.also {
		move(by)
	}
	return nil
}

// OpenDemo is Open for a demonstration, whose clock can be put ahead. No other host's
// can: its banks, consents and limits are those of the world.
func OpenDemo(ctx context.Context, config conf.Config, log *slog.Logger, clock *DemoClock) (*Host, error) {
	h, err := OpenAt(ctx, config, log, clock.Now)
	if err == nil {
		h.demoClock = clock
	}
	return h, err
}

// goAhead puts the clock ahead, a day at a time, and does what is due on each.
func (h *Host) goAhead(ctx context.Context, by time.Duration) error {
	h.demoClock.moving.Lock()
	defer h.demoClock.moving.Unlock()
	for by > 0 {
		if err := h.workOff(ctx); err != nil { // or what runs would lose its lease
			return err
		}
		step := min(by, clockStep)
		by -= step
		if err := h.demoClock.advance(step); err != nil {
			return err
		}
		if err := h.chores().Sweep(ctx); err != nil {
			return err
		}
	}
	return h.workOff(ctx)
}

// workOff waits until nothing is left to do that is due by now.
func (h *Host) workOff(ctx context.Context) error {
	return h.chores().each(ctx, func(_ string, db *orm.Database) error {
		for {
			left := 0
			err := db.Within(ctx, system, orm.TxRead, func(env *orm.Env) (err error) {
				left, err = env.Count("account.online.run", domain.All(domain.Where("state", domain.Ne, "done"),
					domain.Where("due", domain.Le, env.Now())), 1)
				return err
			})
			if err != nil || left == 0 {
				return err
			}
			pause(ctx, 20*time.Millisecond)
		}
	})
}

// demoClockHandler answers what the clock shows, and puts it ahead by "ahead", such
// as "30d" or "12h".
func (h *Host) demoClockHandler(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		var asked struct{ Ahead string }
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<10)).Decode(&asked); err != nil {
			http.Error(w, `expected {"ahead": "30d"}`, http.StatusBadRequest)
			return
		}
		by, err := conf.ParseDuration(asked.Ahead)
		if err != nil || by <= 0 || by > MostAhead {
			http.Error(w, fmt.Sprintf("%q is not a time up to 366d, such as \"30d\" or \"12h\"", asked.Ahead), http.StatusBadRequest)
			return
		}
		if err := h.goAhead(r.Context(), by); err != nil {
			h.log.Error("put the clock ahead", "error", err)
			http.Error(w, "the clock could not be put ahead; the log says why", http.StatusInternalServerError)
			return
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(map[string]string{"now": h.now().UTC().Format(time.RFC3339)}) // a client that is gone needs no answer
}
