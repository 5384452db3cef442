package simplefin

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a plugin's process may find no zones on its machine

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

// Configuration keys; README.md explains them.
const (
	keyBridge  = "bridge_url"
	keyServers = "servers"
	keyHistory = "history_days"
	keyWindow  = "window_days"
	keyZone    = "time_zone"
)

const (
	defaultBridge  = "https://beta-bridge.simplefin.org/simplefin"
	defaultWindow  = 90
	defaultHistory = defaultWindow - 1 // what one request brings, see fetchOf
	defaultZone    = "America/New_York"
	mostHistory    = 730
)

// config is what the host's configuration says.
type config struct {
	bridge      *url.URL // the server that users are sent to
	servers     []string // further hosts whose tokens are taken, in lower case; "*" for any
	historyDays int
	windowDays  int
	zone        *time.Location
}

// configFrom reads the configuration of a call; a value that cannot be is
// BadRequest with Field set to its key.
func configFrom(values map[string]string) (config, error) {
	c := config{historyDays: defaultHistory, windowDays: defaultWindow}
	var err error
	bridge := or(values[keyBridge], defaultBridge)
	if c.bridge, err = url.Parse(strings.TrimRight(bridge, "/")); err != nil || c.bridge.Host == "" || c.bridge.User != nil ||
		!rest.Reachable(c.bridge) {
		return config{}, sdk.FieldErrorf(keyBridge, "the setting %s has to be an address that begins with https://", keyBridge)
	}
	for name := range strings.FieldsFuncSeq(strings.ToLower(values[keyServers]), func(r rune) bool { return r == ',' || r == ' ' }) {
		c.servers = append(c.servers, name)
	}
	for _, number := range []struct {
		key         string
		to          *int
		least, most int
	}{{keyHistory, &c.historyDays, 1, mostHistory}, {keyWindow, &c.windowDays, shortestWindow, 366}} {
		text := values[number.key]
		if text == "" {
			continue
		}
		if *number.to, err = strconv.Atoi(text); err != nil || *number.to < number.least || *number.to > number.most {
			return config{}, sdk.FieldErrorf(number.key, "the setting %s has to be a number of days from %d to %d",
				number.key, number.least, number.most)
		}
	}
	if c.zone, err = time.LoadLocation(or(values[keyZone], defaultZone)); err != nil {
		return config{}, sdk.FieldErrorf(keyZone, "the setting %s has to be a time zone such as America/New_York", keyZone)
	}
	return c, nil
}

// name is what users call the server.
func (c config) name() string {
	if c.known(c.bridge.Hostname()) {
		return "SimpleFIN Bridge"
	}
	return "SimpleFIN (" + c.bridge.Hostname() + ")"
}

// known reports whether a host is one of SimpleFIN's own.
func (c config) known(host string) bool {
	host = strings.ToLower(host)
	return host == "simplefin.org" || strings.HasSuffix(host, ".simplefin.org")
}

// allows reports whether a token may lead to an address. Users paste tokens, and
// a token is an address that this host then speaks to: it must not lead to
// whatever is reachable from here.
func (c config) allows(u *url.URL) bool {
	host := strings.ToLower(u.Hostname())
	switch {
	case u.Scheme == c.bridge.Scheme && strings.EqualFold(u.Host, c.bridge.Host):
		return true
	case u.Scheme != "https":
		return false
	}
	return c.known(host) || slices.Contains(c.servers, host) || slices.Contains(c.servers, "*")
}

func settings() []sdk.Field {
	return []sdk.Field{
		{Name: keyBridge, Label: "Server", Kind: sdk.TextField, Default: defaultBridge,
			Help: "The address of the SimpleFIN server where users get their setup tokens."},
		{Name: keyServers, Label: "Further servers", Kind: sdk.TextField,
			Help: "Hosts, separated by commas, whose setup tokens are taken besides those of SimpleFIN Bridge; * for any."},
		{Name: keyHistory, Label: "History", Kind: sdk.TextField, Default: strconv.Itoa(defaultHistory),
			Help: "How many days back the first fetch of an account goes, when nothing says where to begin."},
		{Name: keyWindow, Label: "Days of a request", Kind: sdk.TextField, Default: strconv.Itoa(defaultWindow),
			Help: "How many days one request is about at most. A server that takes fewer is asked for fewer by itself."},
		{Name: keyZone, Label: "Time zone", Kind: sdk.TextField, Default: defaultZone,
			Help: "Where a transaction's day is read off a clock, when the server tells a moment and not a day."},
	}
}

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
