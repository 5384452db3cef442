package rest

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Limit is how often a service may be asked, as an answer's headers tell it.
type Limit struct {
	// Name is what tells limits of one answer apart: the name of the policy, or the
	// header's without its last part, such as "x-ratelimit-account-success".
	Name string
	// Most and Left are requests; -1 when not told.
	Most, Left int
	// Reset is how long until requests are free again; -1 when not told.
	Reset time.Duration
}

// longestWait bounds what is believed of a service's wish.
const longestWait = 366 * 24 * time.Hour

// Limits reads the limits that headers tell, in the order of their names:
//
//   - RateLimit, of the IETF's drafts, old (limit=9, remaining=1, reset=5) and
//     new ("name";r=1;t=5)
//   - RateLimit-Limit, -Remaining and -Reset of its first drafts
//   - X-RateLimit-… and X-Rate-Limit-…, whose Reset is seconds from now, or a
//     moment: seconds or milliseconds since 1970, or a date
//   - HTTP_X_RATELIMIT_… of GoCardless, of which there are several
//
// now is used where headers name a moment and the answer has no Date.
func Limits(h http.Header, now time.Time) []Limit {
	found := map[string]*Limit{}
	at := func(name string) *Limit {
		if found[name] == nil {
			found[name] = &Limit{Name: name, Most: -1, Left: -1, Reset: -1}
		}
		return found[name]
	}
	now = dated(h, now)
	for header, values := range h {
		name := strings.TrimPrefix(strings.ReplaceAll(strings.ToLower(header), "_", "-"), "http-")
		if len(values) == 0 || !strings.Contains(strings.ReplaceAll(name, "-", ""), "ratelimit") {
			continue
		}
		if name == "ratelimit" {
			structured(strings.Join(values, ","), at)
			continue
		}
		family, part := name, ""
		if cut := strings.LastIndexByte(name, '-'); cut > 0 {
			family, part = name[:cut], name[cut+1:]
		}
		first, _, _ := strings.Cut(values[0], ",")
		switch part {
		case "limit":
			at(family).Most = count(first)
		case "remaining":
			at(family).Left = count(first)
		case "reset":
			at(family).Reset = until(values[0], now)
		}
	}
	list := make([]Limit, 0, len(found))
	for _, limit := range found {
		list = append(list, *limit)
	}
	slices.SortFunc(list, func(a, b Limit) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// structured reads the header RateLimit.
func structured(value string, at func(string) *Limit) {
	name := "ratelimit"
	for item := range strings.SplitSeq(value, ",") {
		for i, part := range strings.Split(item, ";") {
			key, number, ok := strings.Cut(strings.TrimSpace(part), "=")
			if !ok {
				if i == 0 && strings.Trim(key, `"`) != "" {
					name = strings.Trim(key, `"`)
				}
				continue
			}
			switch strings.ToLower(key) {
			case "limit", "q":
				at(name).Most = count(number)
			case "remaining", "r":
				at(name).Left = count(number)
			case "reset", "t":
				at(name).Reset = seconds(number)
			}
		}
	}
}

// waitOf is how long a service asks to be left alone with an answer that
// refuses: by Retry-After, else by the limits that are used up. 0 when it does
// not say.
func waitOf(status int, h http.Header, now time.Time) time.Duration {
	if status != http.StatusTooManyRequests && status != http.StatusServiceUnavailable {
		return 0
	}
	if value := h.Get("Retry-After"); value != "" {
		if wait := until(value, dated(h, now)); wait >= 0 {
			return wait
		}
	}
	if status != http.StatusTooManyRequests {
		return 0
	}
	var wait, longest time.Duration
	for _, limit := range Limits(h, now) {
		longest = max(longest, limit.Reset)
		if limit.Left == 0 {
			wait = max(wait, limit.Reset)
		}
	}
	return cmp.Or(wait, longest)
}

// dated is the service's clock, where an answer tells it, so that moments in it
// do not suffer from two clocks that differ.
func dated(h http.Header, now time.Time) time.Time {
	if at, err := http.ParseTime(h.Get("Date")); err == nil {
		return at
	}
	return now
}

// until reads how long it is until a moment: given as seconds from now, as
// seconds or milliseconds since 1970, or as a date. It is -1 when unreadable,
// and 0 for what is over.
func until(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	for _, layout := range []string{http.TimeFormat, time.RFC850, time.ANSIC, time.RFC3339} {
		if at, err := time.Parse(layout, value); err == nil {
			return between(now, at)
		}
	}
	whole, _, _ := strings.Cut(value, ".")
	number, err := strconv.ParseInt(whole, 10, 64)
	switch {
	case err != nil:
		return -1
	case number > 1e14: // of no use, however it is meant
		return -1
	case number > 1e11:
		return between(now, time.UnixMilli(number))
	case number > 1e9:
		return between(now, time.Unix(number, 0))
	}
	return seconds(whole)
}

func between(now, at time.Time) time.Duration { return min(max(0, at.Sub(now)), longestWait) }

// seconds reads a number of seconds; -1 when it is none.
func seconds(value string) time.Duration {
	whole, _, _ := strings.Cut(strings.TrimSpace(value), ".")
	number, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return -1
	}
	return min(time.Duration(min(max(0, number), int64(longestWait/time.Second)))*time.Second, longestWait)
}

// count reads a number of requests; -1 when it is none.
func count(value string) int {
	number, err := strconv.Atoi(strings.TrimSpace(value))
	if err != nil || number < 0 {
		return -1
	}
	return number
}
