package enablebanking

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

const shortestKey = 2048 // bits

// privateKey reads an RSA key as PEM, in either of the usual forms. Its error
// says nothing of the key.
func privateKey(text string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("there is no PEM block in it")
	}
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		any, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return nil, errors.New("it cannot be read; a key with a password cannot be used")
		}
		var ok bool
		if key, ok = any.(*rsa.PrivateKey); !ok {
			return nil, errors.New("it is a key of another kind")
		}
	}
	if key.N.BitLen() < shortestKey {
		return nil, errors.New("it is too short")
	}
	return key, nil
}

// A token is good for a quarter of an hour, and from a little before it was made:
// the service's clock is not ours. The service allows 24 hours.
const (
	tokenTime = 15 * time.Minute
	clockSlip = time.Minute
)

// token is the application's JSON Web Token (RFC 7519), signed by RS256.
func (c config) token(now time.Time) (string, error) {
	head, err := json.Marshal(map[string]string{"typ": "JWT", "alg": "RS256", "kid": c.application})
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(map[string]any{"iss": "enablebanking.com", "aud": "api.enablebanking.com",
		"iat": now.Add(-clockSlip).Unix(), "exp": now.Add(tokenTime).Unix()})
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	text := encode(head) + "." + encode(body)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, c.private, crypto.SHA256, sum[:])
	if err != nil {
		return "", err
	}
	return text + "." + encode(signature), nil
}

// authorise signs a token for the call's requests, and another once half of its time
// is over: a call may outlast a token.
func (c config) authorise(call sdk.Call) func(*http.Request) error {
	var (
		mu     sync.Mutex
		token  string
		signed time.Duration // how long the call had taken
	)
	began := time.Now()
	return func(r *http.Request) error {
		mu.Lock()
		defer mu.Unlock()
		if took := time.Since(began); token == "" || took-signed > tokenTime/2 {
			fresh, err := c.token(call.Now.Add(took))
			if err != nil {
				return err
			}
			token, signed = fresh, took
		}
		r.Header.Set("Authorization", "Bearer "+token)
		return nil
	}
}
