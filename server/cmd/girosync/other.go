package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"

	"github.com/girosync/girosync/server"
)

type versionCommand struct {
	JSON bool `help:"For machines."`
}

func (c *versionCommand) Run() error {
	v := map[string]any{
		"version": server.Version, "plugin_protocol": server.PluginProtocol, "odoo_protocol": "18.0", "go": runtime.Version(),
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(v)
	}
	fmt.Printf("girosync %s\nplugin protocol %v, speaks Odoo 18.0, built with %s\n", server.Version, server.PluginProtocol,
		runtime.Version())
	return nil
}
