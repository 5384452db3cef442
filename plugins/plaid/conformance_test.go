package plaid_test

import (
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/plaid"
	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/sdktest"
)

func TestConformance(t *testing.T) {
	examine := sdktest.Run // over the wire, too, for the first
	for _, bank := range []string{"ins_12", "ins_11", "ins_16"} {
		t.Run(bank, func(t *testing.T) {
			r := newRig(t, bank)
			examine(t, sdktest.Suite{
				New:         func() sdk.Provider { return plaid.New(plaid.Options{}) },
				Config:      r.config,
				Now:         noon,
				Clock:       func(now time.Time) error { r.clock.Set(now); return nil },
				Institution: bank,
				Answer:      r.answers,
			})
		})
		examine = sdktest.RunInProcess
	}
}
