package main

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/girosync/girosync/plugins/host"
)

// sdkModule is the module that a provider requires.
const sdkModule = "github.com/girosync/girosync"

// scaffold is what a new provider begins with. Names end in .tmpl, so that
// nothing of it is compiled here.
//
//go:embed scaffold
var scaffold embed.FS

type pluginNew struct {
	Name   string `arg:"" help:"Name of the provider: small letters, digits, \"-\" and \"_\"."`
	Folder string `help:"Where to make it; a folder girosync-provider-NAME here by default." placeholder:"DIR"`
	Module string `help:"Path of its module." placeholder:"PATH"`
	SDK    string `name:"sdk" help:"Folder of girosync's sources, in place of a published version." placeholder:"PATH" type:"existingdir"`
}

// newProvider is what the templates know.
type newProvider struct {
	Name, Package, Module, SDK, Go string
	Requires                       string // lines of go.mod
}

var packageName = regexp.MustCompile(`[^a-z0-9]`)

func (c *pluginNew) Run(ctx context.Context) error {
	program := host.Prefix + c.Name
	if _, ok := host.NameOf(program); !ok || strings.HasPrefix(c.Name, host.Prefix) {
		return fmt.Errorf("%q is no name for a provider: small letters, digits, \"-\" and \"_\", a letter first", c.Name)
	}
	if slices.Contains(ours(), c.Name) {
		return fmt.Errorf("%q is a provider that girosync brings along: both programs would have one name; choose another", c.Name)
	}
	if c.Folder == "" {
		c.Folder = program
	}
	if c.Module == "" {
		c.Module = "example.com/" + program
	}
	if entries, err := os.ReadDir(c.Folder); err == nil && len(entries) > 0 {
		return fmt.Errorf("the folder %s is not empty", c.Folder)
	}
	p := newProvider{Name: c.Name, Package: packageName.ReplaceAllString(c.Name, ""), Module: c.Module}
	if c.SDK != "" {
		if err := p.takeSDK(c.SDK); err != nil {
			return err
		}
	}
	if err := p.write(c.Folder); err != nil {
		return err
	}
	fmt.Printf("%s is a provider of an invented bank, with a test. Next:\n\n    cd %s\n", c.Folder, c.Folder)
	if c.SDK == "" {
		fmt.Printf("    go get %s@VERSION\n", sdkModule)
	} else if err := tidy(ctx, c.Folder, c.SDK); err != nil {
		return err
	}
	fmt.Printf("    go test ./...\n    go build -o %[1]s .\n    girosync plugin conform %[1]s\n", program)
	fmt.Println("    girosync plugin dev .        # puts it into the host's folder of plugins and trusts it, at each change")
	return nil
}

// ours are the providers that girosync brings along.
func ours() []string {
	return []string{"demo", "enablebanking", "files", "plaid", "simplefin"}
}

// takeSDK makes the module use sources in a folder.
func (p *newProvider) takeSDK(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil || !bytes.HasPrefix(text, []byte("module "+sdkModule+"\n")) {
		return fmt.Errorf("%s does not hold the sources of girosync (its go.mod should begin with \"module %s\")", dir, sdkModule)
	}
	p.SDK = dir
	for line := range strings.Lines(string(text)) {
		if version, ok := strings.CutPrefix(line, "go "); ok {
			p.Go = strings.TrimSpace(version)
		}
	}
	return nil
}

// write fills in the templates.
func (p *newProvider) write(folder string) error {
	if p.Go == "" {
		p.Go = "1.26"
	}
	return fs.WalkDir(scaffold, "scaffold", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := scaffold.ReadFile(path)
		if err != nil {
			return err
		}
		t, err := template.New(path).Parse(string(text))
		if err != nil {
			return err
		}
		var filled bytes.Buffer
		if err := t.Execute(&filled, p); err != nil {
			return err
		}
		name := strings.TrimSuffix(strings.TrimPrefix(path, "scaffold/"), ".tmpl")
		if name == "gitignore" {
			name = ".gitignore" // embedding leaves out names that begin with a dot
		}
		to := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.WriteFile(to, filled.Bytes(), 0o644)
	})
}

// tidy fills in what the module requires, with the versions and checksums of the SDK's sources.
func tidy(ctx context.Context, folder, sdk string) error {
	sums, err := os.ReadFile(filepath.Join(sdk, "go.sum"))
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "go.sum"), sums, 0o644)
	}
	if err != nil {
		return err
	}
	command := exec.CommandContext(ctx, "go", "mod", "tidy")
	command.Dir, command.Env = folder, append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	if out, err := command.CombinedOutput(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return errors.New("go is not installed; then: go mod tidy")
		}
		return fmt.Errorf("go mod tidy: %w\n%s", err, out)
	}
	return nil
}
