package archtest

// How large things may be. Generated code may be larger.
const (
	longestFile = 600  // lines
	longestTest = 1000 // lines of a test's file
	widest      = 140  // columns of a line of Go or Markdown; a long text in Go and a row of a table stay whole
	tabWidth    = 4    // columns

	longestFunction = 80 // lines from func to its closing brace, outside tests
	longFunction    = 60
	mostLong        = 5 // functions that are longer than longFunction, in the whole tree

	mostFiles       = 30 // of a package, without tests
	mostFilesInRoom = 20 // the same, of one below addon/onlinesync
)

// leastDocumented is the share of the exported names that a comment explains:
// functions, methods of exported types, types, constants and variables, but not
// those of programs and tests.
const leastDocumented = 0.97

// exception takes a part of the tree out of a rule.
type exception struct {
	path string // of files or packages, as in room
	why  string
}

// mayBeCrowded lists packages with more than mostFiles files.
func mayBeCrowded() []exception {
	return []exception{
		{"addon/orm", "a package apart for what clients call would have to see its private names"},
	}
}

func excepted(list []exception, path string) bool {
	for _, e := range list {
		if matches(e.path, path) {
			return true
		}
	}
	return false
}
