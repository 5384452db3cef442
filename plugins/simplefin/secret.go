package simplefin

import (
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

// secret is all that a connection remembers, as JSON.
type secret struct {
	AccessURL string `json:"access_url"` // with user and password
	// Quiet is until when the server is not asked, after it warned of too many requests.
	Quiet time.Time `json:"quiet_until,omitzero"`
	// Warning is what it said, tidied.
	Warning string `json:"warning,omitempty"`
}

// secretFrom reads what seal wrote; anything else is ConsentExpired, since only
// a new setup token helps.
func secretFrom(call sdk.Call) (secret, error) {
	var s secret
	if err := json.Unmarshal(call.Secret, &s); err == nil {
		if _, err := accessFrom(s.AccessURL); err == nil {
			return s, nil
		}
	}
	return secret{}, sdk.Errorf(sdk.ConsentExpired, "%s", say(call.Language, textUnreadable))
}

func (s secret) seal() ([]byte, error) {
	sealed, err := json.Marshal(s)
	if err != nil {
		return nil, sdk.Errorf(sdk.Internal, "writing the connection's secret: %w", err)
	}
	return sealed, nil
}

// access is an access URL in its parts.
type access struct {
	base           string // without user and password
	user, password string
	host           string
}

// notAccess: a text is no access URL. It says nothing of the text.
type notAccess struct{}

// Error says so.
func (notAccess) Error() string { return "it is no access URL" }

// accessFrom reads an access URL.
func accessFrom(text string) (access, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Host == "" || u.User == nil || u.RawQuery != "" || u.Fragment != "" || !rest.Reachable(u) {
		return access{}, notAccess{}
	}
	a := access{user: u.User.Username(), host: u.Host}
	a.password, _ = u.User.Password()
	if a.user == "" || a.password == "" {
		return access{}, notAccess{}
	}
	u.User = nil
	a.base = strings.TrimRight(u.String(), "/")
	return a, nil
}
