package emulator

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// newKey makes an application's private key, as PEM.
func newKey() (string, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return "", err
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})), nil
}

// readKey reads what newKey made.
func readKey(text string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, fmt.Errorf("the key is no PEM")
	}
	return x509.ParsePKCS1PrivateKey(block.Bytes)
}

// longestToken is for how long a token may be good.
const longestToken = 24 * time.Hour

// who checks a request's token; nil when it is good.
func (s *Server) who(r *http.Request) *trouble {
	bearer, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !found {
		return noToken
	}
	parts := strings.Split(bearer, ".")
	if len(parts) != 3 {
		return badToken
	}
	var head struct{ Typ, Alg, Kid string }
	var body struct {
		Iss, Aud string
		Iat, Exp int64
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || !decode(parts[0], &head) || !decode(parts[1], &body) {
		return badToken
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	key, err := readKey(s.state.Key)
	if err != nil || rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], signature) != nil {
		return badToken
	}
	long := time.Duration(body.Exp-body.Iat) * time.Second
	if head.Typ != "JWT" || head.Alg != "RS256" || head.Kid != s.state.Application || body.Iss != "enablebanking.com" ||
		body.Aud != "api.enablebanking.com" || long > longestToken || long <= 0 || time.Unix(body.Exp, 0).Before(s.clock.Now()) {
		return badToken
	}
	if s.state.Behaviour.Inactive {
		return denied
	}
	return nil
}

func decode(part string, into any) bool {
	text, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(text, into) == nil
}

// uuid makes an id of version 4.
func uuid() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // it never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
