package sdk

import (
	"encoding/json"
	"net/url"
	"regexp"
)

// shortestPart is the shortest text within a secret that is taken for one, in bytes.
const shortestPart = 12

// secretive are the names of what is secret within a connection's secret.
var secretive = regexp.MustCompile(`(?i)token|passw|secret|credential|cookie|session|api_?key|private|access_?url`)

// SecretParts finds within a connection's secret, or the state of a flow, what must
// not stand in a log, an error or a transaction: in JSON the texts of 12 bytes and
// more whose names say so, such as "refresh_token", and addresses with a password.
// It returns their names by the texts; none where it is no JSON. The rest, such as
// the numbers of accounts, may well be told.
func SecretParts(secret []byte) map[string]string {
	var value any
	found := map[string]string{}
	if json.Unmarshal(secret, &value) == nil {
		secretParts(value, "", found)
	}
	return found
}

func secretParts(value any, name string, into map[string]string) {
	switch v := value.(type) {
	case string:
		if len(v) >= shortestPart && (secretive.MatchString(name) || hasPassword(v)) {
			into[v] = name
		}
	case []any:
		for _, e := range v {
			secretParts(e, name, into)
		}
	case map[string]any:
		for key, e := range v {
			secretParts(e, key, into)
		}
	}
}

func hasPassword(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.User == nil {
		return false
	}
	_, has := u.User.Password()
	return has
}
