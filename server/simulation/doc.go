// Package simulation lives through a company's months with its banks: many
// connections, every behaviour that the demo banks have, outages, users who act at
// once, late or never, a host that is stopped and started. The clock is moved; the
// plugin is the demo's own program, with a recorder between it and the host.
//
// What must hold whatever happens is compared at the end: the lines with what the
// banks booked, the calls with what the banks allow, the messages with what
// changed. A run is a property over one seed, which is printed; the environment
// variable GIROSYNC_SEED gives another.
//
// Neighbours: server/servertest, which makes the hosts; plugins/demo, whose banks
// these are, and which is asked for the truth.
package simulation
