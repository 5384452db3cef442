package server

import "github.com/girosync/girosync/plugins/sdk/wire"

// Version is this build's; PluginProtocol is what it speaks with plugins.
const (
	Version        = "0.1.0"
	PluginProtocol = wire.ProtocolVersion
)
