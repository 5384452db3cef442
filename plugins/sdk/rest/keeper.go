package rest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// Keeper hands out access tokens that are good, and gets new ones early enough.
// It belongs to one call of the provider. Its methods fit into an Access:
//
//	keeper := auth.Keep(oauth, secret.Tokens, func(t rest.Tokens) ([]byte, error) { … })
//	client, err := service.Client(call, rest.Access{…, Authorise: keeper.Authorise, Renew: keeper.Renew})
type Keeper struct {
	client *Client // of the token endpoint
	oauth  OAuth
	seal   func(Tokens) ([]byte, error) // nil: the tokens are the host's own
	turn   lock

	known Tokens // the newest that this call knows
	saved Tokens // what the connection's secret holds
}

// Keep keeps the tokens of a connection, which its secret holds. c is the client
// of the token endpoint. seal makes the whole secret with other tokens in it; a
// new one goes to Call.SaveSecret before any of its tokens is used.
//
// However many calls of this process need new tokens at the same time, one asks
// for them, and also calls that come later with the old secret take what it got:
// an endpoint that gives a new refresh token no longer takes the old one.
func (c *Client) Keep(o OAuth, t Tokens, seal func(Tokens) ([]byte, error)) *Keeper {
	c.secrets.Add(t.Access, t.Refresh)
	return &Keeper{client: c, oauth: o, seal: seal, turn: newLock(), known: t, saved: t}
}

// Own keeps tokens that the client itself is given (grant client_credentials).
// They are of no connection, are kept by the process alone, and shared by all
// calls with the same client.
func (c *Client) Own(o OAuth) *Keeper {
	return &Keeper{client: c, oauth: o, turn: newLock()}
}

// Authorise is for Access.Authorise: it puts the token into the request.
func (k *Keeper) Authorise(r *http.Request) error {
	token, err := k.Token(r.Context())
	if err == nil {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return err
}

// Renew is for Access.Renew: the token that the request carried was refused,
// whatever its end was said to be. It gets another, unless there is one already.
func (k *Keeper) Renew(ctx context.Context, refused *http.Request) error {
	_, err := k.get(ctx, strings.TrimPrefix(refused.Header.Get("Authorization"), "Bearer "))
	return err
}

// Token returns an access token. Errors are as of Exchange; ConsentExpired when
// there is no way to a new one.
func (k *Keeper) Token(ctx context.Context) (string, error) { return k.get(ctx, "") }

// get returns a token that is not the bad one.
func (k *Keeper) get(ctx context.Context, bad string) (string, error) {
	if err := k.turn.take(ctx); err != nil {
		return "", err
	}
	defer k.turn.leave()
	asked := false
	for {
		before := k.known.Refresh
		if err := k.step(ctx, bad, &asked); err != nil {
			return "", err
		}
		if k.known.Refresh == before { // else others may have gone further from there
			return k.known.Access, nil
		}
	}
}

// step takes over what other calls got with the same refresh token, or asks for
// new tokens itself, and saves what it is going to use.
func (k *Keeper) step(ctx context.Context, bad string, asked *bool) error {
	slot := k.client.service.tokens.of(k.key())
	if err := slot.take(ctx); err != nil {
		return err
	}
	defer slot.leave()
	if slot.newest != nil {
		moved := slot.newest.Refresh != k.known.Refresh
		k.known = *slot.newest
		k.client.secrets.Add(k.known.Access, k.known.Refresh)
		if moved {
			return nil
		}
	}
	usable := k.known.Access != bad && k.known.usable(k.client.now(), cmp.Or(k.oauth.Early, time.Minute))
	if !usable && !*asked {
		*asked = true
		fresh, err := k.ask(ctx)
		if err != nil {
			return err
		}
		slot.newest, k.known = &fresh, fresh
	}
	return k.save()
}

// key names what the tokens are got with.
func (k *Keeper) key() [sha256.Size]byte {
	kind := "refresh"
	if k.seal == nil {
		kind = "own"
	}
	return keyOf(kind, k.client.base.String(), k.oauth.Path, k.oauth.ClientID, k.oauth.ClientSecret, k.oauth.Form.Encode(),
		k.known.Refresh)
}

// ask gets new tokens. It goes on when the call is given up meanwhile: the old
// refresh token may be worth nothing by then.
func (k *Keeper) ask(ctx context.Context) (Tokens, error) {
	ctx = context.WithoutCancel(ctx)
	if k.seal == nil {
		fresh, err := k.client.Exchange(ctx, k.oauth, url.Values{"grant_type": {"client_credentials"}})
		fresh.Refresh = ""
		return fresh, err
	}
	old := k.known.Refresh
	if old == "" {
		return Tokens{}, k.client.failure(sdk.ConsentExpired, textGrantEnded, nil)
	}
	fresh, err := k.client.Exchange(ctx, k.oauth, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {old}})
	fresh.Refresh = cmp.Or(fresh.Refresh, old)
	return fresh, err
}

// save hands the tokens to the host, unless it has them.
func (k *Keeper) save() error {
	if k.seal == nil || k.known.Access == k.saved.Access && k.known.Refresh == k.saved.Refresh {
		return nil
	}
	secret, err := k.seal(k.known)
	if err == nil {
		err = k.client.call.SaveSecret(secret)
	}
	if err != nil {
		return k.client.failure(sdk.Internal, textNotSaved, err)
	}
	k.saved = k.known
	return nil
}

// maxSlots bounds how many connections' tokens a process remembers.
const maxSlots = 2048

// slots are what calls of this process got for refresh tokens, oldest first. The
// zero value is ready.
type slots struct {
	mu    sync.Mutex
	known map[[sha256.Size]byte]*slot
	order [][sha256.Size]byte
}

// slot is one refresh token, and what it led to.
type slot struct {
	lock
	newest *Tokens // nil until something was got
}

func (s *slots) of(key [sha256.Size]byte) *slot {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.known[key]; found != nil {
		return found
	}
	if s.known == nil {
		s.known = map[[sha256.Size]byte]*slot{}
	}
	if len(s.order) == maxSlots {
		delete(s.known, s.order[0])
		s.order = s.order[1:]
	}
	made := &slot{lock: newLock()}
	s.known[key] = made
	s.order = append(s.order, key)
	return made
}

// lock is a mutex that can be waited for with a context.
type lock chan struct{}

func newLock() lock { return make(lock, 1) }

func (l lock) take(ctx context.Context) error {
	select {
	case l <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l lock) leave() { <-l }
