package secret_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/secret"
)

func TestAPIKeys(t *testing.T) {
	shape := regexp.MustCompile(`^gs_[0-9A-Za-z]{43}$`)
	seen := map[string]bool{}
	for range 500 {
		key, err := secret.NewAPIKey()
		if err != nil {
			t.Fatal(err)
		}
		text := key.Text()
		if !shape.MatchString(text) || seen[text] {
			t.Fatalf("%q, seen %v", text, seen[text])
		}
		seen[text] = true
		if !secret.LooksLikeAPIKey(text) || !secret.VerifyAPIKey(text, key.Hash()) {
			t.Fatalf("%q is not known again", text)
		}
		if secret.APIKeyIndex(text) != key.Index() || len(key.Index()) != 11 || !strings.HasPrefix(text, key.Index()) {
			t.Fatalf("index %q of %q", key.Index(), text)
		}
		if strings.Contains(key.Hash(), text[3:]) || len(key.Hash()) != 64 {
			t.Fatalf("hash %q of %q", key.Hash(), text)
		}
	}
}

func TestKeysThatAreWrong(t *testing.T) {
	key, err := secret.NewAPIKey()
	if err != nil {
		t.Fatal(err)
	}
	other, err := secret.NewAPIKey()
	if err != nil {
		t.Fatal(err)
	}
	text := key.Text()
	for _, wrong := range []string{"", "gs_", "admin", text[:45], text + "0", "gs-" + text[3:], text[:45] + "-", strings.ToUpper(text),
		other.Text()} {
		if secret.VerifyAPIKey(wrong, key.Hash()) {
			t.Errorf("%q was accepted", wrong)
		}
	}
	if secret.VerifyAPIKey(text, "") || secret.VerifyAPIKey(text, other.Hash()) || secret.VerifyAPIKey("", "") {
		t.Error("another hash was accepted")
	}
	if secret.APIKeyIndex("admin") != "" || secret.LooksLikeAPIKey("gs_"+strings.Repeat("é", 43)) {
		t.Error("a text that is no key was taken for one")
	}
}

func TestAPIKeysAreNotPrinted(t *testing.T) {
	key, err := secret.NewAPIKey()
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		if printed := fmt.Sprintf(verb, key) + fmt.Sprintf(verb, &key); strings.Contains(printed, key.Text()[11:]) {
			t.Errorf("%s prints %s", verb, printed)
		}
	}
}
