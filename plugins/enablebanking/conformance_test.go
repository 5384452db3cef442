package enablebanking_test

import (
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/enablebanking"
	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/sdktest"
)

func TestConformance(t *testing.T) {
	examine := sdktest.Run // over the wire, too, for the first
	for _, bank := range []string{"DE:Musterbank", "FI:Testipankki", "NL:Voorbeeldbank", "PT:Banco Modelo"} {
		t.Run(bank, func(t *testing.T) {
			r := newRig(t, bank)
			r.typed["credential_userId"] = "12345678"
			transport := r.transport()
			examine(t, sdktest.Suite{
				New:         func() sdk.Provider { return enablebanking.New(enablebanking.Options{Transport: transport}) },
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
