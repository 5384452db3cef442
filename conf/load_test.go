package conf_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/conf"
)

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t *testing.T, path string, env ...string) conf.Config {
	t.Helper()
	config, err := conf.Load(path, env)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

var prefixes = cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })

func TestNothingGivenIsTheDefault(t *testing.T) {
	got := load(t, "")
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	want := conf.Default()
	want.Server.PublicURL = "http://127.0.0.1:8069"
	want.Plugins.Dir = filepath.Join(filepath.Dir(program), "plugins")
	want.Plugins.TrustedFile = filepath.Join(want.Plugins.Dir, "trusted.toml")
	want.Secrets.KeySetFile = filepath.Join("data", "keyset.json")
	if diff := cmp.Diff(want, got, prefixes); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestEveryKindOfValue(t *testing.T) {
	password := write(t, "master", "open sesame\r\n")
	url := write(t, "url", "postgres://giro:pw@db/giro\n")
	ca := write(t, "ca.pem", "certificates")
	file := write(t, "girosync.toml", fmt.Sprintf(`
[server]
listen = ":9000"
data_dir = "/srv/giro"
public_url = "https://bank.example.com/giro/"
trusted_proxies = ["10.1.2.3/8", "::1"]
allowed_origins = ["https://ERP.example.com", "http://localhost:5173"]
any_origin = true
deprecated_on = "2026-12-31"
[database]
url_file = %q
list = false
master_password_file = %q
change_time = "2h"
[limits]
body_size = "2MiB"
nesting_depth = 20
domain_size = 30
ids_per_call = 40
records_per_answer = 50
call_time = "90s"
concurrent_calls = 6
values_per_request = 7000
unknown_size = "9KiB"
unknown_calls = 9
answer_size = "1MiB"
[session]
lifetime = "30d"
[login]
failures = 3
failures_per_address = 30
failures_per_user = 60
lock_time = "5s"
longest_lock = "50s"
[passwords]
min_length = 12
hash_memory = "46MiB"
hash_passes = 1
[retention]
bus = "2h"
run = "10d"
raw = "20d"
[sync]
interval = "6h"
spread = "5m"
look_back_days = 0
chunk = 500
lease = "5s"
keep_files = "1MiB"
[plugins]
dir = "/opt/giro/plugins"
idle_time = "1m"
start_time = "2s"
call_time = "3s"
memory = "64MiB"
nice = 7
user = "plugins"
proxy = "socks5://proxy:1080"
ca_file = %q
demo = true
feedback = ["demo", "plaid"]
[mail]
host = "mail.example.com"
port = 2525
security = "tls"
user = "books"
password_file = %q
from = "Books <books@example.com>"
send_time = "9s"
ca_file = %q
[hooks]
networks = ["10.1.0.0/16"]
plain = true
send_time = "8s"
ca_file = %q
[log]
level = "debug"
format = "json"
`, url, password, ca, password, ca, ca))
	want := conf.Config{
		Server: conf.Server{
			Listen: ":9000", DataDir: "/srv/giro", PublicURL: "https://bank.example.com/giro",
			TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")},
			AllowedOrigins: []string{"https://erp.example.com", "http://localhost:5173"}, AnyOrigin: true,
			DeprecatedOn: time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC),
		},
		Database: conf.Database{URL: "postgres://giro:pw@db/giro", MasterPasswordFile: password, ChangeTime: 2 * time.Hour},
		Limits: conf.Limits{
			BodySize: 2 << 20, NestingDepth: 20, DomainSize: 30, IDsPerCall: 40,
			RecordsPerAnswer: 50, CallTime: 90 * time.Second, ConcurrentCalls: 6,
			ValuesPerRequest: 7000, UnknownSize: 9 << 10, UnknownCalls: 9, AnswerSize: 1 << 20,
		},
		Session: conf.Session{Lifetime: 720 * time.Hour},
		Login: conf.Login{Failures: 3, FailuresPerAddress: 30, FailuresPerUser: 60, LockTime: 5 * time.Second,
			LongestLock: 50 * time.Second},
		Passwords: conf.Passwords{MinLength: 12, HashMemory: 46 << 20, HashPasses: 1},
		Retention: conf.Retention{Bus: 2 * time.Hour, Run: 240 * time.Hour, Raw: 480 * time.Hour},
		Sync:      conf.Sync{Interval: 6 * time.Hour, Spread: 5 * time.Minute, Lease: 5 * time.Second, Chunk: 500, KeepFiles: 1 << 20},
		Plugins: conf.Plugins{
			Dir: "/opt/giro/plugins", TrustedFile: "/opt/giro/plugins/trusted.toml", IdleTime: time.Minute,
			StartTime: 2 * time.Second, CallTime: 3 * time.Second, Memory: 64 << 20, Nice: 7, User: "plugins",
			Proxy: "socks5://proxy:1080", CAFile: ca, Demo: true, Feedback: []string{"demo", "plaid"},
		},
		Secrets: conf.Secrets{KeySetFile: "/srv/giro/keyset.json"},
		Mail: conf.Mail{Host: "mail.example.com", Port: 2525, Security: "tls", User: "books", PasswordFile: password,
			From: "Books <books@example.com>", SendTime: 9 * time.Second, CAFile: ca},
		Hooks: conf.Hooks{Networks: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}, Plain: true, SendTime: 8 * time.Second,
			CAFile: ca},
		Log:       conf.Log{Level: slog.LevelDebug, Format: "json"},
		Providers: map[string]conf.Settings{},
	}
	if diff := cmp.Diff(want, load(t, file), prefixes); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestEnvironmentOverridesTheFile(t *testing.T) {
	secret := write(t, "secret", "from a file\n")
	file := write(t, "girosync.toml", fmt.Sprintf(`
[server]
listen = "127.0.0.1:1"
[sync]
interval = "6h"
[database]
url_file = %q
[providers.plaid]
client_id = "file"
secret_file = %q
products = "transactions"
`, filepath.Join(t.TempDir(), "absent"), secret))
	got := load(t, file,
		"GIROSYNC_SERVER_LISTEN=127.0.0.1:2",
		"GIROSYNC_SERVER_LISTEN=127.0.0.1:3",
		"GIROSYNC_SERVER_TRUSTED_PROXIES=10.0.0.1, 10.0.0.2",
		"GIROSYNC_DATABASE_URL=postgres://there/",
		"GIROSYNC_PROVIDERS_PLAID_CLIENT_ID=environment",
		"GIROSYNC_PROVIDERS_PONTO_KEY_FILE="+secret,
		"GIROSYNC_SERVICE_HOST=10.9.8.7", // as a container platform sets it
		"GIROSYNC_PORT=tcp://10.9.8.7:8069",
		"HOME=/root", "nonsense",
	)
	if got.Server.Listen != "127.0.0.1:3" || got.Sync.Interval != 6*time.Hour || len(got.Server.TrustedProxies) != 2 {
		t.Errorf("server %+v, sync %+v", got.Server, got.Sync)
	}
	if string(got.Database.URL) != "postgres://there/" {
		t.Error("the variable did not override url_file")
	}
	want := map[string]conf.Settings{
		"plaid": {"client_id": "environment", "secret": "from a file", "products": "transactions"},
		"ponto": {"key": "from a file"},
	}
	if diff := cmp.Diff(want, got.Providers); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAMailServerNeedsWhatGoesWithIt(t *testing.T) {
	password := write(t, "password", "pw")
	const host = "GIROSYNC_MAIL_HOST=mail.example.com"
	for _, test := range []struct {
		env  []string
		want string // the key of the mistake; "" for none
	}{
		{[]string{host}, "mail.from"},
		{[]string{host, "GIROSYNC_MAIL_FROM=books@example.com"}, ""},
		{[]string{host, "GIROSYNC_MAIL_FROM=books"}, "mail.from"},
		{[]string{host, "GIROSYNC_MAIL_FROM=books@example.com", "GIROSYNC_MAIL_SECURITY=none"}, "mail.security"},
		{[]string{"GIROSYNC_MAIL_HOST=127.0.0.1", "GIROSYNC_MAIL_FROM=books@example.com", "GIROSYNC_MAIL_SECURITY=none"}, ""},
		{[]string{host, "GIROSYNC_MAIL_FROM=books@example.com", "GIROSYNC_MAIL_USER=x"}, "mail.password_file"},
		{[]string{host, "GIROSYNC_MAIL_FROM=books@example.com", "GIROSYNC_MAIL_USER=x", "GIROSYNC_MAIL_PASSWORD_FILE=" + password}, ""},
	} {
		_, err := conf.Load("", test.env)
		var mistakes conf.Mistakes
		switch found := errors.As(err, &mistakes); {
		case test.want == "" && err != nil, test.want != "" && (!found || mistakes[0].Key != test.want):
			t.Errorf("%v: %v, want a mistake in %q", test.env, err, test.want)
		}
	}
}

func TestAllMistakesAtOnce(t *testing.T) {
	empty := write(t, "empty", "\n")
	notURL := write(t, "url", "mysql://root:hunter2@db")
	file := write(t, "girosync.toml", fmt.Sprintf(`
speed = 3
[severs]
listen = "x"
[server]
listen = "nowhere"
public_url = "bank.example.com"
trusted_proxies = ["10.0.0.0/99"]
allowed_origins = "https://erp.example.com"
lisen = "127.0.0.1:8069"
[database]
url = "mysql://root:hunter2@db"
list = "yes"
master_password_file = %q
[limits]
body_size = "64MB"
nesting_depth = 5
domain_size = 1.5
call_time = 60
[sync]
interval = "12 hours"
[log]
level = "loud"
format = "xml"
[providers]
demo = 3
[providers.plaid]
secret_file = "/no/such/file"
retries = 3
Client = "x"
both = "x"
both_file = "/no/such/file"
`, empty))
	_, err := conf.Load(file, []string{
		"GIROSYNC_SYNC_LOOK_BACK_DAYS=many", "GIROSYNC_SYNC_LOOKBACK=3", "GIROSYNC_PROVIDERS_PLAID=1",
		"GIROSYNC_DATABASE_LIST=1", "GIROSYNC_RETENTION_RUN=0d", "GIROSYNC_PLUGINS_CA_FILE=/no/such/ca",
	})
	var mistakes conf.Mistakes
	if !errors.As(err, &mistakes) {
		t.Fatalf("got %v", err)
	}
	var got []string
	for _, mistake := range mistakes {
		got = append(got, strings.ReplaceAll(mistake.String(), filepath.Dir(file), "…"))
	}
	want := []string{
		`database.list: yes is not true or false; expected true or false (in …/girosync.toml)`,
		`database.list: "1" is not true or false (in GIROSYNC_DATABASE_LIST)`,
		`database.master_password_file: "` + empty + `" is not the name of a file that can be read: ` + empty +
			` is empty (in …/girosync.toml)`,
		`database.url: the value is not a URL such as "postgres://user@host/database", or "" for SQLite (in …/girosync.toml)`,
		`limits.body_size: "64MB" is not a size from 1KiB to 1GiB, such as "64MiB" (in …/girosync.toml)`,
		`limits.call_time: 60 is not a text in quotes; expected a time from 1s to 1h, such as "30s", "12h" or "7d" (in …/girosync.toml)`,
		`limits.domain_size: 1.5 is not a whole number; expected a whole number from 10 to 1000000 (in …/girosync.toml)`,
		`limits.nesting_depth: "5" is not a whole number from 10 to 10000 (in …/girosync.toml)`,
		`log.format: "xml" is not one of text, json (in …/girosync.toml)`,
		`log.level: "loud" is not one of debug, info, warn, error (in …/girosync.toml)`,
		`plugins.ca_file: "/no/such/ca" is not the name of a file that can be read: open /no/such/ca: no such file or directory (in ` +
			`GIROSYNC_PLUGINS_CA_FILE)`,
		`providers.demo: is not a provider's section, such as [providers.demo] (in …/girosync.toml)`,
		`providers.plaid.: expected GIROSYNC_PROVIDERS_NAME_SETTING (in GIROSYNC_PROVIDERS_PLAID)`,
		`providers.plaid.Client: is not a setting's name: lower-case letters, digits and _ (in …/girosync.toml)`,
		`providers.plaid.both_file: providers.plaid.both is given as well; give only one (in …/girosync.toml)`,
		`providers.plaid.retries: the value is not a text in quotes (in …/girosync.toml)`,
		`providers.plaid.secret_file: "/no/such/file" is not the name of a file that can be read: open /no/such/file: no such file or ` +
			`directory (in …/girosync.toml)`,
		`retention.run: "0d" is not a time from 1d to 36500d, such as "30s", "12h" or "7d" (in GIROSYNC_RETENTION_RUN)`,
		`server.allowed_origins: https://erp.example.com is not a list of texts; expected origins such as "https://erp.example.com" (in ` +
			`…/girosync.toml)`,
		`server.lisen: is unknown; [server] has listen, data_dir, public_url, trusted_proxies, allowed_origins, any_origin, ` +
			"deprecated_on (in " +
			`…/girosync.toml)`,
		`server.listen: "nowhere" is not an address such as "127.0.0.1:8069" (in …/girosync.toml)`,
		`server.public_url: "bank.example.com" is not a URL such as "https://bank.example.com" (in …/girosync.toml)`,
		`server.trusted_proxies: "10.0.0.0/99" is not networks such as "10.0.0.0/8" or addresses (in …/girosync.toml)`,
		`severs: is unknown; the sections are server, database, limits, session, login, passwords, retention, sync, plugins, secrets, ` +
			`log, mail, hooks, providers (in …/girosync.toml)`,
		`speed: is unknown; the sections are server, database, limits, session, login, passwords, retention, sync, plugins, secrets, ` +
			`log, mail, hooks, providers (in …/girosync.toml)`,
		`sync.interval: "12 hours" is not a time from 1m to 30d, such as "30s", "12h" or "7d" (in …/girosync.toml)`,
		`sync.look_back_days: "many" is not a whole number from 0 to 3650 (in GIROSYNC_SYNC_LOOK_BACK_DAYS)`,
		`sync.lookback: is unknown; [sync] has interval, spread, look_back_days, chunk, keep_files, lease (in GIROSYNC_SYNC_LOOKBACK)`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if !strings.HasPrefix(err.Error(), "the configuration has 28 mistakes:\n") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v", err)
	}
	if _, err := conf.Load("", []string{"GIROSYNC_DATABASE_URL_FILE=" + notURL}); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a file with a wrong URL: %v", err)
	}
}

func TestFileThatCannotBeUsed(t *testing.T) {
	tests := []struct{ name, path, want string }{
		{"absent", "/no/such/girosync.toml", "the configuration has a mistake:\n  /no/such/girosync.toml: cannot be read: " +
			"no such file or directory"},
		{"not TOML", write(t, "bad.toml", "[server]\nlisten = 127.0.0.1:8069\n"), "is not TOML: line 2"},
		{"a key twice", write(t, "twice.toml", "[sync]\ninterval = \"1h\"\ninterval = \"2h\"\n"), "is not TOML: line 3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := conf.Load(test.path, nil)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want … %s …", err, test.want)
			}
		})
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	config := load(t, "", "GIROSYNC_DATABASE_URL=postgres://giro:hunter2@db/giro", "GIROSYNC_PROVIDERS_PLAID_SECRET=hunter2")
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("loaded", "config", config, "url", config.Database.URL)
	slog.New(slog.NewTextHandler(&log, nil)).Info("loaded", "config", config, "url", config.Database.URL)
	asJSON, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	printed := []string{log.String(), string(asJSON)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		printed = append(printed, fmt.Sprintf(verb, config), fmt.Sprintf(verb, &config), fmt.Sprintf(verb, config.Database.URL))
	}
	for _, text := range printed {
		for _, leak := range []string{"hunter2", "68756e74657232"} {
			if strings.Contains(text, leak) {
				t.Errorf("printed: %s", text)
			}
		}
	}
	if !strings.Contains(printed[0], "(hidden)") {
		t.Errorf("the log does not say that something is hidden: %s", printed[0])
	}
}

func TestPublicURLOfAnyAddress(t *testing.T) {
	for listen, want := range map[string]string{
		":80": "http://localhost:80", "0.0.0.0:8069": "http://localhost:8069", "[::]:1": "http://localhost:1",
		"[::1]:1": "http://[::1]:1", "bank.local:80": "http://bank.local:80",
	} {
		if got := load(t, "", "GIROSYNC_SERVER_LISTEN="+listen).Server.PublicURL; got != want {
			t.Errorf("%s: got %s, want %s", listen, got, want)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(conf.Example)
	f.Add("[server]\nlisten = 3\n[limits]\nbody_size = \"999999999999GiB\"\n[retention]\nbus=\"65535d\"")
	f.Add("providers = 3\nserver = [1, {}]\n[a.b.c]")
	path := filepath.Join(f.TempDir(), "fuzz.toml")
	f.Fuzz(func(t *testing.T, content string) {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		config, err := conf.Load(path, nil)
		if err == nil && (config.Limits.BodySize < 1<<10 || config.Retention.Bus < time.Minute || config.Server.PublicURL == "") {
			t.Errorf("accepted: %+v", config)
		}
	})
}
