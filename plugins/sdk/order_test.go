package sdk_test

import (
	"strings"
	"testing"

	"github.com/girosync/girosync/plugins/sdk"
)

func TestOldestFirst(t *testing.T) {
	for _, test := range []struct{ told, want string }{
		{"", ""},
		{"1a", "1a"},
		{"1a 1b 2c", "1a 1b 2c"},
		{"2c 1b 1a", "1a 1b 2c"}, // the newest first, also within a day
		{"1a 3d 2b 2c", "1a 2b 2c 3d"},
		{"2a 2b", "2a 2b"},
	} {
		var list []sdk.Transaction
		for word := range strings.FieldsSeq(test.told) {
			list = append(list, sdk.Transaction{ID: word, Date: sdk.Date{Year: 2026, Month: 3, Day: int(word[0] - '0')}})
		}
		sdk.OldestFirst(list)
		var got []string
		for _, one := range list {
			got = append(got, one.ID)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%q becomes %q, want %q", test.told, got, test.want)
		}
	}
}

func TestSpeaks(t *testing.T) {
	for language, want := range map[string]bool{"nl_NL": true, "nl": true, "NL-be": true, "en_US": false, "nld": false, "": false} {
		if sdk.Speaks(language, "nl") != want {
			t.Errorf("%q speaks Dutch: %t", language, !want)
		}
	}
}

func TestFieldErrorf(t *testing.T) {
	err := sdk.FieldErrorf("token", "no %s", "token")
	if err.Kind != sdk.BadRequest || err.Field != "token" || err.Message != "no token" {
		t.Errorf("%+v", err)
	}
}
