package sdk_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/girosync/girosync/plugins/sdk"
)

func TestParseAddress(t *testing.T) {
	for _, test := range []struct {
		text, want string
		tls        bool
		says       string // of the error
	}{
		{"api.example.com:443", "api.example.com:443", true, ""},
		{"api.example.com:8443", "api.example.com:8443", true, ""},
		{"api.example.com:80", "api.example.com:80", false, ""},
		{"[2001:db8::1]:443", "[2001:db8::1]:443", true, ""},
		{"https://api.example.com/v1/accounts?x=1", "api.example.com:443", true, ""},
		{"https://api.example.com:8443", "api.example.com:8443", true, ""},
		{"http://127.0.0.1:19000/", "127.0.0.1:19000", false, ""},
		{"http://api.example.com", "api.example.com:80", false, ""},
		{"https://[2001:db8::1]/", "[2001:db8::1]:443", true, ""},
		{"api.example.com", "", false, "want host:port, such as api.example.com:443, or a URL"},
		{"", "", false, "want host:port"},
		{":443", "", false, "has no host"},
		{"https://:443", "", false, "has no host"},
		{"api.example.com:https", "", false, `the port is "https"`},
		{"api.example.com:0", "", false, "from 1 to 65535"},
		{"https://api.example.com:99999", "", false, "from 1 to 65535"},
		{"ftp://files.example.com", "", false, `the scheme is "ftp", want https or http`},
		{"https://ann:secret@api.example.com", "", false, "leave it out"},
	} {
		got, err := sdk.ParseAddress(test.text)
		if test.says != "" {
			if err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%q: %v, %v, want an error that says %q", test.text, got, err, test.says)
			}
			continue
		}
		if err != nil || got.String() != test.want || got.TLS != test.tls {
			t.Errorf("%q: %s, TLS %t, %v", test.text, got, got.TLS, err)
		}
	}
}

func TestASettingMayLeadElsewhere(t *testing.T) {
	d := sdk.Description{
		Addresses: []string{"api.example.com:443", "https://files.example.com"},
		Settings: []sdk.Field{{Name: "api_url", Default: "https://api.example.com/v1"}, {Name: "days", Default: "90"},
			{Name: "page", Default: "https://elsewhere.example"}},
	}
	for _, test := range []struct {
		name   string
		config map[string]string
		want   []string
	}{
		{"by default", nil, d.Addresses},
		{"the default itself", map[string]string{"api_url": "https://api.example.com/v2"}, d.Addresses},
		{"a stand-in", map[string]string{"api_url": "http://127.0.0.1:8070/v1", "days": "30"},
			[]string{"https://files.example.com", "http://127.0.0.1:8070/v1"}},
		{"to what is needed anyway", map[string]string{"api_url": "https://files.example.com/api"}, []string{"https://files.example.com"}},
		{"no address", map[string]string{"api_url": "sandbox"}, d.Addresses},
		{"a default that need not be reached", map[string]string{"page": "https://other.example"}, d.Addresses},
	} {
		if got := d.AddressesFor(test.config); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
