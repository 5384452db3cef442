#!/usr/bin/env bash
# Expects:  What a plugin logs with hclog comes out of the host's hclog as the plugin said it. Both ends are the same library, go-plugin
#           carries the lines as JSON in between, and an int64 is an int64.
# Happens:  The host reads the JSON numbers as float64. From a million on an id is written in scientific notation, account=1234567 as
#           account="1.234567e+06", and above 2^53 it is another id: 9007199254740993 ends in 2. A host that logs as JSON keeps the notation
#           and still has the wrong digits. Ids of test data are small and look right, up to 999999.
# Versions: Go modules github.com/hashicorp/go-plugin v1.8.0 and github.com/hashicorp/go-hclog v1.6.3.
# Matters:  The log is where one looks for what happened to a bank line. A search for its id finds what the host logged and nothing of what
#           the plugin logged, and long ids of banks and payment providers name another line. Ids logged as strings are safe.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' ERR
cd "$work"

cat >main.go <<'GO'
package main

import (
	"fmt"
	"net/rpc"
	"os"
	"os/exec"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
)

var handshake = plugin.HandshakeConfig{ProtocolVersion: 1, MagicCookieKey: "BOOKS", MagicCookieValue: "plugin"}

// stderr is kept from before plugin.Serve puts a pipe of its own in its place.
var stderr = os.Stderr

type bank struct{}

func (bank) Server(*plugin.MuxBroker) (any, error)                 { return served{}, nil }
func (bank) Client(_ *plugin.MuxBroker, c *rpc.Client) (any, error) { return c, nil }

type served struct{}

func (served) Import(int, *int) error {
	say(hclog.New(&hclog.LoggerOptions{Output: stderr, JSONFormat: true}))
	return nil
}

func say(log hclog.Logger) {
	log.Info("imported", "partner", 999999)
	log.Info("imported", "account", 1234567)
	log.Info("imported", "line", int64(9007199254740993))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func main() {
	plugins := plugin.PluginSet{"bank": bank{}}
	if os.Getenv("BOOKS") != "" {
		plugin.Serve(&plugin.ServeConfig{HandshakeConfig: handshake, Plugins: plugins})
		return
	}
	log := hclog.New(&hclog.LoggerOptions{Output: os.Stdout, JSONFormat: os.Args[1] == "json"})
	say(log.Named("host"))
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig: handshake, Plugins: plugins, Cmd: exec.Command(os.Args[0]), Logger: log.Named("plugin"),
	})
	defer client.Kill()
	connected, err := client.Client()
	check(err)
	raw, err := connected.Dispense("bank")
	check(err)
	check(raw.(*rpc.Client).Call("Plugin.Import", 0, new(int)))
}
GO
{
  go mod init example.test/logs
  go get github.com/hashicorp/go-plugin@v1.8.0 github.com/hashicorp/go-hclog@v1.6.3
  CGO_ENABLED=0 go build -gcflags 'all=-N -l' -ldflags '-s -w' -o logs .
} >/dev/null 2>&1
seen=$(for form in text json; do
  timeout 60 ./logs "$form" >"$form.log" || exit 2
  for who in host plugin; do
    ids=$(grep imported "$form.log" | grep "$who" | grep -oE '(partner|account|line)"?[=:]"?[0-9.e+]+' | tr -d '"' | paste -sd ' ')
    echo "$form, $who: $ids"
  done
done)
echo "$seen"

happens='text, host: partner=999999 account=1234567 line=9007199254740993
text, plugin: partner=999999 account=1.234567e+06 line=9.007199254740992e+15
json, host: partner:999999 account:1234567 line:9007199254740993
json, plugin: partner:999999 account:1234567 line:9007199254740992'
[[ $seen == "$happens" ]] || { echo "The behaviour has changed." >&2; exit 1; }
