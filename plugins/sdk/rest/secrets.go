package rest

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// Blot stands where a secret was.
const Blot = "•••"

const (
	// minSecret is the shortest value that is blotted out, minName the shortest
	// user name: shorter ones would tear harmless words apart.
	minSecret = 4
	minName   = 8
)

// Secrets are values that must not show. The zero value knows none; it may be
// used from several goroutines.
type Secrets struct {
	mu       sync.Mutex
	known    []string // longest first
	replacer *strings.Replacer
}

// Add remembers values. Those of fewer than four bytes are not.
func (s *Secrets) Add(values ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, value := range values {
		for _, form := range forms(value) {
			if len(form) >= minSecret && !slices.Contains(s.known, form) {
				s.known = append(s.known, form)
				s.replacer = nil
			}
		}
	}
}

// forms are the ways in which a value can stand in a text: as it is, in a URL, in JSON.
func forms(value string) []string {
	all := []string{value, url.QueryEscape(value), url.PathEscape(value)}
	if quoted, err := json.Marshal(value); err == nil {
		all = append(all, string(quoted[1:len(quoted)-1]))
	}
	return all
}

// Clean returns a text with every known value blotted out.
func (s *Secrets) Clean(text string) string {
	s.mu.Lock()
	if s.replacer == nil {
		slices.SortFunc(s.known, func(a, b string) int { return len(b) - len(a) })
		pairs := make([]string, 0, 2*len(s.known))
		for _, value := range s.known {
			pairs = append(pairs, value, Blot)
		}
		s.replacer = strings.NewReplacer(pairs...)
	}
	replacer := s.replacer
	s.mu.Unlock()
	return replacer.Replace(text)
}

// names are those of headers, query values and fields whose values are secret.
type names map[string]bool

// newNames knows what is commonly secret, and what a provider adds.
func newNames(more []string) names {
	n := names{}
	for _, name := range append([]string{
		"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key", "apikey", "api_key",
		"access_token", "refresh_token", "id_token", "token", "client_secret", "secret", "password", "passwd", "pin",
		"code", "code_verifier", "assertion", "client_assertion", "signature", "x-signature", "x-auth-token",
	}, more...) {
		n[strings.ToLower(name)] = true
	}
	return n
}

func (n names) secret(name string) bool { return n[strings.ToLower(name)] }

// SecretNames lists the names of headers, query values and fields that every
// client takes for secret, in lower case and in order.
func SecretNames() []string {
	list := make([]string, 0, 32)
	for name := range newNames(nil) {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// learn remembers the secrets that a request carries.
func (c *Client) learn(r *http.Request) {
	for name, values := range r.Header {
		if !c.service.known.secret(name) {
			continue
		}
		for _, value := range values {
			c.secrets.Add(value)
			if scheme, credentials, ok := strings.Cut(value, " "); ok {
				c.secrets.Add(credentials)
				c.learnBasic(scheme, credentials)
			}
		}
	}
	for name, values := range r.URL.Query() {
		if c.service.known.secret(name) {
			c.secrets.Add(values...)
		}
	}
}

// learnBody remembers the secrets in a request's form or JSON.
func (c *Client) learnBody(p *prepared) {
	for name, values := range p.Form {
		if c.service.known.secret(name) {
			c.secrets.Add(values...)
		}
	}
	var value any
	if p.JSON != nil && json.Unmarshal(p.body, &value) == nil {
		c.learnFields("", value)
	}
}

// learnFields remembers the texts in fields with secret names.
func (c *Client) learnFields(name string, value any) {
	switch v := value.(type) {
	case string:
		if c.service.known.secret(name) {
			c.secrets.Add(v)
		}
	case []any:
		for _, one := range v {
			c.learnFields(name, one)
		}
	case map[string]any:
		for key, one := range v {
			c.learnFields(key, one)
		}
	}
}

// learnBasic remembers the user and the password of HTTP Basic.
func (c *Client) learnBasic(scheme, credentials string) {
	plain, err := base64.StdEncoding.DecodeString(credentials)
	if err != nil || !strings.EqualFold(scheme, "Basic") {
		return
	}
	user, password, _ := strings.Cut(string(plain), ":")
	c.secrets.Add(password)
	if len(user) >= minName {
		c.secrets.Add(user)
	}
}

// bare is an error of net/http without the addresses in front of it.
func bare(err error) error {
	for {
		var told *url.Error
		if !errors.As(err, &told) {
			return err
		}
		err = told.Err
	}
}
