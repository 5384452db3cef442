// Command benchmark measures a real host and, in turn with it, the floor: small
// programs that do the least that any implementation must do on this machine.
// Each figure is taken several times, ours and the floor's alternately, and
// printed as medians with their ratio; ratios count, not seconds.
//
// It starts bin/girosync itself, with data of its own. The floors' programs are
// built from a folder given with -limits; without it only our own figures are
// printed. The floor of the figures about plugins is here (package bare); they
// are taken first, without a host.
package main
