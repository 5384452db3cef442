package conf

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"

	"github.com/BurntSushi/toml"
)

var checksum = regexp.MustCompile(`^sha256:([0-9a-f]{64})$`)

// LoadTrusted reads the file that plugins.trusted_file names: lines of
// name = "sha256:…". It returns each provider's checksum, as 64 hexadecimal
// digits, by the provider's name. Without the file there are none. The error
// is [Mistakes].
func LoadTrusted(path string) (map[string]string, error) {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]string{}, nil
	}
	if err != nil {
		return nil, Mistakes{{Source: path, Text: fmt.Sprintf("cannot be read: %v", errors.Unwrap(err))}}
	}
	var lines map[string]any
	if err := toml.Unmarshal(content, &lines); err != nil {
		return nil, Mistakes{{Source: path, Text: notTOML(err)}}
	}
	var (
		trusted  = map[string]string{}
		mistakes Mistakes
	)
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		sum, _ := lines[name].(string)
		digits := checksum.FindStringSubmatch(sum)
		if digits == nil || !providerName.MatchString(name) {
			mistakes = append(mistakes,
				Mistake{name, path, `expected a provider's name and its checksum: demo = "sha256:" and 64 hexadecimal digits`})
			continue
		}
		trusted[name] = digits[1]
	}
	if mistakes != nil {
		return nil, mistakes
	}
	return trusted, nil
}
