package host_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/host"
)

// A bank may have taken the old secret back: the new one must not be lost,
// whatever becomes of the call.
func TestANewSecretOutlivesItsCall(t *testing.T) {
	t.Parallel()
	tests := []struct {
		what  string
		fails error
	}{
		{"rotate", nil},
		{"rotate, then crash", host.ErrPluginGone},
		{"rotate, then hang", host.ErrPluginHung},
		{"rotate when ended", context.Canceled},
	}
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(o *host.Options) {
				if test.fails == host.ErrPluginHung {
					o.CallTimeout = 2 * time.Second
				}
			})
			var kept atomic.Value
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			c := call(test.what)
			c.SaveSecret = func(secret []byte) error {
				kept.Store(string(secret))
				if string(secret) == "waiting" {
					cancel()
				}
				return nil
			}
			if _, err := doWith(ctx, r.provider(t), c); !errors.Is(err, test.fails) {
				t.Errorf("got %v, want %v", err, test.fails)
			}
			if got := kept.Load(); got != "rotated-secret" {
				t.Errorf("kept %v", got)
			}
		})
	}
}
