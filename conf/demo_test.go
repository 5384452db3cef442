package conf_test

import (
	"testing"

	"github.com/girosync/girosync/conf"
)

// TestInventedBanksAreForThoseWhoAsk: for whoever sets them up, too, unless told
// otherwise.
func TestInventedBanksAreForThoseWhoAsk(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		env  []string
		want bool
	}{
		{nil, false},
		{[]string{"GIROSYNC_PLUGINS_DEMO=true"}, true},
		{[]string{"GIROSYNC_PROVIDERS_DEMO_SEED=2"}, true},
		{[]string{"GIROSYNC_PROVIDERS_DEMO_SEED=2", "GIROSYNC_PLUGINS_DEMO=false"}, false},
	} {
		config, err := conf.Load("", append(test.env, "GIROSYNC_SERVER_DATA_DIR="+t.TempDir()))
		if err != nil {
			t.Fatal(err)
		}
		if config.Plugins.Demo != test.want {
			t.Errorf("%v: %v", test.env, config.Plugins.Demo)
		}
	}
}
