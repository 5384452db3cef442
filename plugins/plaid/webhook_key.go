package plaid

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/big"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// Bounds of what proves a notification, by Plaid's document where it has them.
const (
	longestToken = 8 << 10         // bytes
	oldestToken  = 5 * time.Minute // since it was made; also ahead, for clocks that differ
	keyTime      = 24 * time.Hour  // after which a key is asked for again
	mostKeys     = 64
	// mostAsked is how often in a minute unknown keys are asked for: who makes up names
	// of keys does not make this host ask Plaid without end.
	mostAsked = 20
)

// nameOfKey is how Plaid names keys.
var nameOfKey = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`)

// token is a JSON Web Token (RFC 7519) that proves a notification.
type token struct {
	key       string // its name
	signed    string // what the signature is of
	signature []byte
	made      time.Time
	body      [sha256.Size]byte // of the notification
}

// parse reads a token; only the one algorithm that Plaid uses is taken.
func parse(text string) (t token, err error) {
	bad := errors.New("the token has another form")
	parts := strings.Split(text, ".")
	if len(text) > longestToken || len(parts) != 3 {
		return t, bad
	}
	var head struct {
		Algorithm string `json:"alg"`
		Key       string `json:"kid"`
	}
	var claims struct {
		Made int64  `json:"iat"`
		Body string `json:"request_body_sha256"`
	}
	if !decode(parts[0], &head) || !decode(parts[1], &claims) || head.Algorithm != "ES256" || !nameOfKey.MatchString(head.Key) {
		return t, bad
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || len(signature) != 2*coordinate {
		return t, bad
	}
	sum, err := hex.DecodeString(claims.Body)
	if err != nil || len(sum) != sha256.Size {
		return t, bad
	}
	return token{key: head.Key, signed: parts[0] + "." + parts[1], signature: signature, made: time.Unix(claims.Made, 0),
		body: [sha256.Size]byte(sum)}, nil
}

func decode(part string, into any) bool {
	text, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(text, into) == nil
}

// verify holds a notification against the token that came with it; BadRequest when
// it is not Plaid's. What costs a request comes last.
func (p *Provider) verify(ctx context.Context, s *session, req sdk.WebhookRequest) error {
	unsigned := sdk.Errorf(sdk.BadRequest, "%s", say(req.Language, textUnsigned))
	header := http.Header{}
	for name, values := range req.Headers {
		header[http.CanonicalHeaderKey(name)] = values
	}
	t, err := parse(header.Get("Plaid-Verification"))
	if err != nil || len(req.Body) > longestBody {
		return unsigned
	}
	sum := sha256.Sum256(req.Body)
	age := req.Now.Sub(t.made)
	if subtle.ConstantTimeCompare(sum[:], t.body[:]) != 1 || age > oldestToken || age < -oldestToken {
		return unsigned
	}
	key, err := p.keys.get(ctx, s, t.key)
	if err != nil {
		return err
	}
	if key == nil || !key.good(t) {
		return unsigned
	}
	return nil
}

// coordinate is the length of one number of a signature, or a point, of P-256.
const coordinate = 32

// publicKey is one of Plaid's (RFC 7517).
type publicKey struct {
	key   *ecdsa.PublicKey
	asked time.Time // when Plaid told it
	ends  time.Time // zero: not known
}

// usable reports whether a key was told not long ago, and is not over. The clock may
// have been set back since.
func (k *publicKey) usable(now time.Time) bool {
	age := now.Sub(k.asked)
	return age <= keyTime && age >= -keyTime && (k.ends.IsZero() || now.Before(k.ends))
}

// good reports whether a token is signed by the key.
func (k *publicKey) good(t token) bool {
	sum := sha256.Sum256([]byte(t.signed))
	r, s := new(big.Int).SetBytes(t.signature[:coordinate]), new(big.Int).SetBytes(t.signature[coordinate:])
	return ecdsa.Verify(k.key, sum[:], r, s)
}

// jwk is a key as Plaid tells it.
type jwk struct {
	Algorithm string `json:"alg"`
	Type      string `json:"kty"`
	Curve     string `json:"crv"`
	Name      string `json:"kid"`
	X         string `json:"x"`
	Y         string `json:"y"`
	Expired   *int64 `json:"expired_at"` // Unix seconds
}

// read makes the key usable; nil when it is none, is another, or is over.
func (j jwk) read(name string, now time.Time) *publicKey {
	x, err1 := base64.RawURLEncoding.DecodeString(j.X)
	y, err2 := base64.RawURLEncoding.DecodeString(j.Y)
	if err1 != nil || err2 != nil || len(x) != coordinate || len(y) != coordinate || j.Algorithm != "ES256" || j.Type != "EC" ||
		j.Curve != "P-256" || j.Name != name {
		return nil
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
	if err != nil {
		return nil
	}
	made := &publicKey{key: key, asked: now}
	if j.Expired != nil {
		made.ends = time.Unix(*j.Expired, 0)
	}
	if !made.usable(now) {
		return nil
	}
	return made
}

// keyRing keeps Plaid's public keys for a day. The zero value is ready.
type keyRing struct {
	mu    sync.Mutex
	known map[string]*publicKey // by account at Plaid and name
	asked []time.Time           // when keys were asked for, in the last minute
}

// get returns a key; nil when Plaid knows none of that name, or it is over. An error is
// Plaid's trouble, or a limit of this package's own.
func (k *keyRing) get(ctx context.Context, s *session, name string) (*publicKey, error) {
	at := s.config.api.String() + " " + s.config.client + " " + name
	now := s.call.Now
	if found := k.find(at, now); found != nil {
		return found, nil
	}
	if !k.knows(at) && !k.mayAsk(now) { // who makes up names keeps no known key from being renewed
		return nil, &sdk.Error{Kind: sdk.RateLimited, Message: say(s.call.Language, textTooMany), Until: now.Add(time.Minute)}
	}
	var told struct {
		Key jwk `json:"key"`
	}
	_, err := s.read(ctx, "webhook_verification_key/get", map[string]string{"key_id": name}, &told)
	switch kind := sdk.KindOf(err); {
	case kind == sdk.BadRequest:
		return nil, nil
	case err != nil:
		return nil, err
	}
	read := told.Key.read(name, now)
	if read != nil {
		k.keep(at, read)
	}
	return read, nil
}

// find returns a key that can still be used; nil for none.
func (k *keyRing) find(at string, now time.Time) *publicKey {
	k.mu.Lock()
	defer k.mu.Unlock()
	found := k.known[at]
	if found == nil || !found.usable(now) {
		return nil
	}
	return found
}

// knows reports whether Plaid told a key of that name before, however long ago.
func (k *keyRing) knows(at string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.known[at] != nil
}

// mayAsk notes that a key is asked for, unless that was done too often.
func (k *keyRing) mayAsk(now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	recent := k.asked[:0]
	for _, at := range k.asked {
		if age := now.Sub(at); age < time.Minute && age > -time.Minute {
			recent = append(recent, at)
		}
	}
	k.asked = recent
	if len(recent) >= mostAsked {
		return false
	}
	k.asked = append(k.asked, now)
	return true
}

// keep remembers a key, and forgets others when there are too many.
func (k *keyRing) keep(at string, key *publicKey) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.known == nil || len(k.known) >= mostKeys {
		k.known = map[string]*publicKey{}
	}
	k.known[at] = key
}
