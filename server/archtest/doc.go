// Package archtest holds the plan of the house, and a test that the house is
// built to it: which packages there are, on which floor each stands, what it
// may import, and the few rules about files that keep them readable.
//
// The plan is in plan.go; change it together with its picture in the README,
// and say why. The package only reads sources: it imports nothing of ours and
// nothing imports it.
package archtest
