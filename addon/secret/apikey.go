package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"io"
	"math/big"
	"strings"
)

// APIKey is a key that stands for its owner's password in calls. Its text is
// "gs_" and 43 letters and digits (32 random bytes in base 62).
//
// So much randomness needs no slow hash: what is stored is its SHA-256, and an
// index that finds the row.
type APIKey struct{ text string }

const (
	apiKeyPrefix  = "gs_"
	apiKeyLetters = 43 // 62^43 > 2^256
	indexLetters  = 8  // after the prefix; 43-8 letters stay secret
)

// NewAPIKey makes a new key.
func NewAPIKey() (APIKey, error) {
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return APIKey{}, fmt.Errorf("API key: %w", err)
	}
	// big.Int writes base 62 with the digits 0-9, a-z, A-Z.
	digits := new(big.Int).SetBytes(raw).Text(62)
	return APIKey{apiKeyPrefix + strings.Repeat("0", apiKeyLetters-len(digits)) + digits}, nil
}

// Text is the key itself: show it once, store it nowhere.
func (k APIKey) Text() string { return k.text }

// Format prints the key's beginning only, whatever the verb, so that no log
// shows the key.
func (k APIKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.Index()+"…") }

// Index is the key's beginning, by which its row is found; it is no secret.
func (k APIKey) Index() string { return APIKeyIndex(k.text) }

// Hash is what to store, as hexadecimal digits; see [VerifyAPIKey].
func (k APIKey) Hash() string { return hashAPIKey(k.text) }

func hashAPIKey(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// LooksLikeAPIKey reports whether text has the form of a key, so that it is
// worth looking up.
func LooksLikeAPIKey(text string) bool {
	digits, ok := strings.CutPrefix(text, apiKeyPrefix)
	if !ok || len(digits) != apiKeyLetters {
		return false
	}
	return strings.Trim(digits, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// APIKeyIndex returns the index of the key with this text, "" if it is none.
func APIKeyIndex(text string) string {
	if !LooksLikeAPIKey(text) {
		return ""
	}
	return text[:len(apiKeyPrefix)+indexLetters]
}

// VerifyAPIKey reports whether hash was made from the key with this text, in
// the same time whether or how far they differ.
func VerifyAPIKey(text, hash string) bool {
	return LooksLikeAPIKey(text) && subtle.ConstantTimeCompare([]byte(hashAPIKey(text)), []byte(hash)) == 1
}
