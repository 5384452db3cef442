package conf

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Prefix begins the name of every environment variable that is read.
const Prefix = "GIROSYNC_"

// Load reads the file at path (none when path is ""), lets the entries of env
// ("GIROSYNC_SYNC_INTERVAL=6h") override it, and checks the outcome. A later
// entry wins over an earlier one, so a caller appends its flags' values.
// Entries whose section is none of ours are left alone.
//
// Relative paths are relative to the working directory. What was left empty
// and depends on other keys is filled in: public_url, the plugins folder
// (beside the program), the trusted file and the key set, and plugins.demo, which
// settings for the provider demo turn on.
//
// The error is always [Mistakes], and names all of them.
func Load(path string, env []string) (Config, error) {
	r := reading{config: Default(), given: map[string]given{}}
	r.settings = r.config.settings()
	if path != "" {
		r.readFile(path)
	}
	r.readEnvironment(env)
	r.apply()
	if _, said := r.given["plugins.demo"]; !said {
		r.config.Plugins.Demo = len(r.config.Providers["demo"]) > 0 // who sets it up wants to see it
	}
	if len(r.mistakes) > 0 {
		slices.SortStableFunc(r.mistakes, func(a, b Mistake) int { return strings.Compare(a.Key, b.Key) })
		return Config{}, r.mistakes
	}
	return r.config, r.config.complete()
}

// given is a value as it was found, and where.
type given struct {
	values []string
	source string
}

func (g given) empty() bool { return len(g.values) == 1 && g.values[0] == "" }

// reading is the state of one Load.
type reading struct {
	config   Config
	settings []setting
	given    map[string]given // by key
	mistakes Mistakes
}

func (r *reading) mistake(key, source, format string, args ...any) {
	r.mistakes = append(r.mistakes, Mistake{key, source, fmt.Sprintf(format, args...)})
}

func (r *reading) setting(key string) (setting, bool) {
	at := slices.IndexFunc(r.settings, func(s setting) bool { return s.key == key })
	if at < 0 {
		return setting{}, false
	}
	return r.settings[at], true
}

// sections lists the sections in the order of the settings.
func (r *reading) sections() []string {
	var names []string
	for _, s := range r.settings {
		name, _, _ := strings.Cut(s.key, ".")
		names = append(names, name)
	}
	return append(slices.Compact(names), "providers")
}

// keys lists a section's keys, without the section.
func (r *reading) keys(section string) []string {
	var names []string
	for _, s := range r.settings {
		if name, ok := strings.CutPrefix(s.key, section+"."); ok {
			names = append(names, name)
		}
	}
	return names
}

// give notes a value. A value and the file that holds it are one key in two
// ways: a later source overrides either way, one source may use only one.
func (r *reading) give(key string, value given) {
	twin := key + fileSuffix
	if direct, ok := strings.CutSuffix(key, fileSuffix); ok {
		twin = direct
	}
	other, ok := r.given[twin]
	together := ok && (other.source == value.source || inEnvironment(other.source))
	switch {
	case together && value.empty():
		return
	case together && !other.empty():
		r.mistake(key, value.source, "%s is given as well; give only one", twin)
		return
	}
	delete(r.given, twin)
	r.given[key] = value
}

func inEnvironment(source string) bool { return strings.HasPrefix(source, Prefix) }

const fileSuffix = "_file"

// apply checks the given values and puts them in their places.
func (r *reading) apply() {
	for _, key := range slices.Sorted(maps.Keys(r.given)) {
		found := r.given[key]
		if strings.HasPrefix(key, "providers.") {
			r.applyProvider(key, found)
			continue
		}
		s, _ := r.setting(key)
		err := s.set(found.values)
		switch {
		case err == nil:
		case errors.Is(err, errNotWanted) && s.secret:
			r.mistake(key, found.source, "the value is not %s", s.want)
		case errors.Is(err, errNotWanted):
			r.mistake(key, found.source, "%q is not %s", strings.Join(found.values, ", "), s.want)
		default:
			r.mistake(key, found.source, "%q is not %s: %v", strings.Join(found.values, ", "), s.want, err)
		}
	}
}

func (r *reading) applyProvider(key string, found given) {
	provider, name, _ := strings.Cut(strings.TrimPrefix(key, "providers."), ".")
	value := found.values[0]
	if direct, ok := strings.CutSuffix(name, fileSuffix); ok {
		content, err := readSecret(value)
		if err != nil {
			r.mistake(key, found.source, "%q is not the name of a file that can be read: %v", value, err)
			return
		}
		name, value = direct, content
	}
	if r.config.Providers[provider] == nil {
		r.config.Providers[provider] = Settings{}
	}
	r.config.Providers[provider][name] = value
}

// complete fills in what was left empty and depends on other keys.
func (c *Config) complete() error {
	if c.Server.PublicURL == "" {
		c.Server.PublicURL = "http://" + reachable(c.Server.Listen)
	}
	if c.Plugins.Dir == "" {
		program, err := os.Executable()
		if err != nil {
			return Mistakes{{"plugins.dir", "the defaults",
				fmt.Sprintf("the program's folder is unknown, name the plugins' folder: %v", err)}}
		}
		c.Plugins.Dir = filepath.Join(filepath.Dir(program), "plugins")
	}
	if c.Plugins.TrustedFile == "" {
		c.Plugins.TrustedFile = filepath.Join(c.Plugins.Dir, "trusted.toml")
	}
	if c.Secrets.KeySetFile == "" {
		c.Secrets.KeySetFile = filepath.Join(c.Server.DataDir, "keyset.json")
	}
	return c.Mail.check()
}

// reachable is the address under which a listener is reached from its own
// machine.
func reachable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil || (host != "" && host != "0.0.0.0" && host != "::") {
		return listen
	}
	return net.JoinHostPort("localhost", port)
}
