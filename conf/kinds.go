package conf

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// form is how a value is written in TOML.
type form string

const (
	text    form = "a text in quotes"
	number  form = "a whole number"
	boolean form = "true or false"
	list    form = "a list of texts"
)

// setting is one key: what it expects, and where its value goes.
type setting struct {
	key  string
	form form
	want string // completes "… is not …"
	// secret: a mistake must not repeat the value.
	secret bool
	// set takes the value as text, a list as its elements. It fails when the
	// value is not what is wanted, with a reason if there is more to say.
	set func(values []string) error
}

// errNotWanted: the value is not what the setting wants, and that says it all.
var errNotWanted = errors.New("not what is wanted")

// one makes the set of a setting with a single value.
func one[T any](to *T, parse func(string) (T, error)) func([]string) error {
	return func(values []string) error {
		value, err := parse(values[0])
		if err == nil {
			*to = value
		}
		return err
	}
}

// each is a list.
func each[T any](key, want string, to *[]T, parse func(string) (T, error)) setting {
	return setting{key: key, form: list, want: want, set: func(values []string) error {
		var parsed []T
		for _, text := range values {
			value, err := parse(text)
			if err != nil {
				return err
			}
			parsed = append(parsed, value)
		}
		*to = parsed
		return nil
	}}
}

func path(key, want string, to *string) setting {
	return setting{key: key, form: text, want: want, set: one(to, func(s string) (string, error) { return s, nil })}
}

// secretFile takes the value from the file that the setting names, without the
// newlines at its end, and hands it to parse.
func secretFile(key string, to *Secret, parse func(string) (Secret, error)) setting {
	const want = "the name of a file that can be read"
	return setting{key: key, form: text, want: want, set: func(values []string) error {
		if values[0] == "" {
			return nil
		}
		content, err := readSecret(values[0])
		if err != nil {
			return err
		}
		secret, err := parse(content)
		if err != nil {
			return errors.New("the file does not hold what is expected")
		}
		*to = secret
		return nil
	}}
}

// secretPath keeps the name of a file with a secret that may change while the
// host runs.
func secretPath(key string, to *string) setting {
	return setting{key: key, form: text, want: "the name of a file that can be read", set: one(to, func(name string) (string, error) {
		if name == "" {
			return "", nil
		}
		_, err := readSecret(name)
		return name, err
	})}
}

func readSecret(name string) (string, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	secret := strings.TrimRight(string(content), "\r\n")
	if secret == "" {
		return "", fmt.Errorf("%s is empty", name)
	}
	return secret, nil
}

func file(key, want string, to *string) setting {
	return setting{key: key, form: text, want: want, set: one(to, func(s string) (string, error) {
		if s == "" {
			return s, nil
		}
		f, err := os.Open(s)
		if err != nil {
			return "", err
		}
		return s, f.Close()
	})}
}

func choice(key string, to *string, choices ...string) setting {
	return setting{key: key, form: text, want: "one of " + strings.Join(choices, ", "), set: one(to, func(s string) (string, error) {
		if !slices.Contains(choices, s) {
			return "", errNotWanted
		}
		return s, nil
	})}
}

func flag(key string, to *bool) setting {
	return setting{key: key, form: boolean, want: string(boolean), set: one(to, func(s string) (bool, error) {
		if s != "true" && s != "false" {
			return false, errNotWanted
		}
		return s == "true", nil
	})}
}

// date is a day, its beginning in UTC; "" for none.
func date(key string, to *time.Time) setting {
	return setting{key: key, form: text, want: `a date such as "2026-12-31"`, set: one(to, func(s string) (time.Time, error) {
		if s == "" {
			return time.Time{}, nil
		}
		at, err := time.Parse(time.DateOnly, s)
		if err != nil {
			return at, errNotWanted
		}
		return at, nil
	})}
}

func level(key string, to *slog.Level) setting {
	return setting{key: key, form: text, want: "one of debug, info, warn, error",
		set: one(to, func(s string) (level slog.Level, err error) {
			switch s {
			case "debug", "info", "warn", "error":
				err = level.UnmarshalText([]byte(s))
				return level, err
			}
			return 0, errNotWanted
		})}
}

func count(key string, to *int, least, most int) setting {
	want := fmt.Sprintf("a whole number from %d to %d", least, most)
	return setting{key: key, form: number, want: want, set: one(to, func(s string) (int, error) {
		n, err := strconv.Atoi(s)
		if err != nil || n < least || n > most {
			return 0, errNotWanted
		}
		return n, nil
	})}
}

func size(key string, to *int64, least, most int64) setting {
	want := fmt.Sprintf(`a size from %s to %s, such as "64MiB"`, sizeText(least), sizeText(most))
	return setting{key: key, form: text, want: want, set: one(to, func(s string) (int64, error) {
		n, err := parseSize(s)
		if err != nil || n < least || n > most {
			return 0, errNotWanted
		}
		return n, nil
	})}
}

var sizeUnits = []struct {
	name  string
	bytes int64
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}

func parseSize(s string) (int64, error) {
	for _, unit := range sizeUnits {
		digits, ok := strings.CutSuffix(s, unit.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(digits, 10, 32)
		return int64(n) * unit.bytes, err
	}
	return 0, errNotWanted
}

func sizeText(n int64) string {
	for _, unit := range sizeUnits {
		if n%unit.bytes == 0 {
			return strconv.FormatInt(n/unit.bytes, 10) + unit.name
		}
	}
	return "" // the last unit divides everything
}

func duration(key string, to *time.Duration, least, most time.Duration) setting {
	want := fmt.Sprintf(`a time from %s to %s, such as "30s", "12h" or "7d"`, durationText(least), durationText(most))
	return setting{key: key, form: text, want: want, set: one(to, func(s string) (time.Duration, error) {
		d, err := ParseDuration(s)
		if err != nil || d < least || d > most {
			return 0, errNotWanted
		}
		return d, nil
	})}
}

// ParseDuration reads Go's durations, and whole days: "7d".
func ParseDuration(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		return time.Duration(n) * day, err
	}
	return time.ParseDuration(s)
}

func durationText(d time.Duration) string {
	switch {
	case d >= day && d%day == 0:
		return strconv.FormatInt(int64(d/day), 10) + "d"
	case d >= time.Hour && d%time.Hour == 0:
		return strconv.FormatInt(int64(d/time.Hour), 10) + "h"
	case d >= time.Minute && d%time.Minute == 0:
		return strconv.FormatInt(int64(d/time.Minute), 10) + "m"
	}
	return d.String()
}

func address(key string, to *string) setting {
	return setting{key: key, form: text, want: `an address such as "127.0.0.1:8069"`, set: one(to, func(s string) (string, error) {
		_, port, err := net.SplitHostPort(s)
		if err != nil {
			return "", errNotWanted
		}
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return "", errNotWanted
		}
		return s, nil
	})}
}

// hide keeps the value out of messages.
func hide(s setting) setting {
	s.secret = true
	return s
}

// link is a URL with one of the schemes; "" is allowed.
func link[T ~string](key, want string, to *T, schemes ...string) setting {
	return setting{key: key, form: text, want: want, set: one(to, func(s string) (T, error) {
		if s == "" {
			return "", nil
		}
		u, err := url.Parse(s)
		if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || !slices.Contains(schemes, u.Scheme) {
			return "", errNotWanted
		}
		return T(strings.TrimRight(s, "/")), nil
	})}
}

func databaseURL(key string, to *Secret) setting {
	return setting{key: key, form: text, want: `a URL such as "postgres://user@host/database", or "" for SQLite`,
		set: one(to, parseDatabaseURL)}
}

func parseDatabaseURL(s string) (Secret, error) {
	if s == "" {
		return "", nil
	}
	u, err := url.Parse(s)
	if err != nil || !slices.Contains([]string{"postgres", "postgresql"}, u.Scheme) {
		return "", errNotWanted
	}
	return Secret(s), nil
}

// origin is what a browser sends in the header Origin.
func provider(s string) (string, error) {
	if !providerName.MatchString(s) {
		return "", errNotWanted
	}
	return s, nil
}

func origin(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || !slices.Contains([]string{"http", "https"}, u.Scheme) || u.Host == "" || s != u.Scheme+"://"+u.Host {
		return "", errNotWanted
	}
	return strings.ToLower(s), nil
}

// prefix is a network, or a single address.
func prefix(s string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	network, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, errNotWanted
	}
	return network.Masked(), nil
}
