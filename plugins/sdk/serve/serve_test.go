package serve_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/serve"
)

// As a plugin a provider is tested in plugins/host, with a real process there.

const asPlugin = "GIROSYNC_TEST_AS_PLUGIN"

func TestMain(m *testing.M) {
	if os.Getenv(asPlugin) != "" {
		serve.Serve(tiny{})
		return
	}
	os.Exit(m.Run())
}

type tiny struct{ sdk.Provider }

func (tiny) Describe(context.Context) (sdk.Description, error) {
	return sdk.Description{Name: "tiny", DisplayName: "Tiny Bank", Version: "0.1.0"}, nil
}

func (tiny) Revoke(context.Context, sdk.Call) error { return nil }

func TestRunByHandItSaysWhatItIs(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asPlugin+"=1")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 2 || out.Len() != 0 {
		t.Errorf("%v, printed %q", err, out.String())
	}
	for _, want := range []string{"Tiny Bank 0.1.0", `provider "tiny"`, "can revoke", "girosync-provider-tiny", "plugin trust"} {
		if !strings.Contains(errs.String(), want) {
			t.Errorf("%q does not say %q", errs.String(), want)
		}
	}
}
