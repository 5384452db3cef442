package server

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/connect"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/server/databases"
	"github.com/girosync/girosync/server/httpd"
)

// webhookURL is where providers notify this host, without their names; "" when
// nobody said how the outside reaches it.
func (h *Host) webhookURL() string {
	if h.Config.Server.PublicURL == "" {
		return ""
	}
	return h.Config.Server.PublicURL + "/webhook/"
}

// webhook lets a provider prove a notification and does what follows in every
// database that it concerns, before its sender is answered: what was not done is
// told again.
func (h *Host) webhook(ctx context.Context, n httpd.Notification) (int, []byte, error) {
	// Nobody's program is started for a provider that connects nothing.
	known, err := h.System.HasConnections(ctx, n.Provider)
	if err != nil {
		return 0, nil, err
	}
	if !known {
		return 0, nil, fault.New(fault.Missing, "no connection of the provider %q", n.Provider)
	}
	answer, err := h.Sync.AskWebhook(ctx, n.Provider, sdk.WebhookRequest{Method: http.MethodPost, Path: n.Path, Query: n.Query,
		Headers: n.Headers, Body: n.Body})
	if sdk.KindOf(err) == sdk.BadRequest {
		h.log.Warn("a notification that its provider cannot prove", "provider", n.Provider, "error", err)
		return 0, nil, fault.New(fault.Denied, "not proven").Because(err)
	}
	if err != nil {
		if !fault.Is(err, fault.Missing) {
			h.log.Warn("a notification that its provider did not take", "provider", n.Provider, "error", err)
		}
		return 0, nil, err
	}
	for _, event := range answer.Events {
		if err := h.notified(ctx, n.Provider, event); err != nil {
			h.log.Warn("a notification that was not done", "provider", n.Provider, "kind", event.Kind, "error", err)
			return 0, nil, err
		}
	}
	if answer.Status == 0 {
		answer.Status = http.StatusOK
	}
	return answer.Status, answer.Body, nil
}

// notified applies one event wherever its connection lives.
func (h *Host) notified(ctx context.Context, provider string, event sdk.WebhookEvent) error {
	places, err := h.System.ConnectionsNamed(ctx, provider, event.ExternalID)
	if err != nil {
		return err
	}
	if len(places) == 0 {
		h.log.Info("a notification of a connection that is not here", "provider", provider, "kind", event.Kind)
	}
	var errs []error
	for _, place := range places {
		db, err := h.Databases.Open(ctx, place.Database)
		if errors.Is(err, databases.ErrUnknown) {
			continue
		}
		if err == nil {
			err = h.Sync.ApplyWebhook(ctx, db, place.Link, provider, event)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// directory is the system store, as connections know it.
type directory struct{ system *databases.System }

func (d directory) Enter(ctx context.Context, database string, n connect.Named) error {
	return d.system.EnterConnections(ctx, placed(database, n))
}

func (d directory) Leave(ctx context.Context, database string, n connect.Named) error {
	return d.system.LeaveConnection(ctx, placed(database, n))
}

func placed(database string, n connect.Named) databases.Connection {
	return databases.Connection{Provider: n.Provider, ExternalID: n.ExternalID, Database: database, Link: n.Link}
}

// learnTime bounds how long the opening of a database may wait for the directory.
const learnTime = 30 * time.Second

// learnNames notes the connections of a database that are not noted: it was
// restored, or a crash came between a connection and its note. It takes none away:
// another host may be making one just now, and one that is gone is passed over.
func (h *Host) learnNames(name string, db *orm.Database) {
	ctx, cancel := context.WithTimeout(context.Background(), learnTime)
	defer cancel()
	if err := h.learn(ctx, name, db); err != nil {
		h.log.Warn("which connections providers may notify", "database", name, "error", err)
	}
}

func (h *Host) learn(ctx context.Context, name string, db *orm.Database) error {
	named, err := h.Sync.Named(ctx, db)
	if err != nil || len(named) == 0 {
		return err
	}
	list, err := h.System.ConnectionsOf(ctx, name)
	if err != nil {
		return err
	}
	noted := make(map[databases.Connection]bool, len(list))
	for _, c := range list {
		noted[c] = true
	}
	var missing []databases.Connection
	for _, n := range named {
		if c := placed(name, n); !noted[c] {
			missing = append(missing, c)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return h.System.EnterConnections(ctx, missing...)
}
