package postman_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/onlinesync"
	"github.com/girosync/girosync/addon/onlinesync/notice"
	"github.com/girosync/girosync/addon/onlinesync/provider"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/addon/secret"
	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/server/postman"
)

// receiver is a program that notices are posted to.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	posts  []*http.Request
	bodies []string
	answer http.HandlerFunc // nil: takes everything
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		r.mu.Lock()
		r.posts, r.bodies = append(r.posts, request), append(r.bodies, string(body))
		answer := r.answer
		r.mu.Unlock()
		if answer != nil {
			answer(w, request)
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) answers(f http.HandlerFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = f
}

func (r *receiver) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.posts)
}

// office is a database with the addon, whose notices are posted.
type office struct {
	*room
	addon *onlinesync.Addon
	keys  *secret.Keyset
}

type noProviders struct{}

func (noProviders) Provider(string) (sdk.Provider, error) {
	return nil, fault.New(fault.Missing, "none")
}
func (noProviders) List() []provider.Info { return nil }

func newOffice(t *testing.T, kind ormtest.Kind) *office {
	t.Helper()
	o := &office{room: &room{t: t, now: time.Date(2026, 6, 17, 9, 30, 0, 0, time.UTC)}}
	clock := func() time.Time {
		o.mu.Lock()
		defer o.mu.Unlock()
		return o.now
	}
	var err error
	if o.keys, err = secret.OpenKeyset(filepath.Join(t.TempDir(), "keys")); err != nil {
		t.Fatal(err)
	}
	o.addon = onlinesync.New(onlinesync.Options{Providers: noProviders{}, Sealer: o.keys, Now: clock,
		DashboardURL: "https://books.example"})
	people := base.New(secret.NewHasher(secret.Cost{Memory: 64, Passes: 1, Threads: 1}))
	addons := []addon.Addon{people.Addon(), bus.Addon(), mail.Addon(), account.Addon(), o.addon.Addon()}
	o.db = ormtest.Install(t, ormtest.Setup{Kind: kind, Directory: people.Directory(), Now: clock}, addons...)
	return o
}

// call calls a method as the administrator.
func (o *office) call(model, method string, args ...any) any {
	o.t.Helper()
	got, err := o.db.Call(o.t.Context(), orm.Principal{UID: base.AdminUser}, model, method, args, nil)
	if err != nil {
		o.t.Fatalf("%s.%s: %v", model, method, err)
	}
	return got
}

// hooks makes a webhook with a secret.
func (o *office) hook(url string) (id int64, key []byte) {
	o.t.Helper()
	id = o.call("account.online.hook", "create", map[string]any{"name": "Ear", "url": url}).(int64)
	text := o.call("account.online.hook", "action_new_secret", []any{id}).(map[string]any)["secret"].(string)
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "whsec_"))
	if err != nil || len(key) != 32 {
		o.t.Fatalf("secret of %d bytes: %v", len(key), err)
	}
	return id, key
}

// says makes a notice and spreads it.
func (o *office) says(name string) {
	o.t.Helper()
	ormtest.Within(o.t, o.db, func(env *orm.Env) error {
		return notice.Tell(env, notice.Notice{Kind: notice.Credentials, Company: 1, Connection: name, Reference: "GS-1"})
	})
	if err := o.addon.TellNotices(o.t.Context(), o.db); err != nil {
		o.t.Fatal(err)
	}
}

// runner reaches this machine, whose receivers have the certificate of r.
func (o *office) runner(r *receiver, change ...func(*postman.RunnerOptions)) *postman.Runner {
	o.t.Helper()
	file := filepath.Join(o.t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: r.Certificate().Raw})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		o.t.Fatal(err)
	}
	opt := postman.RunnerOptions{Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Time: time.Minute, CAFile: file,
		Name: "one", Agent: "girosync/test"}
	for _, f := range change {
		f(&opt)
	}
	runner, err := postman.NewRunner(opt)
	if err != nil {
		o.t.Fatal(err)
	}
	return runner
}

func (o *office) deliver(runner *postman.Runner) {
	o.t.Helper()
	if err := runner.Run(context.Background(), o.db, o.addon.Hooks()); err != nil {
		o.t.Fatal(err)
	}
}

// log is the deliveries, the first one first.
func (o *office) log() (list []orm.Row) {
	o.t.Helper()
	ormtest.Within(o.t, o.db, func(env *orm.Env) error {
		rows, err := env.SearchRead("account.online.hook.delivery", nil, []string{"state", "attempts", "status", "answer", "failure_reason",
			"next_try", "event"}, orm.SearchOptions{Order: "id"})
		for i := range rows.Len() {
			list = append(list, rows.At(i))
		}
		return err
	})
	return list
}

func TestANoticeIsPostedAndSigned(t *testing.T) {
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			o, r := newOffice(t, kind), newReceiver(t)
			id, key := o.hook(r.URL + "/in?token=x")
			others, _ := o.hook(r.URL + "/others")
			currency := o.call("res.company", "read", []any{1}, []any{"currency_id"}).(*orm.Rows).At(0).Ref("currency_id")
			company := o.call("res.company", "create", map[string]any{"name": "Others", "currency_id": currency})
			o.call("account.online.hook", "write", []any{others}, map[string]any{"company_id": company})
			o.says("Bank")
			o.deliver(o.runner(r))
			o.deliver(o.runner(r))
			if r.count() != 1 {
				t.Fatalf("posted %d times: %v", r.count(), o.log()[0].Str("failure_reason"))
			}
			got, body := r.posts[0], r.bodies[0]
			mac := hmac.New(sha256.New, key)
			mac.Write([]byte(got.Header.Get("webhook-id") + "." + got.Header.Get("webhook-timestamp") + "." + body))
			want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
			if got.Header.Get("webhook-signature") != want || got.Header.Get("webhook-timestamp") != "1781688600" ||
				got.Header.Get("webhook-id") != o.log()[0].Str("event") || got.Header.Get("Content-Type") != "application/json" {
				t.Errorf("headers %v, want the signature %s", got.Header, want)
			}
			var message struct {
				Type string
				Data map[string]any
			}
			if err := json.Unmarshal([]byte(body), &message); err != nil || message.Type != "notice.credentials" ||
				message.Data["connection"] != "Bank" || message.Data["error_reference"] != "GS-1" || message.Data["urgent"] != true {
				t.Errorf("%v: %s", err, body)
			}
			ormtest.Within(t, o.db, func(env *orm.Env) error {
				rows, err := env.Read("account.online.hook", []int64{id}, "secret")
				if err != nil {
					return err
				}
				sealed, err := base64.StdEncoding.DecodeString(rows.At(0).Str("secret"))
				if strings.Contains(string(sealed), string(key)) || err != nil {
					t.Errorf("the secret is stored openly: %v", err)
				}
				return nil
			})
			if _, err := o.db.Call(t.Context(), orm.Principal{UID: base.AdminUser}, "account.online.hook", "read",
				[]any{[]any{id}, []any{"secret"}}, nil); err == nil {
				t.Error("the secret is shown again")
			}
		})
	}
}

// What is refused, slow, too long or leads elsewhere is tried again later, under
// the same name; another webhook is served meanwhile.
func TestWhatAReceiverDoes(t *testing.T) {
	huge := strings.Repeat("x", 1<<20)
	elsewhere := newReceiver(t)
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc
		state  string
		reason string
		time   time.Duration
	}{
		{"refuses", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<b>no\nway</b>", 500) }, "outgoing", "500", 0},
		{"wants no more", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) }, "failed", "410", 0},
		{"leads elsewhere", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, 307) }, "outgoing",
			"not followed", 0},
		{"talks without end", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, huge) }, "sent", "", 0},
		{"sends endless headers", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("x", huge) }, "outgoing", "header", 0},
		{"says nothing", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "outgoing", "in time",
			5 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			o, r := newOffice(t, ormtest.SQLite), newReceiver(t)
			o.hook(r.URL)
			other := newReceiver(t)
			o.hook(other.URL)
			r.answers(test.answer)
			o.says("Bank")
			o.says("Second")
			runner := o.runner(r, func(opt *postman.RunnerOptions) {
				if test.time > 0 {
					opt.Time = test.time
				}
			})
			o.deliver(runner)
			d := o.log()[0]
			if d.Str("state") != test.state || !strings.Contains(d.Str("failure_reason"), test.reason) || len(d.Str("answer")) > 300 ||
				strings.Contains(d.Str("answer"), "\n") {
				t.Errorf("%s: %q, answer %q", d.Str("state"), d.Str("failure_reason"), d.Str("answer"))
			}
			if elsewhere.count() != 0 || other.count() != 2 {
				t.Errorf("%d posts elsewhere, %d to the other webhook", elsewhere.count(), other.count())
			}
			if fails := test.state != "sent"; r.count() != 2 && !fails || r.count() != 1 && fails {
				t.Errorf("%d posts in one round", r.count())
			}
			r.answers(nil)
			o.later(time.Minute)
			o.deliver(runner)
			want := "sent"
			if test.state == "failed" {
				want = "failed"
			}
			if got := o.log()[0].Str("state"); got != want {
				t.Errorf("a minute later: %s", got)
			}
			if want == "sent" && test.state != want && r.posts[0].Header.Get("webhook-id") != r.posts[1].Header.Get("webhook-id") {
				t.Error("another name at the second attempt")
			}
		})
	}
}

// A webhook reaches the public internet and what the operator allows, by whatever
// name it is called.
func TestNoWebhookReachesWhatIsNotPublic(t *testing.T) {
	r := newReceiver(t)
	port := r.URL[strings.LastIndex(r.URL, ":"):]
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	for _, test := range []struct {
		url     string
		allowed []string
		plain   bool
		want    string // in the reason
	}{
		{r.URL, nil, false, "not public"},
		{"https://localhost" + port, nil, false, "not public"},
		{"https://127.9.9.9" + port, nil, false, "not public"},
		{"https://[::ffff:127.0.0.1]" + port, nil, false, "not public"},
		{"https://[::1]" + port, []string{"127.0.0.0/8"}, false, "not public"},
		{"https://0.0.0.0" + port, []string{"127.0.0.0/8"}, false, "not public"},
		{"https://10.1.2.3", []string{"127.0.0.0/8"}, false, "not public"},
		{"https://169.254.169.254", []string{"127.0.0.0/8"}, false, "not public"},
		{"https://192.168.1.1", nil, false, "not public"},
		{"https://100.64.0.1", nil, false, "not public"},
		{"https://[fd00::1]", nil, false, "not public"},
		{"https://[fe80::1]", nil, false, "not public"},
		{"https://[64:ff9b::7f00:1]", nil, false, "not public"},
		{"https://[2002:7f00:1::]", nil, false, "not public"},
		{plain.URL, []string{"127.0.0.0/8"}, false, "http is not allowed"},
		{plain.URL, nil, true, "not public"},
		{plain.URL, []string{"127.0.0.0/8"}, true, "404"},
		{r.URL, []string{"127.0.0.0/8"}, false, ""},
	} {
		t.Run(test.url, func(t *testing.T) {
			o := newOffice(t, ormtest.SQLite)
			o.hook(test.url)
			o.says("Bank")
			before := r.count()
			o.deliver(o.runner(r, func(opt *postman.RunnerOptions) {
				opt.Networks, opt.Plain = nil, test.plain
				for _, p := range test.allowed {
					opt.Networks = append(opt.Networks, netip.MustParsePrefix(p))
				}
			}))
			got := o.log()[0].Str("failure_reason")
			if !strings.Contains(got, test.want) || (test.want == "") != (got == "") || (r.count() > before) != (test.want == "") {
				t.Errorf("%q, want %q; %d posts", got, test.want, r.count()-before)
			}
		})
	}
	o := newOffice(t, ormtest.SQLite)
	for _, url := range []string{"http://example.com", "ftp://example.com", "https://user:pw@example.com", "https://", "nonsense",
		"https://example.com/#x", "file:///etc/passwd", "https://" + strings.Repeat("x", 2000)} {
		if _, err := o.db.Call(t.Context(), orm.Principal{UID: base.AdminUser}, "account.online.hook", "create",
			[]any{map[string]any{"name": "x", "url": url}}, nil); !fault.Is(err, fault.Invalid) {
			t.Errorf("%.40s is taken: %v", url, err)
		}
	}
}

// A host that is killed between posting and noting leaves a delivery to another
// one, under the same name, once its claim has ended; after days it is given up.
func TestADeliveryOutlivesItsHostAndIsGivenUpInTheEnd(t *testing.T) {
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			o, r := newOffice(t, kind), newReceiver(t)
			o.hook(r.URL)
			o.says("Bank")
			ormtest.Within(t, o.db, func(env *orm.Env) error {
				d, err := o.addon.Hooks().Claim(env, "killed", 5*time.Minute, nil)
				if err == nil && d == nil {
					t.Error("nothing to claim")
				}
				return err
			})
			runner := o.runner(r)
			o.deliver(runner)
			if r.count() != 0 {
				t.Fatal("posted while another host holds it")
			}
			o.later(6 * time.Minute)
			r.answers(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) })
			began := o.now
			for range 60 {
				o.deliver(runner)
				next := o.log()[0].Time("next_try")
				if next.IsZero() {
					break
				}
				o.later(next.Sub(o.now))
			}
			d := o.log()[0]
			if days := o.now.Sub(began).Hours() / 24; d.Str("state") != "failed" || days < 2 || days > 5 {
				t.Errorf("%s after %d attempts in %.1f days", d.Str("state"), d.Int("attempts"), days)
			}
			names := map[string]bool{}
			for _, p := range r.posts {
				names[p.Header.Get("webhook-id")] = true
			}
			if len(names) != 1 || len(r.posts) < 20 {
				t.Errorf("%d names in %d attempts", len(names), len(r.posts))
			}
			r.answers(nil)
			o.call("account.online.hook.delivery", "action_retry", []any{d.ID()})
			o.deliver(runner)
			if o.log()[0].Str("state") != "sent" {
				t.Errorf("by hand: %s", o.log()[0].Str("state"))
			}
		})
	}
}

func TestManyRunnersPostEachNoticeOnce(t *testing.T) {
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			o, r := newOffice(t, kind), newReceiver(t)
			o.hook(r.URL)
			const most = 6
			for range most {
				o.says("Bank")
			}
			var running sync.WaitGroup
			for range 3 {
				runner := o.runner(r)
				running.Go(func() {
					if err := runner.Run(context.Background(), o.db, o.addon.Hooks()); err != nil {
						t.Error(err)
					}
				})
			}
			running.Wait()
			names := map[string]bool{}
			for _, p := range r.posts {
				names[p.Header.Get("webhook-id")] = true
			}
			if len(r.posts) != most || len(names) != most {
				t.Errorf("%d posts of %d notices, want %d", len(r.posts), len(names), most)
			}
		})
	}
}

func TestWebhooksOfCopiesKeepQuietAndTheirLogEnds(t *testing.T) {
	o, r := newOffice(t, ormtest.SQLite), newReceiver(t)
	id, _ := o.hook(r.URL)
	o.says("Bank")
	ormtest.Within(t, o.db, func(env *orm.Env) error { return o.addon.Addon().Restored(env, true) })
	o.says("Other")
	o.deliver(o.runner(r))
	if r.count() != 0 {
		t.Errorf("a copy posted %d times", r.count())
	}
	o.call("account.online.hook", "write", []any{id}, map[string]any{"active": true})
	o.call("account.online.hook", "action_test", []any{id})
	o.deliver(o.runner(r))
	if n := len(r.bodies); n == 0 || !slices.ContainsFunc(r.bodies, func(b string) bool { return strings.Contains(b, `"type":"test"`) }) {
		t.Errorf("test message: %v", r.bodies)
	}
	o.later(31 * 24 * time.Hour)
	ormtest.Within(t, o.db, func(env *orm.Env) error {
		_, err := o.addon.Hooks().LetGo(env)
		if err != nil {
			return err
		}
		n, err := env.Count("account.online.hook.delivery", domain.Where("state", domain.Ne, "outgoing"), 0)
		if n != 0 {
			t.Errorf("%d deliveries of a month ago", n)
		}
		return err
	})
}
