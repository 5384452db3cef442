package rest

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// OAuth is how tokens are got (RFC 6749): the endpoint, and the client as which
// this host is known there.
type OAuth struct {
	// Path of the token endpoint, below the client's base URL.
	Path                   string
	ClientID, ClientSecret string
	// InForm: client id and secret stand in the form. Else they go by HTTP Basic,
	// or the id alone into the form when there is no secret.
	InForm bool
	// Form is added to every request, such as scope or audience.
	Form url.Values
	// Early is how long before its end a token is no longer used; 0 means a minute.
	Early time.Duration
	// Judge is what the endpoint's error codes mean where that differs from what
	// the standard says: invalid_grant is ConsentExpired, a client that is not
	// known is Internal. nil, or a nil answer, leaves it at that.
	Judge func(code, description string) *sdk.Error
}

// Tokens are what an endpoint gave. They are made to stand in the JSON of a
// connection's secret.
type Tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token,omitempty"`
	// Expires is when Access ends, by the host's clock; zero when it was not told.
	Expires time.Time `json:"expires,omitzero"`
}

// usable reports whether the access token serves for some time yet.
func (t Tokens) usable(now time.Time, early time.Duration) bool {
	return t.Access != "" && (t.Expires.IsZero() || now.Add(early).Before(t.Expires))
}

// Exchange asks a token endpoint for tokens by a form such as grant_type,
// code, redirect_uri and code_verifier. The request is made once: a code works once.
func (c *Client) Exchange(ctx context.Context, o OAuth, form url.Values) (Tokens, error) {
	all := url.Values{}
	for _, values := range []url.Values{o.Form, form} {
		for name, list := range values {
			all[name] = slices.Clone(list)
		}
	}
	request := Request{Method: http.MethodPost, Path: o.Path, Form: all,
		authorise: func(*http.Request) error { return nil },
		judge:     func(a Answer) *sdk.Error { return c.judgeGrant(o, a) }}
	if o.InForm || o.ClientSecret == "" {
		all.Set("client_id", o.ClientID)
		if o.ClientSecret != "" {
			all.Set("client_secret", o.ClientSecret)
		}
	} else {
		request.authorise = Basic(url.QueryEscape(o.ClientID), url.QueryEscape(o.ClientSecret))
	}
	c.secrets.Add(o.ClientSecret)
	var told struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
		Lasts   Number `json:"expires_in"`
	}
	answer, err := c.Do(ctx, request)
	if err != nil {
		return Tokens{}, err
	}
	if err := answer.Decode(&told); err != nil || told.Access == "" {
		return Tokens{}, c.failure(sdk.Internal, textUnreadable, err)
	}
	c.secrets.Add(told.Access, told.Refresh)
	tokens := Tokens{Access: told.Access, Refresh: told.Refresh}
	if lasts := seconds(told.Lasts.String()); lasts > 0 {
		tokens.Expires = c.now().Add(lasts).Round(0)
	}
	return tokens, nil
}

// judgeGrant is what a token endpoint's answer means.
func (c *Client) judgeGrant(o OAuth, a Answer) *sdk.Error {
	var told struct {
		Code        string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(a.Body, &told) != nil || told.Code == "" {
		return nil
	}
	if o.Judge != nil {
		if e := o.Judge(told.Code, told.Description); e != nil {
			return e
		}
	}
	status := strconv.Itoa(a.Status)
	switch told.Code {
	case "invalid_grant", "access_denied":
		return &sdk.Error{Kind: sdk.ConsentExpired, Message: c.say(textGrantEnded)}
	case "invalid_client", "unauthorized_client":
		return &sdk.Error{Kind: sdk.Internal, Message: c.say(textClientRefused)}
	case "temporarily_unavailable", "server_error":
		return &sdk.Error{Kind: sdk.BankUnavailable, Message: c.say(textTrouble, "status", status)}
	case "slow_down":
		return &sdk.Error{Kind: sdk.RateLimited, Message: c.say(textTooMany)}
	}
	return &sdk.Error{Kind: sdk.Internal, Message: c.say(textUnexpected, "status", status) + " " + told.Code}
}
