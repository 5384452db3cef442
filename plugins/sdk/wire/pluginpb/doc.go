// Package pluginpb is the protocol between host and provider: provider.proto
// and the code that scripts/generate makes of it. Nothing but sdk/wire should
// use it; what the messages mean is said in plugins/sdk.
package pluginpb
