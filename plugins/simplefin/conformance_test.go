package simplefin_test

import (
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/sdktest"
	"github.com/girosync/girosync/plugins/simplefin"
)

func TestConformance(t *testing.T) {
	for name, behaviour := range map[string]string{
		"version 2": `{"patient": true}`, "version 1": `{"patient": true, "old": true}`,
		"both": `{"patient": true, "both": true, "numbers": true}`, "moments": `{"patient": true, "moments": true}`,
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.behave(behaviour)
			sdktest.Run(t, sdktest.Suite{
				New:         func() sdk.Provider { return simplefin.New(simplefin.Options{}) },
				Config:      r.config,
				Now:         noon,
				Clock:       func(now time.Time) error { r.clock.Set(now); return nil },
				Institution: "simplefin-bridge",
				Answer:      r.answers,
			})
		})
	}
}
