// Command girosync-provider-files is the plugin that reads statement files.
package main

import (
	"github.com/girosync/girosync/plugins/files"
	"github.com/girosync/girosync/plugins/sdk/serve"
)

func main() { serve.Serve(files.Provider{}) }
