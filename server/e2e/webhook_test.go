package e2e

import (
	"database/sql"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	demobank "github.com/girosync/girosync/plugins/demo"
	"github.com/girosync/girosync/plugins/sdk"
)

// TestNotificationsReachTheirConnection sends what the demo banks' service would
// send: news fetch, what is not signed does nothing, a consent that was taken back
// shows; a connection is found again where the host's list of them was lost.
func TestNotificationsReachTheirConnection(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, on database) {
		if testing.Short() && on == onPostgres {
			t.Skip("not with -short")
		}
		const key = "Sleutel-1"
		h := furnishedHost(t, on, "GIROSYNC_PROVIDERS_DEMO_WEBHOOK_KEY="+key)
		h.serve(t)
		c := h.client().login(t)
		news := demobank.Notification{Connection: "x", Event: sdk.WebhookUpdate, SentAt: time.Now()}
		if status := h.notify(t, news, key); status != http.StatusNotFound {
			t.Errorf("before anything is connected: %d", status)
		}
		link := c.connect(t, "demo-checking", nil)
		c.runsDone(t, link)
		if status := h.notify(t, news, key); status != http.StatusOK {
			t.Errorf("of a connection that is not here: %d", status)
		}
		ids := texts(t, h.sql(t), "SELECT external_id FROM account_online_link")
		if len(ids) != 1 || ids[0] == "" {
			t.Fatalf("the provider's ids: %q", ids)
		}
		news.Connection = ids[0]
		if status := h.notify(t, news, "another key"); status != http.StatusBadRequest {
			t.Errorf("signed with another key: %d", status)
		}
		if n := len(c.runsDone(t, link)); n != 1 {
			t.Errorf("%d runs before the first true notification", n)
		}
		if status := h.notify(t, news, key); status != http.StatusOK {
			t.Errorf("news: %d", status)
		}
		c.notified(t, link, 1)

		if err := h.stop(); err != nil {
			t.Fatal(err)
		}
		h.loseConnections(t)
		h.serve(t)
		c = h.client().login(t)
		news.SentAt = time.Now()
		if status := h.notify(t, news, key); status != http.StatusOK {
			t.Errorf("news after the list was lost: %d", status)
		}
		c.notified(t, link, 2)
		ended := demobank.Notification{Connection: ids[0], Event: sdk.WebhookRevoked, SentAt: time.Now()}
		if status := h.notify(t, ended, key); status != http.StatusOK {
			t.Errorf("revoked: %d", status)
		}
		if shown := c.attention(t, link); shown["attention"] != "consent_expired" || shown["state"] != "error" {
			t.Errorf("after the consent was taken back: %v", shown)
		}
	})
}

// notify sends a notification of the demo banks' service and returns the status.
func (h *host) notify(t *testing.T, n demobank.Notification, key string) int {
	t.Helper()
	body, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/webhook/demo", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set(demobank.SignatureHeader, demobank.Sign(key, body))
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

// notified waits until so many runs that notifications made are done.
func (c *client) notified(t *testing.T, link int64, want int) {
	t.Helper()
	until(t, "the end of the run that a notification made", func() bool {
		return c.count(t, "account.online.run", list{leaf("link_id", "=", link), leaf("trigger", "=", "webhook"),
			leaf("state", "=", "done"), leaf("outcome", "in", list{"ok", "nothing_new"})}) == want
	})
}

// loseConnections empties the list of a host that does not run.
func (h *host) loseConnections(t *testing.T) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(h.dir, "system.db"))
	if h.store != "" {
		db, err = sql.Open("pgx", h.store+"&search_path=girosync_system")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	gone, err := db.ExecContext(t.Context(), "DELETE FROM girosync_connection")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := gone.RowsAffected(); err != nil || n != 1 {
		t.Errorf("%d connections were noted, %v", n, err)
	}
}
