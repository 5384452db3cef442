// Package bare is go-plugin as somebody uses it who knows it well, and nothing
// else: the floor of the figures about plugins. It speaks girosync's messages.
package bare
