package conf

import (
	"errors"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

func (r *reading) readFile(path string) {
	content, err := os.ReadFile(path)
	if err != nil {
		r.mistake("", path, "cannot be read: %v", errors.Unwrap(err))
		return
	}
	var sections map[string]any
	if err := toml.Unmarshal(content, &sections); err != nil {
		r.mistake("", path, "%s", notTOML(err))
		return
	}
	for _, name := range slices.Sorted(maps.Keys(sections)) {
		table, ok := sections[name].(map[string]any)
		switch {
		case !slices.Contains(r.sections(), name):
			r.mistake(name, path, "is unknown; the sections are %s", strings.Join(r.sections(), ", "))
		case !ok:
			r.mistake(name, path, "is not a section; write [%s]", name)
		case name == "providers":
			r.readProviders(path, table)
		default:
			r.readSection(path, name, table)
		}
	}
}

// notTOML tells where the file stops being TOML.
func notTOML(err error) string {
	return "is not TOML: " + strings.TrimPrefix(err.Error(), "toml: ")
}

func (r *reading) readSection(path, section string, table map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(table)) {
		key := section + "." + name
		s, ok := r.setting(key)
		if !ok {
			r.mistake(key, path, "is unknown; [%s] has %s", section, strings.Join(r.keys(section), ", "))
			continue
		}
		values, ok := written(s.form, table[name])
		if !ok {
			r.mistake(key, path, "%v is not %s; expected %s", table[name], s.form, s.want)
			continue
		}
		r.give(key, given{values, path})
	}
}

// written returns the value that TOML had in the form.
func written(form form, value any) ([]string, bool) {
	switch v := value.(type) {
	case string:
		return []string{v}, form == text
	case int64:
		return []string{strconv.FormatInt(v, 10)}, form == number
	case bool:
		return []string{strconv.FormatBool(v)}, form == boolean
	case []any:
		values := []string{}
		for _, element := range v {
			s, ok := element.(string)
			if !ok {
				return nil, false
			}
			values = append(values, s)
		}
		return values, form == list
	}
	return nil, false
}

var (
	providerName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
	settingName  = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

func (r *reading) readProviders(path string, tables map[string]any) {
	for _, provider := range slices.Sorted(maps.Keys(tables)) {
		table, ok := tables[provider].(map[string]any)
		if !ok || !providerName.MatchString(provider) {
			r.mistake("providers."+provider, path, "is not a provider's section, such as [providers.demo]")
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(table)) {
			key := "providers." + provider + "." + name
			value, ok := table[name].(string)
			switch {
			case !settingName.MatchString(name):
				r.mistake(key, path, "is not a setting's name: lower-case letters, digits and _")
			case !ok:
				r.mistake(key, path, "the value is not %s", text)
			default:
				r.give(key, given{[]string{value}, path})
			}
		}
	}
}
