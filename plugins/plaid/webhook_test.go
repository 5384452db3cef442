package plaid_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// notified is what the provider makes of a notification.
func (r *rig) notified(body []byte, token string) (sdk.WebhookAnswer, error) {
	handler, _ := sdk.As[sdk.WebhookHandler](r.provider)
	call := r.call()
	call.Secret = nil // the host does not know yet whose it is
	return handler.HandleWebhook(r.t.Context(), sdk.WebhookRequest{Call: call, Method: "POST", Path: "/webhook/plaid", Body: body,
		Headers: map[string][]string{"plaid-verification": {token}, "Content-Type": {"application/json"}}})
}

// notification is one of the stand-in's.
func (r *rig) notification(kind, code string, more map[string]any) ([]byte, string) {
	r.t.Helper()
	body, token, err := r.stand.Notification("item-1", kind, code, more)
	if err != nil {
		r.t.Fatal(err)
	}
	return body, token
}

// What Plaid tells, and what a host has to do.
func TestNotifications(t *testing.T) {
	r := newRig(t, "")
	trouble := func(code string) map[string]any {
		return map[string]any{"error": map[string]any{"error_type": "ITEM_ERROR", "error_code": code, "error_message": "x"}}
	}
	for _, test := range []struct {
		kind, code string
		more       map[string]any
		want       sdk.WebhookKind
		words      string
	}{
		{"TRANSACTIONS", "SYNC_UPDATES_AVAILABLE", nil, sdk.WebhookUpdate, ""},
		{"TRANSACTIONS", "INITIAL_UPDATE", nil, sdk.WebhookUpdate, ""},
		{"TRANSACTIONS", "HISTORICAL_UPDATE", nil, sdk.WebhookUpdate, ""},
		{"TRANSACTIONS", "DEFAULT_UPDATE", nil, sdk.WebhookUpdate, ""},
		{"TRANSACTIONS", "TRANSACTIONS_REMOVED", map[string]any{"removed_transactions": []string{"x"}}, sdk.WebhookUpdate, ""},
		{"TRANSACTIONS", "RECURRING_TRANSACTIONS_UPDATE", nil, "", ""},
		{"ITEM", "LOGIN_REPAIRED", nil, sdk.WebhookUpdate, ""},
		{"ITEM", "NEW_ACCOUNTS_AVAILABLE", map[string]any{"error": nil}, sdk.WebhookUpdate, "further accounts"},
		{"ITEM", "PENDING_DISCONNECT", nil, sdk.WebhookConsent, "about to end"},
		{"ITEM", "PENDING_EXPIRATION", nil, sdk.WebhookConsent, "about to end"},
		{"ITEM", "USER_PERMISSION_REVOKED", nil, sdk.WebhookRevoked, "taken back"},
		{"ITEM", "USER_ACCOUNT_REVOKED", nil, sdk.WebhookRevoked, "taken back"},
		{"ITEM", "ERROR", trouble("ITEM_LOGIN_REQUIRED"), sdk.WebhookConsent, "log in again"},
		{"ITEM", "ERROR", trouble("ITEM_LOCKED"), sdk.WebhookConsent, "locked"},
		{"ITEM", "ERROR", trouble("USER_PERMISSION_REVOKED"), sdk.WebhookRevoked, "taken back"},
		{"ITEM", "ERROR", trouble("ITEM_NOT_FOUND"), sdk.WebhookRevoked, "does not know"},
		{"ITEM", "ERROR", trouble("INSTITUTION_DOWN"), "", ""},
		{"ITEM", "ERROR", map[string]any{"error": nil}, "", ""},
		{"ITEM", "WEBHOOK_UPDATE_ACKNOWLEDGED", nil, "", ""},
		{"ITEM", "SOMETHING_NEW", nil, "", ""},
		{"LINK", "SESSION_FINISHED", map[string]any{"public_tokens": []string{"x"}}, "", ""},
		{"TRANSACTIONS", "SYNC_UPDATES_AVAILABLE", map[string]any{"item_id": ""}, "", ""},
		{"TRANSACTIONS", "SYNC_UPDATES_AVAILABLE", map[string]any{"item_id": strings.Repeat("x", 201)}, "", ""},
	} {
		answer, err := r.notified(r.notification(test.kind, test.code, test.more))
		if err != nil || answer.Status != 0 {
			t.Errorf("%s %s: %+v, %v", test.kind, test.code, answer, err)
			continue
		}
		if test.want == "" {
			if len(answer.Events) != 0 {
				t.Errorf("%s %s: %+v", test.kind, test.code, answer.Events)
			}
			continue
		}
		if len(answer.Events) != 1 || answer.Events[0].Kind != test.want || answer.Events[0].ExternalID != "item-1" ||
			!strings.Contains(answer.Events[0].Message, test.words) || (test.words == "") != (answer.Events[0].Message == "") {
			t.Errorf("%s %s: %+v", test.kind, test.code, answer.Events)
		}
	}
	if n := r.asked("/webhook_verification_key/get"); n != 1 {
		t.Errorf("the key was asked for %d times", n)
	}
}

// Until when a connection works is told with the news that it is about to end.
func TestNotifiedAhead(t *testing.T) {
	r := newRig(t, "")
	for _, test := range []struct {
		code string
		more map[string]any
		want time.Time
	}{
		{"PENDING_EXPIRATION", map[string]any{"consent_expiration_time": "2026-03-24T13:25:17.766Z"},
			time.Date(2026, 3, 24, 13, 25, 17, 766e6, time.UTC)},
		{"PENDING_DISCONNECT", map[string]any{"disconnect_time": "2026-03-20T00:00:00Z", "reason": "INSTITUTION_MIGRATION"},
			time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC)},
		{"PENDING_DISCONNECT", nil, noon.Add(7 * 24 * time.Hour)},
		{"ERROR", map[string]any{"error": map[string]any{"error_type": "ITEM_ERROR", "error_code": "ITEM_LOGIN_REQUIRED"}}, time.Time{}},
	} {
		answer, err := r.notified(r.notification("ITEM", test.code, test.more))
		if err != nil || len(answer.Events) != 1 || !answer.Events[0].ConsentUntil.Equal(test.want) {
			t.Errorf("%s: %+v, %v", test.code, answer.Events, err)
		}
	}
}

// A notification reaches the address that was given with the connection, and is the
// connection's.
func TestFiredWebhook(t *testing.T) {
	r := newRig(t, "ins_11")
	type sent struct {
		token string
		body  []byte
	}
	came := make(chan sent, 1)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			t.Error(err)
		}
		came <- sent{request.Header.Get("Plaid-Verification"), body}
	}))
	defer receiver.Close()
	r.webhook = receiver.URL + "/webhook/plaid"
	c := r.connect(sdk.FlowConnect)
	for code, kind := range map[string]sdk.WebhookKind{"SYNC_UPDATES_AVAILABLE": sdk.WebhookUpdate, "ERROR": sdk.WebhookConsent,
		"USER_PERMISSION_REVOKED": sdk.WebhookRevoked} {
		r.api("/sandbox/item/fire_webhook", map[string]any{"access_token": r.access(), "webhook_code": code})
		s := <-came
		answer, err := r.notified(s.body, s.token)
		if err != nil || len(answer.Events) != 1 || answer.Events[0].ExternalID != c.ExternalID || answer.Events[0].Kind != kind {
			t.Errorf("%s: %+v, %v", code, answer, err)
		}
	}
}

// What Plaid did not sign is refused.
func TestForged(t *testing.T) {
	r := newRig(t, "")
	body, token := r.notification("TRANSACTIONS", "SYNC_UPDATES_AVAILABLE", nil)
	if _, err := r.notified(body, token); err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(token, ".")
	encode := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	head, _ := base64.RawURLEncoding.DecodeString(parts[0])
	kid := string(head)[strings.Index(string(head), `"kid":"`)+7:][:36]
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sign := func(head, claims string) string {
		text := encode(head) + "." + encode(claims)
		digest := sha256.Sum256([]byte(text))
		one, two, err := ecdsa.Sign(rand.Reader, own, digest[:])
		if err != nil {
			t.Fatal(err)
		}
		signature := make([]byte, 64)
		one.FillBytes(signature[:32])
		two.FillBytes(signature[32:])
		return text + "." + base64.RawURLEncoding.EncodeToString(signature)
	}
	sum := sha256.Sum256(body)
	claims := fmt.Sprintf(`{"iat":%d,"request_body_sha256":"%s"}`, noon.Unix(), hex.EncodeToString(sum[:]))
	for name, forged := range map[string]string{
		"no token":           "",
		"no JSON":            "a.b.c",
		"four parts":         token + ".x",
		"no signature":       parts[0] + "." + parts[1] + ".",
		"another signature":  parts[0] + "." + parts[1] + "." + base64.RawURLEncoding.EncodeToString(make([]byte, 64)),
		"of another length":  parts[0] + "." + parts[1] + "." + base64.RawURLEncoding.EncodeToString(make([]byte, 63)),
		"other claims":       parts[0] + "." + encode(claims+" ") + "." + parts[2],
		"none":               encode(`{"alg":"none","kid":"`+kid+`"}`) + "." + parts[1] + "." + parts[2],
		"HS256":              encode(`{"alg":"HS256","kid":"`+kid+`"}`) + "." + parts[1] + "." + parts[2],
		"ES384":              encode(`{"alg":"ES384","kid":"`+kid+`"}`) + "." + parts[1] + "." + parts[2],
		"another's key":      sign(`{"alg":"ES256","kid":"`+kid+`"}`, claims),
		"an unknown key":     sign(`{"alg":"ES256","kid":"made-up"}`, claims),
		"a key of no name":   sign(`{"alg":"ES256"}`, claims),
		"a key that leads":   sign(`{"alg":"ES256","kid":"../../item/remove"}`, claims),
		"a hash of no bytes": sign(`{"alg":"ES256","kid":"`+kid+`"}`, `{"iat":1,"request_body_sha256":"zz"}`),
		"endless":            strings.Repeat("x", 9000) + "." + parts[1] + "." + parts[2],
	} {
		_, err := r.notified(body, forged)
		if sdk.KindOf(err) != sdk.BadRequest {
			t.Errorf("%s: %v", name, err)
		}
	}
	point, err := own.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	raw := base64.RawURLEncoding.EncodeToString
	key := map[string]any{"alg": "ES256", "kty": "EC", "crv": "P-256", "kid": "own", "x": raw(point[1:33]), "y": raw(point[33:])}
	r.told("/webhook_verification_key/get", 200, map[string]any{"key": key})
	for _, algorithm := range []string{"ES256", "ES384", "none", "HS256", ""} { // the first makes the key known
		_, err := r.notified(body, sign(`{"alg":"`+algorithm+`","kid":"own"}`, claims))
		if (err == nil) != (algorithm == "ES256") {
			t.Errorf("well signed, and said to be by %q: %v", algorithm, err)
		}
	}
	if _, err := r.notified(append(body, ' '), token); sdk.KindOf(err) != sdk.BadRequest {
		t.Errorf("another body: %v", err)
	}
	if _, err := r.notified(make([]byte, 300<<10), token); sdk.KindOf(err) != sdk.BadRequest {
		t.Errorf("a large body: %v", err)
	}
}

// A token is good for five minutes by the host's clock, before and after.
func TestOldNotification(t *testing.T) {
	r := newRig(t, "")
	body, token := r.notification("TRANSACTIONS", "SYNC_UPDATES_AVAILABLE", nil)
	for by, good := range map[time.Duration]bool{0: true, 5 * time.Minute: true, -5 * time.Minute: true, 5*time.Minute + time.Second: false,
		-5*time.Minute - time.Second: false, 24 * time.Hour: false} {
		r.clock.Advance(by)
		if _, err := r.notified(body, token); (err == nil) != good {
			t.Errorf("after %s: %v", by, err)
		}
		r.clock.Advance(-by)
	}
}

// A key that Plaid has replaced is taken no more than a day on from what was told of it,
// and a new one at once.
func TestKeysAreReplaced(t *testing.T) {
	r := newRig(t, "")
	if _, err := r.notified(r.notification("ITEM", "LOGIN_REPAIRED", nil)); err != nil {
		t.Fatal(err)
	}
	old, oldToken := r.notification("ITEM", "LOGIN_REPAIRED", nil)
	r.post("/bank/keys", "")
	if _, err := r.notified(r.notification("ITEM", "LOGIN_REPAIRED", nil)); err != nil || r.asked("/webhook_verification_key/get") != 2 {
		t.Errorf("with the new key: %v", err)
	}
	r.anew() // without keys
	if _, err := r.notified(old, oldToken); sdk.KindOf(err) != sdk.BadRequest {
		t.Errorf("with the old key: %v", err)
	}
	r.clock.Advance(25 * time.Hour)
	if _, err := r.notified(r.notification("ITEM", "LOGIN_REPAIRED", nil)); err != nil {
		t.Error(err)
	}
	before := r.asked("/webhook_verification_key/get")
	r.clock.Advance(25 * time.Hour)
	_, err := r.notified(r.notification("ITEM", "LOGIN_REPAIRED", nil))
	if err != nil || r.asked("/webhook_verification_key/get") != before+1 {
		t.Errorf("a day later: %v", err)
	}
}

// Who makes up names of keys does not make this host ask Plaid without end, and what
// keys Plaid tells has to be of the one kind.
func TestKeysAreBounded(t *testing.T) {
	r := newRig(t, "")
	body, _ := r.notification("ITEM", "LOGIN_REPAIRED", nil)
	sum := sha256.Sum256(body)
	encode := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	forged := func(kid string) string {
		return encode(`{"alg":"ES256","kid":"`+kid+`"}`) + "." + encode(fmt.Sprintf(`{"iat":%d,"request_body_sha256":"%x"}`,
			r.clock.Now().Unix(), sum)) + "." + base64.RawURLEncoding.EncodeToString(make([]byte, 64))
	}
	genuine, proof := r.notification("ITEM", "LOGIN_REPAIRED", nil)
	if _, err := r.notified(genuine, proof); err != nil {
		t.Fatal(err)
	}
	before := r.asked("/webhook_verification_key/get")
	limited := 0
	for n := range 50 {
		_, err := r.notified(body, forged(fmt.Sprint("key-", n)))
		if sdk.KindOf(err) == sdk.RateLimited {
			limited++
		}
	}
	// the first true one has used one of twenty
	if n := r.asked("/webhook_verification_key/get") - before; n != 19 || limited != 31 {
		t.Errorf("asked %d times, limited %d times", n, limited)
	}
	r.clock.Advance(25 * time.Hour) // the known key has to be asked for again, in the middle of a flood
	for n := range 50 {
		if _, err := r.notified(body, forged(fmt.Sprint("later-", n))); err == nil {
			t.Fatal("a forged one is taken")
		}
	}
	genuine, proof = r.notification("ITEM", "LOGIN_REPAIRED", nil)
	if _, err := r.notified(genuine, proof); err != nil {
		t.Errorf("a true one during a flood of made-up names: %v", err)
	}
	body, _ = r.notification("ITEM", "LOGIN_REPAIRED", nil)
	sum = sha256.Sum256(body)
	r.clock.Advance(time.Minute)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	zero := base64.RawURLEncoding.EncodeToString(make([]byte, 32))
	for name, key := range map[string]map[string]any{
		"another name":  {"alg": "ES256", "kty": "EC", "crv": "P-256", "kid": "other", "x": zero, "y": zero},
		"no point":      {"alg": "ES256", "kty": "EC", "crv": "P-256", "kid": "k", "x": zero, "y": zero},
		"too short":     {"alg": "ES256", "kty": "EC", "crv": "P-256", "kid": "k", "x": "AA", "y": "AA"},
		"another curve": {"alg": "ES256", "kty": "EC", "crv": "P-384", "kid": "k", "x": zero, "y": zero},
		"RSA":           {"alg": "RS256", "kty": "RSA", "kid": "k", "n": encode(other.N.String()), "e": "AQAB"},
		"nothing":       {},
	} {
		r.told("/webhook_verification_key/get", 200, map[string]any{"key": key})
		if _, err := r.notified(body, forged("k")); sdk.KindOf(err) != sdk.BadRequest {
			t.Errorf("%s: %v", name, err)
		}
	}
	r.told("/webhook_verification_key/get", 400, map[string]any{"error_type": "INVALID_INPUT", "error_code": "INVALID_API_KEYS"})
	if _, err := r.notified(body, forged("k")); sdk.KindOf(err) != sdk.Internal {
		t.Errorf("a wrong client: %v", err)
	}
}
