// Package consent is the consents that a bank gave and that no connection has, or
// will not have much longer: kept, sealed, until they are ended at their provider.
//
// A consent is noted here before anything else is done with it, so that neither a
// user who leaves nor a crash leaves it at the bank: see [Ender.Hold]. The one that
// a renewal takes the place of waits here until the new one has worked.
//
// Neighbours: connect, which makes and replaces consents; vault, which seals them.
package consent
