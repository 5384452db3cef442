// Command girosync-provider-simplefin serves SimpleFIN to a host.
package main

import (
	"github.com/girosync/girosync/plugins/sdk/serve"
	"github.com/girosync/girosync/plugins/simplefin"
)

func main() { serve.Serve(simplefin.New(simplefin.Options{})) }
