package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/girosync/girosync/conf"
)

// commands are what `girosync --help` lists.
type commands struct {
	Serve        serveCommand        `cmd:"" help:"Run the host."`
	Demo         demoCommands        `cmd:"" help:"Run the host with a database 'demo' and an invented bank; put its clock ahead."`
	DB           dbCommands          `cmd:"" name:"db" help:"Databases."`
	User         userCommands        `cmd:"" help:"People and API keys."`
	Import       importCommand       `cmd:"" help:"Import a statement file into a journal."`
	Inspect      inspectCommand      `cmd:"" help:"Show what a statement file holds; needs no database."`
	Sync         syncCommand         `cmd:"" help:"Synchronise now."`
	Plugin       pluginCommands      `cmd:"" help:"Provider programs."`
	Institutions institutionCommands `cmd:"" help:"The banks that providers reach."`
	Doctor       doctorCommand       `cmd:"" help:"Check configuration, databases, plugins and addresses."`
	Emulate      emulateCommand      `cmd:"" help:"Serve a stand-in for a provider's service, for trying out and for tests."`
	Key          keyCommands         `cmd:"" help:"The key set that seals secrets."`
	Version      versionCommand      `cmd:"" help:"Print the version."`
}

// exitFailed is the exit status of whatever fails.
const exitFailed = 1

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	collectSeldom()
	leaveNoCore()
	os.Exit(run(ctx, os.Args[1:]))
}

// collectSeldom lets the heap grow to three times of what lives in it, not to
// twice: some 20 MiB for an eighth less work per page. GOGC, when set, decides.
func collectSeldom() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
}

// run is the whole program but its exit.
func run(ctx context.Context, args []string) int {
	var all commands
	status := -1
	parser, err := kong.New(&all, kong.Name("girosync"),
		kong.Description("Brings bank transactions into your books by itself."),
		kong.Vars{"replaces_original": replacesOriginal, "reading_options": readingOptions(), "emulators": emulatorNames()},
		kong.UsageOnError(), kong.Exit(func(code int) { status = code }),
		kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		fmt.Fprintln(os.Stderr, "girosync:", err)
		return exitFailed
	}
	parsed, err := parser.Parse(args)
	if status >= 0 { // --help was asked
		return status
	}
	if err == nil {
		err = parsed.Run()
	}
	if err == nil {
		return 0
	}
	tell(err)
	return exitFailed
}

// tell prints an error for a person: every mistake of a configuration on a
// line of its own.
func tell(err error) {
	var mistakes conf.Mistakes
	if errors.As(err, &mistakes) {
		fmt.Fprintln(os.Stderr, "girosync: the configuration has mistakes:")
		for _, m := range mistakes {
			fmt.Fprintln(os.Stderr, "  "+m.String())
		}
		return
	}
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	fmt.Fprintln(os.Stderr, "girosync: "+strings.TrimSpace(err.Error()))
}
