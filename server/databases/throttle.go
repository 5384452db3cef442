package databases

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"net/netip"
	"strings"
	"time"
)

// ThrottleLimits say after how many wrong log-ins somebody must wait, and how long.
type ThrottleLimits struct {
	Failures           int // of one person from one address
	FailuresPerAddress int // of one address, whoever it tries to be
	FailuresPerUser    int // of one person, from all addresses together
	LockTime           time.Duration
	LongestLock        time.Duration
}

// Throttle slows down who guesses passwords. It counts in the system store, so
// that all hosts count together and a restart forgets nothing.
//
// Each attempt is counted as wrong before it is checked, and taken off when it
// was right: many at the same time get no more guesses than one after the other.
type Throttle struct {
	system *System
	limits ThrottleLimits
	now    func() time.Time
}

// Throttle returns the store's throttle.
func (s *System) Throttle(limits ThrottleLimits, now func() time.Time) *Throttle {
	return &Throttle{s, limits, now}
}

// Attempt is who tries to be whom, from where.
type Attempt struct{ Database, Who, Address string }

// Locked refuses an attempt until an instant.
type Locked struct{ Until time.Time }

// Error tells the instant, in UTC; it is for the log.
func (l *Locked) Error() string { return "locked until " + l.Until.UTC().Format(time.RFC3339) }

// counter is one count of failures.
type counter struct {
	key, person string
	most        int
	longest     time.Duration
	forgiving   bool // for addresses that the person logged in from before
}

func (t *Throttle) counters(a Attempt) (person, pair string, all []counter) {
	network := networkOf(a.Address)
	person, pair = hashOf("person", a.Database, a.Who), hashOf("pair", a.Database, a.Who, network)
	return person, pair, []counter{
		{key: pair, person: person, most: t.limits.Failures, longest: t.limits.LongestLock},
		{key: hashOf("address", network), most: t.limits.FailuresPerAddress, longest: t.limits.LongestLock},
		{key: person, person: person, most: t.limits.FailuresPerUser, longest: t.limits.LockTime, forgiving: true},
	}
}

// networkOf is what one client can be thought to own: an address, or of IPv6 the
// 64 bits that providers give to a line.
func networkOf(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	network, err := ip.Prefix(64)
	if err != nil {
		return ip.String()
	}
	return network.String()
}

func hashOf(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// Begin counts an attempt. It fails with *Locked when somebody must wait. After
// it, the caller tells Right if the attempt was.
func (t *Throttle) Begin(ctx context.Context, a Attempt) error {
	_, pair, counters := t.counters(a)
	var until time.Time
	err := t.system.within(ctx, func(tx *sql.Tx) error {
		until = time.Time{}
		known, err := t.knows(ctx, tx, pair)
		if err != nil {
			return err
		}
		for _, c := range counters {
			if c.forgiving && known {
				continue
			}
			locked, err := t.count(ctx, tx, c)
			if err != nil {
				return err
			}
			if locked.After(until) {
				until = locked
			}
		}
		if !until.IsZero() {
			return &Locked{until} // and what was counted is rolled back: waiting costs no more
		}
		return nil
	})
	if err != nil && until.IsZero() {
		return storeError(err, "throttle")
	}
	return err
}

// count adds a failure, and returns until when the counter was locked before.
func (t *Throttle) count(ctx context.Context, tx *sql.Tx, c counter) (time.Time, error) {
	now := t.now()
	var failures, last, locked int64
	// First the write, so that of two at the same time one waits for the other.
	err := tx.QueryRowContext(ctx, `INSERT INTO girosync_login_failure (key, person, failures, last_at, locked_until) VALUES ($1, `+
		`$2, 0, $3, 0)
		ON CONFLICT (key) DO UPDATE SET person = excluded.person RETURNING failures, last_at, locked_until`,
		c.key, c.person, now.UnixMilli()).Scan(&failures, &last, &locked)
	if err != nil {
		return time.Time{}, err
	}
	if locked > now.UnixMilli() {
		return time.UnixMilli(locked), nil
	}
	if now.Sub(time.UnixMilli(max(last, locked))) > t.limits.LongestLock {
		failures = 0
	}
	failures++
	until := int64(0)
	if over := failures - int64(c.most); over >= 0 {
		until = now.Add(t.lock(over, c.longest)).UnixMilli()
	}
	_, err = tx.ExecContext(ctx, `UPDATE girosync_login_failure SET failures = $1, last_at = $2, locked_until = $3 WHERE key = $4`,
		failures, now.UnixMilli(), until, c.key)
	return time.Time{}, err
}

// lock doubles with every failure beyond the limit.
func (t *Throttle) lock(over int64, longest time.Duration) time.Duration {
	d := t.limits.LockTime
	for ; over > 0 && d < longest; over-- {
		d *= 2
	}
	return min(d, longest)
}

// rememberAddress is how long an address counts as one that a person logs in from.
const rememberAddress = 30 * 24 * time.Hour

func (t *Throttle) knows(ctx context.Context, tx *sql.Tx, pair string) (bool, error) {
	var last int64
	err := tx.QueryRowContext(ctx, `SELECT last_at FROM girosync_login_address WHERE key = $1`, pair).Scan(&last)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil && t.now().Sub(time.UnixMilli(last)) < rememberAddress, err
}

// Right takes off what Begin counted, and the person's failures from this
// address, from which they may log in from now on whatever others try.
func (t *Throttle) Right(ctx context.Context, a Attempt) error {
	_, pair, counters := t.counters(a)
	err := t.system.within(ctx, func(tx *sql.Tx) error {
		known, err := t.knows(ctx, tx, pair)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM girosync_login_failure WHERE key = $1`, pair); err != nil {
			return err
		}
		for _, c := range counters[1:] {
			if c.forgiving && known {
				continue
			}
			if _, err := tx.ExecContext(ctx, `UPDATE girosync_login_failure SET failures = failures - 1,
				locked_until = CASE WHEN failures - 1 < $1 THEN 0 ELSE locked_until END
				WHERE key = $2 AND failures > 0`, c.most, c.key); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO girosync_login_address (key, last_at) VALUES ($1, $2)
			ON CONFLICT (key) DO UPDATE SET last_at = excluded.last_at`, pair, t.now().UnixMilli())
		return err
	})
	if err != nil {
		return storeError(err, "throttle")
	}
	return nil
}

// Forgive forgets a person's failures, from wherever.
func (t *Throttle) Forgive(ctx context.Context, database, who string) error {
	person, _, _ := t.counters(Attempt{Database: database, Who: who})
	_, err := t.system.db.ExecContext(ctx, `DELETE FROM girosync_login_failure WHERE person = $1`, person)
	return err
}

// Sweep deletes what counts no more.
func (t *Throttle) Sweep(ctx context.Context) error {
	now := t.now()
	_, err := t.system.db.ExecContext(ctx, `DELETE FROM girosync_login_failure WHERE last_at < $1 AND locked_until < $2`,
		now.Add(-t.limits.LongestLock).UnixMilli(), now.Add(-t.limits.LongestLock).UnixMilli())
	_, addressErr := t.system.db.ExecContext(ctx, `DELETE FROM girosync_login_address WHERE last_at < $1`,
		now.Add(-rememberAddress).UnixMilli())
	return errors.Join(err, addressErr)
}
