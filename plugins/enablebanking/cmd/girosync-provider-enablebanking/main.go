// Command girosync-provider-enablebanking serves Enable Banking to a host.
package main

import (
	"github.com/girosync/girosync/plugins/enablebanking"
	"github.com/girosync/girosync/plugins/sdk/serve"
)

func main() { serve.Serve(enablebanking.New(enablebanking.Options{})) }
