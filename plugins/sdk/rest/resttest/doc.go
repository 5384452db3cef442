// Package resttest is what tests of providers share that speak to a service by
// plugins/sdk/rest: recorded traffic, and a network that fails.
//
// [Record] writes what is exchanged with a real service, or an emulator, into a
// file that people can read, with secrets cut out. [Play] answers from such a
// file and fails the test when a request comes that was not recorded:
//
//	transport := resttest.Play(t, "testdata/accounts.json", resttest.Cuts{})
//	service := rest.NewService(rest.Options{Name: "My Bank", Transport: transport})
//
// [Faults] makes attempts fail in the ways in which networks do. [Untold] checks
// that no secret shows.
package resttest
