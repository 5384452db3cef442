package databases_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/server/databases"
)

// TestAppearing is another process of TestPresence: it appears, tells its name
// and waits to be killed.
func TestAppearing(t *testing.T) {
	dir, url := os.Getenv("TEST_APPEAR_DIR"), os.Getenv("TEST_APPEAR_URL")
	if dir == "" {
		t.Skip("only as a process of TestPresence")
	}
	p, err := databases.Appear(t.Context(), databases.Place{Dir: dir, URL: url})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("here:" + p.Self())
	_, _ = io.Copy(io.Discard, os.Stdin) // ends with the process that began it
}

// TestPresence knows a process as long as it lives, and no longer.
func TestPresence(t *testing.T) {
	onBoth(t, func(t *testing.T, place databases.Place) {
		first, err := databases.Appear(t.Context(), place)
		if err != nil {
			t.Fatal(err)
		}
		defer first.Leave(context.Background())
		command := exec.Command(os.Args[0], "-test.run=^TestAppearing$", "-test.v")
		command.Env = append(os.Environ(), "TEST_APPEAR_DIR="+place.Dir, "TEST_APPEAR_URL="+place.URL)
		out, err := command.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		in, err := command.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		other := ""
		for lines := bufio.NewScanner(out); other == "" && lines.Scan(); {
			_, other, _ = strings.Cut(lines.Text(), "here:")
		}
		if other == "" || other == first.Self() {
			t.Fatalf("the other process is called %q", other)
		}
		if first.Gone(t.Context(), other) || first.Gone(t.Context(), first.Self()) || first.Gone(t.Context(), other) {
			t.Error("a living process is gone")
		}
		if !first.Gone(t.Context(), "nobody") {
			t.Error("one that never was is here")
		}
		if err := command.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = command.Wait() // it was killed
		leaves(t, first, other)
		if !first.Gone(t.Context(), other) {
			t.Error("it came back")
		}
		last, err := databases.Appear(t.Context(), place)
		if err != nil {
			t.Fatal(err)
		}
		if first.Gone(t.Context(), last.Self()) {
			t.Error("a living process is gone")
		}
		if err := last.Leave(t.Context()); err != nil {
			t.Error(err)
		}
		leaves(t, first, last.Self())
	})
}

// leaves waits until a process is gone: PostgreSQL has to notice that its
// connection ended.
func leaves(t *testing.T, p *databases.Presence, name string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !p.Gone(t.Context(), name); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s is still here", name)
		}
	}
}
