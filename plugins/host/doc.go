// Package host runs provider plugins: it discovers their binaries, starts one
// process per provider when it is first asked, watches it, ends it when idle
// and starts it again after a crash.
//
// The noun is the [Manager]. What it hands out ([Manager.Provider]) is an
// sdk.Provider like any other; that a process stands behind it shows only in
// errors (see [ErrPluginGone]). A binary runs only when its checksum is the
// one that [Trust] tells.
//
// The package keeps nothing on disk and knows neither databases nor addons.
// Package plugins/sdk/wire speaks the protocol. DESIGN.md says why things are as they are.
package host
