package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// asProgram makes the test's binary behave as the program itself.
const asProgram = "AS_GIROSYNC"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(run(context.Background(), os.Args[1:]))
	}
	os.Exit(m.Run())
}

// result is how a command ended.
type result struct {
	status      int
	out, errors string
}

// girosync runs the program with a text on its standard input.
func girosync(t *testing.T, input string, args ...string) result {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), self, args...)
	command.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GIROSYNC_") }), asProgram+"=1",
		"GORACE=atexit_sleep_ms=0") // else each command waits a second at its end
	var out, errors bytes.Buffer
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader(input), &out, &errors
	if err := command.Run(); err != nil && command.ProcessState == nil {
		t.Fatal(err)
	}
	return result{command.ProcessState.ExitCode(), out.String(), errors.String()}
}

// answer runs a command that must succeed with one JSON object on standard output.
func answer(t *testing.T, input string, args ...string) map[string]any {
	t.Helper()
	r := girosync(t, input, args...)
	if r.status != 0 {
		t.Fatalf("%v: status %d\n%s", args, r.status, r.errors)
	}
	decoder := json.NewDecoder(strings.NewReader(r.out))
	var v map[string]any
	if err := decoder.Decode(&v); err != nil || decoder.More() {
		t.Fatalf("%v: no single JSON object (%v):\n%s", args, err, r.out)
	}
	return v
}

func TestCommandsForMachines(t *testing.T) {
	data, plugins := filepath.Join(t.TempDir(), "data"), t.TempDir()
	program := filepath.Join(plugins, "girosync-provider-mine")
	if err := os.WriteFile(program, []byte("abc"), 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "books.dump")
	steps := []struct {
		name, input string
		args        []string
		want        map[string]any
		made        string // a key whose value is made anew: never empty
	}{
		{"init", "admin\n", []string{"db", "init", "books", "--password-stdin"}, map[string]any{"database": "books", "login": "admin"}, ""},
		{"add", "", []string{"user", "add", "--db", "books", "--login", "ada"}, map[string]any{"database": "books", "login": "ada"},
			"password"},
		{"passwd", "", []string{"user", "passwd", "--db", "books", "--login", "ada"}, map[string]any{"database": "books", "login": "ada"},
			"password"},
		{"passwd chosen", "long enough\n", []string{"user", "passwd", "--db", "books", "--login", "ada", "--password-stdin"},
			map[string]any{"database": "books", "login": "ada"}, ""},
		{"api-key", "", []string{"user", "api-key", "--db", "books", "--login", "ada", "--name", "script"},
			map[string]any{"database": "books", "login": "ada", "name": "script"}, "key"},
		{"api-key revoked", "", []string{"user", "api-key", "--db", "books", "--login", "ada", "--revoke", "1"},
			map[string]any{"database": "books", "login": "ada", "revoked": 1.0}, ""},
		{"dump", "", []string{"db", "dump", "books", file}, map[string]any{"database": "books", "file": file}, ""},
		{"restore", "", []string{"db", "restore", "second", file}, map[string]any{"database": "second", "copy": true}, ""},
		{"copy", "", []string{"db", "copy", "second", "--as", "third"}, map[string]any{"database": "third", "copy": true}, ""},
		{"rotate", "", []string{"key", "rotate"}, map[string]any{"keys": 2.0, "resealed": 0.0}, ""},
		{"backup", "", []string{"key", "backup", file + ".keys"}, map[string]any{"file": file + ".keys", "keys": 2.0}, ""},
		{"trust", "", []string{"plugin", "trust", program},
			map[string]any{"name": "mine", "checksum": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}, ""},
		{"drop", "", []string{"db", "drop", "books", "--yes"}, map[string]any{"database": "books", "deleted": true}, ""},
	}
	for _, step := range steps {
		got := answer(t, step.input, append(step.args, "--json", "--data", data, "--plugins", plugins)...)
		if step.made != "" {
			if text, _ := got[step.made].(string); len(text) < 12 {
				t.Errorf("%s: %s is %q", step.name, step.made, text)
			}
			delete(got, step.made)
		}
		delete(got, "bytes")
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
	if r := girosync(t, "", "db", "list", "--json", "--data", data, "--plugins", plugins); r.out != "[\"second\",\"third\"]\n" {
		t.Errorf("after drop: %q", r.out)
	}
}

// Only what can be a provider's program, and will stay what it is, is trusted.
func TestTrustIsForProgramsAlone(t *testing.T) {
	folder := t.TempDir()
	in := func(name string) string { return filepath.Join(folder, name) }
	for _, name := range []string{"girosync-provider-real", "girosync-provider-", "girosync-provider-Big", "girosync-provider-a b",
		"girosync-provider-" + strings.Repeat("x", 64), "girosync-provider-1st", "other"} {
		if err := os.WriteFile(in(name), []byte("abc"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Symlink(in("girosync-provider-real"), in("girosync-provider-link")),
		os.Mkdir(in("girosync-provider-folder"), 0o700), os.WriteFile(in("girosync-provider-text"), []byte("abc"), 0o600),
		os.WriteFile(in("girosync-provider-open"), []byte("abc"), 0o700), os.Chmod(in("girosync-provider-open"), 0o707)); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(t.TempDir(), "data")
	trust := func(name string) result {
		return girosync(t, "", "plugin", "trust", in(name), "--data", data, "--plugins", folder)
	}
	for name, why := range map[string]string{
		"girosync-provider-": "is named", "girosync-provider-Big": "is named", "girosync-provider-a b": "is named", "other": "is named",
		"girosync-provider-1st": "is named", "girosync-provider-" + strings.Repeat("x", 64): "is named",
		"girosync-provider-link": "it is a link", "girosync-provider-folder": "directory",
		"girosync-provider-text": "chmod +x", "girosync-provider-open": "chmod o-w", "girosync-provider-missing": "no such file",
	} {
		if r := trust(name); r.status == 0 || !strings.Contains(r.errors, why) {
			t.Errorf("%s: status %d, %s", name, r.status, r.errors)
		}
	}
	if r := trust("girosync-provider-real"); r.status != 0 {
		t.Errorf("a good one: %s", r.errors)
	}
}

// A program that may not run takes nobody's new database, nor its password.
func TestInitBesideARefusedProgram(t *testing.T) {
	plugins := t.TempDir()
	if err := os.WriteFile(filepath.Join(plugins, "girosync-provider-mine"), []byte("abc"), 0o700); err != nil {
		t.Fatal(err)
	}
	r := girosync(t, "", "db", "init", "books", "--data", t.TempDir(), "--plugins", plugins)
	if r.status != 0 || !strings.Contains(r.out, "Password (shown once): ") {
		t.Errorf("status %d, output %q", r.status, r.out)
	}
	if !strings.Contains(r.errors, "Not all institutions") || !strings.Contains(r.errors, "mine") {
		t.Errorf("errors do not name the program: %q", r.errors)
	}
}

func TestCommandsForPeople(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	in := func(args ...string) []string { return append(args, "--data", data, "--plugins", t.TempDir()) }
	for _, step := range []struct {
		name, input string
		args        []string
		status      int
		out, errors string
	}{
		{"none yet", "", in("db", "list"), 0, "", "girosync db init NAME"},
		{"unknown database", "", in("user", "api-key", "--db", "books", "--login", "ada"), 1, "", "girosync db init books"},
		{"empty password", "\n", in("db", "init", "books", "--password-stdin"), 1, "", "password on standard input is empty"},
		{"bad name", "admin", in("db", "init", "../books", "--password-stdin"), 1, "", "database name"},
		{"init", "admin\n", in("db", "init", "books", "--password-stdin"), 0, "Database books is ready. Login: admin\n", "data …\n"},
		{"init twice", "admin\n", in("db", "init", "books", "--password-stdin"), 1, "", "exists already"},
		{"add", "secret words\n", in("user", "add", "--db", "books", "--login", "ada", "--password-stdin"), 0,
			"User ada is added to books.\n", ""},
		{"unknown group", "secret words\n", in("user", "add", "--db", "books", "--login", "bob", "--password-stdin", "--group", "no.group"),
			1, "", "no group no.group"},
		{"unknown user", "", in("user", "api-key", "--db", "books", "--login", "bob"), 1, "", "there is no user bob in books"},
		{"drop, another name typed", "boks\n", in("db", "drop", "books"), 1, "", "nothing was deleted"},
		{"drop, name typed", "books\n", in("db", "drop", "books"), 0, "Database books is deleted.\n", "Type its name"},
		{"a provider's name", "", []string{"plugin", "new", "My Bank"}, 1, "", "small letters, digits"},
		{"unknown command", "", []string{"fly"}, 1, "", "fly"},
	} {
		r := girosync(t, step.input, step.args...)
		if r.status != step.status || r.out != step.out && step.name != "unknown command" || !strings.Contains(r.errors, step.errors) {
			t.Errorf("%s: status %d, output %q, errors %q; want %d, %q, %q", step.name, r.status, r.out, r.errors, step.status, step.out,
				step.errors)
		}
		if strings.Contains(r.out+r.errors, "secret words") {
			t.Errorf("%s: shows the password that was given", step.name)
		}
		if step.name == "add" {
			key := girosync(t, "", in("user", "api-key", "--db", "books", "--login", "ada")...)
			if lines := strings.Split(strings.TrimSpace(key.out), "\n"); key.status != 0 || len(lines[len(lines)-1]) < 20 ||
				strings.ContainsAny(lines[len(lines)-1], " {\"") {
				t.Errorf("api-key: status %d, output %q", key.status, key.out)
			}
		}
	}
}

func TestConfigurationMistakesAtOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bad.toml")
	text := "[server]\nlisten = \"nowhere\"\nlisten_on = 3\n[limits]\nnesting_depth = -1\n[session]\nlifetime = \"soon\"\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"serve"}, {"db", "list"}, {"demo"}} {
		r := girosync(t, "", append(args, "--config", file, "--data", t.TempDir())...)
		if r.status != exitFailed {
			t.Errorf("%v: status %d", args, r.status)
		}
		for _, key := range []string{"server.listen", "server.listen_on", "limits.nesting_depth", "session.lifetime"} {
			own := slices.ContainsFunc(strings.Split(r.errors, "\n"), func(line string) bool {
				rest, found := strings.CutPrefix(strings.TrimSpace(line), key)
				return found && (rest == "" || !strings.ContainsAny(rest[:1], "_abcdefghijklmnopqrstuvwxyz"))
			})
			if !own {
				t.Errorf("%v: no line of its own for %s in:\n%s", args, key, r.errors)
			}
		}
	}
}
