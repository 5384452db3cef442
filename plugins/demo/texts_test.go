package demo

import (
	"strings"
	"testing"
)

// Inside the package, since no flow shows every text.
func TestEveryTextIsInBothLanguages(t *testing.T) {
	for text := range textCount {
		en, nl := say("en_US", text), say("nl_NL", text)
		if en == "" || nl == "" || en == nl && text != textCodeLabel {
			t.Errorf("text %d: %q, %q", text, en, nl)
		}
		if strings.Count(en, "%") != strings.Count(nl, "%") {
			t.Errorf("text %d takes other arguments in Dutch: %q, %q", text, en, nl)
		}
	}
}
