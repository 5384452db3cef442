package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/conf"
	"github.com/girosync/girosync/server"
	"github.com/girosync/girosync/server/databases"
)

// place are the flags of every command that touches data.
type place struct {
	Config      string `help:"Configuration file." placeholder:"FILE"`
	Data        string `help:"Data folder." placeholder:"DIR"`
	DatabaseURL string `help:"PostgreSQL, as postgres://…; SQLite below the data folder otherwise." placeholder:"URL" name:"database-url"`
	Plugins     string `help:"Folder of provider programs." placeholder:"DIR"`
	Verbose     bool   `help:"Log what happens inside." short:"v"`
}

// load makes the configuration: file and environment, then flags.
func (p place) load(listen string) (conf.Config, error) {
	env := os.Environ()
	for _, flag := range []struct{ key, value string }{
		{"GIROSYNC_SERVER_DATA_DIR", p.Data},
		{"GIROSYNC_DATABASE_URL", p.DatabaseURL},
		{"GIROSYNC_PLUGINS_DIR", p.Plugins},
		{"GIROSYNC_SERVER_LISTEN", listen},
	} {
		if flag.value != "" {
			env = append(env, flag.key+"="+flag.value)
		}
	}
	config, err := conf.Load(p.Config, env)
	if err != nil {
		return config, err
	}
	if config.Plugins.Dir == "" {
		config.Plugins.Dir = besideBinary("plugins")
	}
	if config.Plugins.TrustedFile == "" {
		config.Plugins.TrustedFile = filepath.Join(config.Plugins.Dir, "trusted.toml")
	}
	return config, nil
}

// besideBinary is a path beside this program.
func besideBinary(name string) string {
	self, err := os.Executable()
	if err != nil {
		return name
	}
	if real, err := filepath.EvalSymlinks(self); err == nil {
		self = real
	}
	return filepath.Join(filepath.Dir(self), name)
}

// log is for commands that end: quiet unless asked, for what went wrong is
// said as the command's own error.
func (p place) log() *slog.Logger {
	level := slog.LevelError + 1
	if p.Verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

// open opens a host for a command that ends.
func (p place) open(ctx context.Context) (*server.Host, error) {
	config, err := p.load("")
	if err != nil {
		return nil, err
	}
	return server.Open(ctx, config, p.log())
}

// within opens a host and one of its databases for a command.
func (p place) within(ctx context.Context, name string, do func(h *server.Host, db *orm.Database) error) error {
	return p.host(ctx, func(h *server.Host) error {
		db, err := h.Databases.Open(ctx, name)
		if errors.Is(err, databases.ErrUnknown) {
			names, listErr := h.Databases.Names(ctx)
			if listErr == nil && len(names) == 0 {
				return errors.New("there is no database " + name + "; make it with: girosync db init " + name)
			}
		}
		if err != nil {
			return err
		}
		return do(h, db)
	})
}

func (p place) host(ctx context.Context, do func(h *server.Host) error) error {
	h, err := p.open(ctx)
	if err != nil {
		return err
	}
	return plain(errors.Join(do(h), h.Close()))
}

// plain says faults in the user's words, with their reference, and how the
// option is given that they ask for.
func plain(err error) error {
	f, ok := fault.As(err)
	if !ok {
		if asksFor(err) == "" {
			return err
		}
		return errors.New(withOption(err.Error(), err))
	}
	text := fault.Localize(err, language())
	if fault.KindOf(err) == fault.Internal {
		text = err.Error() // the one at the terminal is the administrator
	}
	if f.Reference != "" {
		text += " (" + f.Reference + ")"
	}
	return errors.New(withOption(text, err))
}

// language is the terminal's.
func language() string {
	for _, key := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(key); v != "" {
			return v
		}
	}
	return "en"
}
