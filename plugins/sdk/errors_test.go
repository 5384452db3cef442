package sdk_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/girosync/girosync/plugins/sdk"
)

func TestKindOf(t *testing.T) {
	if got := sdk.KindOf(nil); got != "" {
		t.Errorf("no error is %q", got)
	}
	if got := sdk.KindOf(io.EOF); got != sdk.Internal {
		t.Errorf("a foreign error is %q", got)
	}
	seen := map[sdk.Kind]bool{}
	for _, kind := range sdk.Kinds() {
		if kind == "" || seen[kind] {
			t.Errorf("kind %q is empty or listed twice", kind)
		}
		seen[kind] = true
		if got := sdk.KindOf(fmt.Errorf("wrapped: %w", sdk.Errorf(kind, "m"))); got != kind {
			t.Errorf("%s, wrapped, is %q", kind, got)
		}
	}
}

func TestErrorf(t *testing.T) {
	err := sdk.Errorf(sdk.BankUnavailable, "ask %s: %w", "the bank", io.ErrUnexpectedEOF)
	if err.Message != "ask the bank: unexpected EOF" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%q, cause %v", err.Message, err.Cause)
	}
	if plain := sdk.Errorf(sdk.BadRequest, "no"); plain.Cause != nil || plain.Error() != "bad_request: no" {
		t.Errorf("%q, cause %v", plain, plain.Cause)
	}
}
