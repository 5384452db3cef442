package conf

import (
	"maps"
	"slices"
	"strings"
)

func (r *reading) readEnvironment(env []string) {
	entries := map[string]string{}
	for _, entry := range env {
		if name, value, ok := strings.Cut(entry, "="); ok && strings.HasPrefix(name, Prefix) {
			entries[name] = value
		}
	}
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		section, rest, ok := strings.Cut(strings.ToLower(strings.TrimPrefix(name, Prefix)), "_")
		switch {
		case !ok || !slices.Contains(r.sections(), section):
			continue
		case section == "providers":
			r.readProviderVariable(name, rest, entries[name])
		default:
			r.readVariable(name, section, rest, entries[name])
		}
	}
}

func (r *reading) readVariable(variable, section, name, value string) {
	key := section + "." + name
	s, ok := r.setting(key)
	if !ok {
		r.mistake(key, variable, "is unknown; [%s] has %s", section, strings.Join(r.keys(section), ", "))
		return
	}
	values := []string{value}
	if s.form == list {
		values = strings.FieldsFunc(value, func(c rune) bool { return c == ',' || c == ' ' })
	}
	r.give(key, given{values, variable})
}

func (r *reading) readProviderVariable(variable, rest, value string) {
	provider, name, _ := strings.Cut(rest, "_")
	key := "providers." + provider + "." + name
	if !providerName.MatchString(provider) || !settingName.MatchString(name) {
		r.mistake(key, variable, "expected %sPROVIDERS_NAME_SETTING", Prefix)
		return
	}
	r.give(key, given{[]string{value}, variable})
}
