// Command promises writes server/guide/ROWS.md, the list of what users were promised
// and of the tests that hold it. It is run at the root of the module, by
// go generate ./server/guide.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/girosync/girosync/server/guide"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: promises ROOT")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "promises:", err)
		os.Exit(1)
	}
}

func write(root string) error {
	text, missing, err := guide.Table(os.DirFS(root))
	if err != nil {
		return err
	}
	if missing != nil {
		fmt.Println("no test holds:", missing)
	}
	return os.WriteFile(filepath.Join(root, "server", "guide", "ROWS.md"), text, 0o644)
}
