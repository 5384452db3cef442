package plaid

import (
	"strings"
	"testing"
)

// Everything is said in both languages, with the same values.
func TestTexts(t *testing.T) {
	english, dutch := inEnglish(), inDutch()
	for i := range textCount {
		if english[i] == "" || dutch[i] == "" {
			t.Errorf("text %d: %q, %q", i, english[i], dutch[i])
		}
		for _, value := range []string{"%s", "%d"} {
			if strings.Count(english[i], value) != strings.Count(dutch[i], value) {
				t.Errorf("text %d has other values in Dutch: %q, %q", i, english[i], dutch[i])
			}
		}
	}
	if say("nl_BE", textAccountsTitle) != "Rekeningen" || say("de_DE", textAccountsTitle) != "Accounts" {
		t.Error("the language is another")
	}
}
