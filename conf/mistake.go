package conf

import (
	"fmt"
	"strings"
)

// Mistake is one thing that is wrong in a configuration.
type Mistake struct {
	Key    string // the path of the key ("sync.interval"), "" for the file as a whole
	Source string // where it was read: the file's name, or the variable's
	Text   string // what is wrong, and what was expected
}

// String is one line: the key, what is wrong, where it stands.
func (m Mistake) String() string {
	if m.Key == "" {
		return fmt.Sprintf("%s: %s", m.Source, m.Text)
	}
	return fmt.Sprintf("%s: %s (in %s)", m.Key, m.Text, m.Source)
}

// Mistakes is the error that [Load] returns: everything that is wrong, in the
// order of the keys.
type Mistakes []Mistake

// Error lists all, one line each.
func (all Mistakes) Error() string {
	lines := make([]string, 0, len(all)+1)
	lines = append(lines, "the configuration has a mistake:")
	if len(all) > 1 {
		lines[0] = fmt.Sprintf("the configuration has %d mistakes:", len(all))
	}
	for _, mistake := range all {
		lines = append(lines, "  "+mistake.String())
	}
	return strings.Join(lines, "\n")
}
