// Command girosync-provider-demo serves the demo bank world to a host.
package main

import (
	"github.com/girosync/girosync/plugins/demo"
	"github.com/girosync/girosync/plugins/sdk/serve"
)

func main() { serve.Serve(demo.New()) }
