package demo_test

import (
	"testing"

	"github.com/girosync/girosync/plugins/demo"
	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/sdktest"
)

func TestConformance(t *testing.T) {
	for _, institution := range []string{"demo-checking", "demo-mfa", "demo-redirect", "demo-wait", "demo-daily",
		"demo-big-5000", "kw-1-0", "demo-codes", "demo-four"} {
		t.Run(institution, func(t *testing.T) {
			sdktest.Run(t, sdktest.Suite{
				New:         func() sdk.Provider { return demo.New() },
				Config:      map[string]string{"institutions": "500", "bulk": "5000"},
				Now:         noon,
				Institution: institution,
				Answer:      func(step sdk.Step) map[string]string { return fill(t, &step) },
			})
		})
	}
}
