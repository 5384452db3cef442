// Package serve turns a provider into a plugin program: [Serve] is the one
// call in its main.
//
//	func main() { serve.Serve(demo.New()) }
//
// A provider logs with log/slog (or log), at any time; what it logs reaches
// the host's log, where secrets are blotted out and floods are cut. It should
// not write to its standard output.
//
// Package sdk/wire speaks the protocol; plugins/host starts and ends the process.
package serve
