package simplefin

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

// fieldToken is the field of the form into which the setup token goes.
const fieldToken = "setup_token"

// claimURL reads a setup token as somebody pasted it: with blanks, broken into
// lines, in either alphabet of base64, padded or not. What it is not is said to
// the user, on the field.
func claimURL(pasted string, cfg config, language string) (*url.URL, error) {
	token := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, pasted)
	wrong := func(t text, values ...any) (*url.URL, error) {
		return nil, sdk.FieldErrorf(fieldToken, say(language, t), values...)
	}
	switch {
	case token == "":
		return wrong(textNoToken)
	case strings.Contains(token, "://"):
		return wrong(textIsAddress)
	}
	token = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(token), "=")
	decoded, err := base64.RawStdEncoding.DecodeString(token)
	if err != nil {
		return wrong(textNotToken)
	}
	u, err := url.Parse(string(decoded))
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || strings.Trim(u.Path, "/") == "" {
		return wrong(textNotToken)
	}
	if !cfg.allows(u) {
		if u.Scheme != "https" {
			return wrong(textNotSecure)
		}
		return wrong(textStrangeServer, rest.Text(u.Hostname(), 100))
	}
	return u, nil
}

// claim gives a setup token for an access URL. It is asked once: a token works
// once, and an answer that got lost cannot be had again.
func (p *Provider) claim(ctx context.Context, call sdk.Call, cfg config, u *url.URL) (secret, error) {
	path := strings.TrimRight(u.Path, "/")
	code := path[strings.LastIndexByte(path, '/')+1:]
	client, err := p.service.Client(call, rest.Access{BaseURL: u.Scheme + "://" + u.Host, Secrets: []string{code}})
	if err != nil {
		return secret{}, err
	}
	answer, err := client.Do(ctx, rest.Request{Method: http.MethodPost, Path: u.EscapedPath(), Query: u.Query()})
	switch answer.Status {
	case http.StatusForbidden, http.StatusNotFound, http.StatusGone:
		return secret{}, sdk.FieldErrorf(fieldToken, "%s", say(call.Language, textClaimed))
	}
	if err != nil {
		return secret{}, err
	}
	s := secret{AccessURL: strings.TrimSpace(string(answer.Body))}
	a, err := accessFrom(s.AccessURL)
	if err != nil {
		return secret{}, sdk.Errorf(sdk.Internal, "%s", say(call.Language, textBadClaim))
	}
	if base, err := url.Parse(a.base); err != nil || !cfg.allows(base) {
		return secret{}, sdk.FieldErrorf(fieldToken, say(call.Language, textStrangeServer), rest.Text(a.host, 100))
	}
	return s, nil
}
