package server

import (
	"errors"
	"fmt"
	"testing"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/plugins/host"
	"github.com/girosync/girosync/plugins/sdk"
)

// What jobs warn of, and what is an error to them.
func TestOnlyRefused(t *testing.T) {
	refused := &sdk.Error{Kind: sdk.Internal, Message: "the plugin demo is refused", Cause: host.ErrRefused}
	other := &sdk.Error{Kind: sdk.BankUnavailable, Message: "The bank is down."}
	tests := []struct {
		name string
		err  error
		want bool
	}{
		{"refused", fmt.Errorf("demo: %w", refused), true},
		{"two of them", errors.Join(fmt.Errorf("books: %w", errors.Join(refused, refused)), nil), true},
		{"as the addon says it", fault.Wrap(refused, "load institutions", nil), true},
		{"one, and something else", errors.Join(refused, other), false},
		{"something else", other, false},
		{"nothing", nil, false},
	}
	for _, test := range tests {
		if got := onlyRefused(test.err); got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
}
