// Package archtest holds the plan of the house, and a test that the house is
// built to it: which packages there are, on which floor each stands, what it
// may import, how large files, functions and packages may be, that lines fit a
// window, and that exported names have comments.
//
// The plan is in plan.go; change it together with its picture in the README,
// and say why. The measures, and what is excepted from them, are in measures.go.
// The package only reads sources: it imports nothing of ours and nothing imports
// it.
package archtest
