package emulator

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/girosync/girosync/plugins/sdk/rest"
)

// signingKey signs notifications.
type signingKey struct {
	ID      string    `json:"id"`
	Private []byte    `json:"private"` // DER
	Created time.Time `json:"created"`
	Expired time.Time `json:"expired,omitzero"`
}

func newKey(now time.Time) (*signingKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return &signingKey{ID: uuid(), Private: der, Created: now}, nil
}

func (k *signingKey) data() (map[string]any, error) {
	key, err := x509.ParseECPrivateKey(k.Private)
	if err != nil {
		return nil, err
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		return nil, err
	}
	encode := base64.RawURLEncoding.EncodeToString
	out := map[string]any{"alg": "ES256", "crv": "P-256", "kid": k.ID, "kty": "EC", "use": "sig", "x": encode(point[1:33]),
		"y": encode(point[33:]), "created_at": k.Created.Unix(), "expired_at": nil}
	if !k.Expired.IsZero() {
		out["expired_at"] = k.Expired.Unix()
	}
	return out, nil
}

// sign makes the token that proves a notification.
func (k *signingKey) sign(body []byte, now time.Time) (string, error) {
	key, err := x509.ParseECPrivateKey(k.Private)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(body)
	encode := base64.RawURLEncoding.EncodeToString
	head := fmt.Sprintf(`{"alg":"ES256","kid":%q,"typ":"JWT"}`, k.ID)
	claims := fmt.Sprintf(`{"iat":%d,"request_body_sha256":%q}`, now.Unix(), hex.EncodeToString(sum[:]))
	text := encode([]byte(head)) + "." + encode([]byte(claims))
	digest := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
	if err != nil {
		return "", err
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return text + "." + encode(signature), nil
}

// delivery is a notification on its way.
type delivery struct {
	address string
	token   string
	body    []byte
}

// Notification makes a notification of an item's as the service sends it: its body,
// and the token that proves it.
func (s *Server) Notification(itemID, kind, code string, more map[string]any) (body []byte, token string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.signed(itemID, kind, code, more)
}

func (s *Server) signed(itemID, kind, code string, more map[string]any) (body []byte, token string, err error) {
	content := map[string]any{"webhook_type": kind, "webhook_code": code, "item_id": itemID, "environment": "sandbox"}
	if code == "SYNC_UPDATES_AVAILABLE" {
		content["initial_update_complete"], content["historical_update_complete"] = true, true
	}
	for name, value := range more {
		content[name] = value
	}
	if body, err = json.Marshal(content); err != nil {
		return nil, "", err
	}
	token, err = s.state.Keys[len(s.state.Keys)-1].sign(body, s.clock.Now())
	return body, token, err
}

// notify puts a notification on its way, when the item has an address for it: it leaves
// once the request is answered inside, since who gets it asks for the key. Addresses
// elsewhere than on this machine are passed over.
func (s *Server) notify(i *item, kind, code string, more map[string]any) bool {
	u, err := url.Parse(i.Webhook)
	if err != nil || i.Webhook == "" || !rest.Loopback(u) {
		return false
	}
	body, token, err := s.signed(i.ID, kind, code, more)
	if err != nil {
		return false
	}
	s.leaving = append(s.leaving, delivery{i.Webhook, token, body})
	return true
}

// deliver sends what is on its way.
func deliver(ctx context.Context, list []delivery) {
	client := &http.Client{Timeout: 10 * time.Second}
	for _, d := range list {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, d.address, bytes.NewReader(d.body))
		if err != nil {
			continue
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Plaid-Verification", d.token)
		if response, err := client.Do(request); err == nil {
			response.Body.Close()
		}
	}
}

func (s *Server) getKey(body map[string]any) (any, *trouble) {
	id, _ := body["key_id"].(string)
	for _, k := range s.state.Keys {
		if k.ID == id {
			data, err := k.data()
			if err != nil {
				return nil, badKeyID
			}
			return map[string]any{"key": data}, nil
		}
	}
	return nil, badKeyID
}

// replaceKey is how the service changes the key that it signs with.
func (s *Server) replaceKey(w http.ResponseWriter, _ *http.Request) {
	made, err := newKey(s.clock.Now())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	s.state.Keys[len(s.state.Keys)-1].Expired = s.clock.Now()
	s.state.Keys = append(s.state.Keys, made)
}
