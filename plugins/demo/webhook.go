package demo

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// SignatureHeader holds a notification's HMAC-SHA256 under the key of the
// configuration, in hexadecimal.
const SignatureHeader = "X-Demo-Signature"

// freshFor is how old a notification may be, or how far ahead its clock.
const freshFor = 5 * time.Minute

// Notification is what the demo service would send as JSON.
type Notification struct {
	Connection string          `json:"connection"` // Connection.ExternalID
	Event      sdk.WebhookKind `json:"event"`
	Message    string          `json:"message,omitempty"`
	Until      time.Time       `json:"until,omitzero"`
	SentAt     time.Time       `json:"sent_at"`
}

// Sign is the signature of a notification's bytes under a key.
func Sign(key string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

// HandleWebhook implements sdk.WebhookHandler.
func (p *Provider) HandleWebhook(_ context.Context, req sdk.WebhookRequest) (sdk.WebhookAnswer, error) {
	key := req.Config[keyWebhook]
	if key == "" {
		return sdk.WebhookAnswer{}, sdk.Errorf(sdk.BadRequest, "no key for notifications is configured")
	}
	var signature string
	for name, values := range req.Headers {
		if http.CanonicalHeaderKey(name) == SignatureHeader && len(values) == 1 {
			signature = values[0]
		}
	}
	if !hmac.Equal([]byte(signature), []byte(Sign(key, req.Body))) {
		return sdk.WebhookAnswer{}, sdk.Errorf(sdk.BadRequest, "the notification's signature is not right")
	}
	var n Notification
	if err := json.Unmarshal(req.Body, &n); err != nil {
		return sdk.WebhookAnswer{}, sdk.Errorf(sdk.BadRequest, "the notification cannot be read: %w", err)
	}
	if age := req.Now.Sub(n.SentAt); age > freshFor || age < -freshFor {
		return sdk.WebhookAnswer{}, sdk.Errorf(sdk.BadRequest, "the notification is %s old", age.Round(time.Second))
	}
	switch n.Event {
	case sdk.WebhookUpdate, sdk.WebhookConsent, sdk.WebhookRevoked:
	default:
		return sdk.WebhookAnswer{}, nil // of a kind that this version does not know
	}
	event := sdk.WebhookEvent{ExternalID: n.Connection, Kind: n.Event, Message: n.Message, ConsentUntil: n.Until}
	return sdk.WebhookAnswer{Events: []sdk.WebhookEvent{event}}, nil
}
