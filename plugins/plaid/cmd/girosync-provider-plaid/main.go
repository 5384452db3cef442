// Command girosync-provider-plaid serves Plaid to a host.
package main

import (
	"github.com/girosync/girosync/plugins/plaid"
	"github.com/girosync/girosync/plugins/sdk/serve"
)

func main() { serve.Serve(plaid.New(plaid.Options{})) }
