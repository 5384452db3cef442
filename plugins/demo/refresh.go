package demo

import (
	"context"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// Refresh implements sdk.Refresher. Banks with a limit (S48) count in the secret.
func (p *Provider) Refresh(_ context.Context, req sdk.RefreshRequest) (sdk.RefreshAnswer, error) {
	s, err := open(req.Call)
	if err != nil {
		return sdk.RefreshAnswer{}, err
	}
	if err := s.attended(); err != nil {
		return sdk.RefreshAnswer{}, err
	}
	if err := s.reachable(); err != nil {
		return sdk.RefreshAnswer{}, err
	}
	if until := s.nextRefresh(); !until.IsZero() {
		return sdk.RefreshAnswer{}, rateLimited(until, say(req.Language, textRefreshUsed))
	}
	now := req.Now.Unix()
	if s.bank.RefreshesPerDay > 0 {
		s.secret.Refreshes = append(s.secret.refreshesOf(dayAt(now)), now)
		if err := s.save(); err != nil {
			return sdk.RefreshAnswer{}, err
		}
	}
	return sdk.RefreshAnswer{RefreshedAt: time.Unix(now, 0).UTC(), NextAllowed: s.nextRefresh()}, nil
}

// Revoke implements sdk.Revoker: from now on every call is ConsentExpired.
func (p *Provider) Revoke(_ context.Context, call sdk.Call) error {
	s, err := identify(call)
	if err != nil || s.secret.Revoked {
		return err
	}
	s.secret.Revoked = true
	return s.save()
}

// save makes the secret durable at the host.
func (s session) save() error {
	sealed, err := s.secret.seal()
	if err != nil {
		return sdk.Errorf(sdk.Internal, "writing the connection's secret: %w", err)
	}
	return s.call.SaveSecret(sealed)
}

// unattendedADay is how often a bank lets an account be fetched without a user
// from midnight to midnight (UTC), as European banks do.
const unattendedADay = 4

// fetched is what a bank that counts remembers of fetches, by StableID.
type fetched struct {
	Day  day              `json:"day"`            // of Unattended
	Used map[string]int   `json:"used,omitempty"` // without a user, on that day
	Last map[string]int64 `json:"last,omitempty"` // Unix seconds
}

// count refuses a fetch of an account for which the bank was asked too often, and
// else remembers it.
func (s *session) count(a *account) error {
	now := s.call.Now.Unix()
	known := s.secret.Fetched
	if known == nil {
		known = &fetched{}
	}
	next := fetched{Day: dayAt(now), Used: map[string]int{}, Last: map[string]int64{}}
	if known.Day == next.Day {
		for id, n := range known.Used {
			next.Used[id] = n
		}
	}
	switch {
	case s.bank.trait == fourADay && !s.call.UserPresent:
		if next.Used[a.stableID] >= unattendedADay {
			return rateLimited(time.Unix((next.Day+1).begins(), 0).UTC(), say(s.call.Language, textFetchesUsed))
		}
		next.Used[a.stableID]++
	case s.bank.trait == overrun:
		for id, at := range known.Last {
			if at > now-hour && at <= now {
				next.Last[id] = at
			}
		}
		if next.Last[a.stableID] != 0 {
			return sdk.Errorf(sdk.RateLimited, "%s", say(s.call.Language, textTired))
		}
		next.Last[a.stableID] = now
	default:
		return nil
	}
	s.secret.Fetched = &next
	return s.save()
}
