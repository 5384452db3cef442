package conf_test

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/conf"
)

func TestTheExampleIsTheDefaults(t *testing.T) {
	if diff := cmp.Diff(load(t, ""), load(t, write(t, "girosync.toml", conf.Example)), prefixes, listsAlike); diff != "" {
		t.Errorf("the example differs from the defaults (-default +example)\n%s", diff)
	}
}

// An empty list and no list are the same to every reader.
var listsAlike = cmp.FilterValues(func(a, b []string) bool { return len(a) == 0 && len(b) == 0 }, cmp.Ignore())

var (
	sectionLine = regexp.MustCompile(`^\[([a-z]+)\]$`)
	keyLine     = regexp.MustCompile(`^([a-z_]+) = `)
)

// exampleKeys returns the keys of the example, each with its comment.
func exampleKeys(t *testing.T) map[string]string {
	t.Helper()
	var (
		section, comment string
		keys             = map[string]string{}
	)
	for _, line := range strings.Split(conf.Example, "\n") {
		switch {
		case strings.HasPrefix(line, "#"):
			comment += strings.TrimPrefix(line, "#")
			continue
		case sectionLine.MatchString(line):
			section = sectionLine.FindStringSubmatch(line)[1]
		case keyLine.MatchString(line):
			key := section + "." + keyLine.FindStringSubmatch(line)[1]
			if _, twice := keys[key]; twice {
				t.Errorf("%s is documented twice", key)
			}
			keys[key] = comment
		case line != "":
			t.Errorf("unexpected line %q", line)
		}
		comment = ""
	}
	return keys
}

// structKeys derives the keys from the fields of Config: Sync.LookBackDays is
// sync.look_back_days.
func structKeys() []string {
	var keys []string
	config := reflect.TypeFor[conf.Config]()
	for i := range config.NumField() {
		section := config.Field(i)
		if section.Type.Kind() != reflect.Struct {
			continue // the providers' tables are free
		}
		for j := range section.Type.NumField() {
			field := section.Type.Field(j)
			key := snake(section.Name) + "." + snake(field.Name)
			switch key {
			case "database.url":
				keys = append(keys, key, key+"_file")
			default:
				keys = append(keys, key)
			}
		}
	}
	slices.Sort(keys)
	return keys
}

func snake(name string) string {
	name = strings.NewReplacer("IDs", "Ids", "URL", "Url", "CAF", "CaF").Replace(name)
	var b strings.Builder
	for i, letter := range name {
		if unicode.IsUpper(letter) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(letter))
	}
	return b.String()
}

func TestTheExampleDocumentsEveryKeyAndOnlyThose(t *testing.T) {
	documented := exampleKeys(t)
	var keys []string
	for key, comment := range documented {
		keys = append(keys, key)
		if len(strings.TrimSpace(comment)) < 20 {
			t.Errorf("%s is not explained: %q", key, comment)
		}
	}
	slices.Sort(keys)
	if diff := cmp.Diff(structKeys(), keys); diff != "" {
		t.Errorf("(-struct +example)\n%s", diff)
	}
}

// Every key of the example can be set by the environment alone, under the name
// that the example's head explains.
func TestEveryKeyIsReachableByTheEnvironment(t *testing.T) {
	for key := range exampleKeys(t) {
		variable := conf.Prefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
		_, err := conf.Load("", []string{variable + "=\x01 nonsense"})
		isPath := slices.Contains([]string{"server.data_dir", "plugins.dir", "plugins.trusted_file", "plugins.user",
			"secrets.key_set_file"}, key)
		if isPath != (err == nil) {
			t.Errorf("%s: %v", variable, err)
		}
	}
}
