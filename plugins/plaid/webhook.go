package plaid

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// Bounds of a notification.
const (
	longestBody = 256 << 10 // bytes; Plaid's have less than one
	longestID   = 200
)

// notification is what Plaid tells of an item.
type notification struct {
	Type  string `json:"webhook_type"`
	Code  string `json:"webhook_code"`
	Item  string `json:"item_id"`
	Error words  `json:"error"`
	// Ends or Disconnects is when the consent ends of which they are told.
	Ends        string `json:"consent_expiration_time"`
	Disconnects string `json:"disconnect_time"`
}

// notice is how long before a consent's end Plaid tells of it.
const notice = 7 * 24 * time.Hour

// until is when a consent ends of which Plaid tells ahead.
func (n notification) until(now time.Time) time.Time {
	if at := instant(or(n.Ends, n.Disconnects)); !at.IsZero() {
		return at
	}
	return now.Add(notice)
}

// HandleWebhook implements sdk.WebhookHandler. What Plaid did not sign is refused;
// what it signed and nobody here has to act on is taken, with no events.
func (p *Provider) HandleWebhook(ctx context.Context, req sdk.WebhookRequest) (sdk.WebhookAnswer, error) {
	s, err := p.begin(req.Call)
	if err != nil {
		return sdk.WebhookAnswer{}, err
	}
	if err := p.verify(ctx, s, req); err != nil {
		return sdk.WebhookAnswer{}, err
	}
	var n notification
	if err := json.Unmarshal(req.Body, &n); err != nil {
		return sdk.WebhookAnswer{}, sdk.Errorf(sdk.BadRequest, "%s", say(req.Language, textUnsigned))
	}
	kind, message := n.meaning(req.Language)
	if kind == "" || n.Item == "" || len(n.Item) > longestID {
		return sdk.WebhookAnswer{}, nil
	}
	event := sdk.WebhookEvent{ExternalID: n.Item, Kind: kind, Message: message}
	if n.Code == codeDisconnect || n.Code == codeExpiration {
		event.ConsentUntil = n.until(req.Now)
	}
	return sdk.WebhookAnswer{Events: []sdk.WebhookEvent{event}}, nil
}

// meaning is what a host has to do; "" for nothing.
func (n notification) meaning(language string) (kind sdk.WebhookKind, message string) {
	switch n.Type {
	case "TRANSACTIONS":
		if slices.Contains([]string{"SYNC_UPDATES_AVAILABLE", "INITIAL_UPDATE", "HISTORICAL_UPDATE", "DEFAULT_UPDATE",
			"TRANSACTIONS_REMOVED"}, n.Code) {
			return sdk.WebhookUpdate, ""
		}
	case "ITEM":
		switch n.Code {
		case "ERROR":
			return n.trouble(language)
		case "LOGIN_REPAIRED":
			return sdk.WebhookUpdate, ""
		case "NEW_ACCOUNTS_AVAILABLE":
			return sdk.WebhookUpdate, say(language, textNewAccounts)
		case codeDisconnect, codeExpiration:
			return sdk.WebhookConsent, say(language, textEnds)
		case codeRevoked, "USER_ACCOUNT_REVOKED":
			return sdk.WebhookRevoked, say(language, textRevoked)
		}
	}
	return "", ""
}

// trouble is what an item's error means: the user has to act, or nobody.
func (n notification) trouble(language string) (sdk.WebhookKind, string) {
	e := n.Error.failure(language, 0)
	switch {
	case n.Error.Code == "":
		return "", ""
	case n.Error.Code == codeRevoked, removed(n.Error.Code):
		return sdk.WebhookRevoked, e.Message
	case slices.Contains([]sdk.Kind{sdk.BadCredentials, sdk.ConsentExpired, sdk.NeedsUser}, e.Kind):
		return sdk.WebhookConsent, e.Message
	}
	return "", ""
}
