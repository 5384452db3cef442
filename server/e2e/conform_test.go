package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// graded is what plugin conform --json prints.
type graded struct {
	Provider  string
	FullMarks bool `json:"full_marks"`
	Results   []struct {
		Check, Skipped string
		Problems       []string
	}
}

// conform examines a program by the command, whose end says whether it conforms.
func conform(t *testing.T, program, suite string) graded {
	t.Helper()
	args := []string{"plugin", "conform", program, "--json"}
	if suite != "" {
		args = append(args, "--suite", suite)
	}
	command := exec.CommandContext(t.Context(), built.program, args...)
	var errs strings.Builder
	command.Stderr = &errs
	out, failed := command.Output()
	var report graded
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatalf("%v: %s%s", err, out, errs.String())
	}
	if report.FullMarks != (failed == nil) {
		t.Errorf("full marks %t, and the command ends with %v", report.FullMarks, failed)
	}
	return report
}

// buildProgram builds a provider below testdata.
func buildProgram(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if out, err := exec.Command("go", "build", "-o", path, "./testdata/"+name).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// Each mistake is found, and named, by the check that looks for it.
func TestConformFindsMistakes(t *testing.T) {
	t.Parallel()
	program := buildProgram(t, "girosync-provider-faulty")
	tests := []struct {
		mistake string
		checks  []string // that fail, and no others
		says    string
	}{
		{"none", nil, ""},
		{"takes any password", []string{"refusals"}, "the flow succeeds"},
		{"logs what was typed", []string{"log"}, "logging in password=•••"},
		{"takes any secret", []string{"errors"}, "succeeds"},
		{"remembers connections", []string{"restart", "stop", "interrupted"}, "belongs into its secret"},
		{"remembers flows", []string{"between steps"}, "belongs into its FlowState"},
		{"tells its token", []string{"secrets"}, "a transaction's Raw holds the connection's token"},
		{"uses its own clock", []string{"window", "balances", "expected"}, "Call.Now is the clock"},
		{"ignores the window", []string{"window"}, "comes"},
		{"turns a sign round", []string{"balances"}, "a sign is wrong"},
		{"shifts days", []string{"window", "expected"}, "does not come"},
		{"renames transactions", []string{"fetch again", "pages", "window", "expected", "interrupted", "restart", "clock"}, "others"},
		{"loses a row between pages", []string{"pages"}, "in pages of 1 come"},
		{"has no last batch", []string{"fetch", "fetch again", "expected", "side by side", "clock", "unattended"},
			"it ended before the last batch"},
	}
	for _, test := range tests {
		t.Run(test.mistake, func(t *testing.T) {
			suite := filepath.Join(t.TempDir(), "suite.toml")
			text := fmt.Sprintf(`
institution = "bank"
now = 2026-03-17T12:00:00Z
config = { mistake = %q }
answers = { password = "open sesame" }
[[expect]]
text = "t-2026-03-16"
date = "2026-03-16"
amount = "17.50"
direction = "out"
[[refuse]]
answers = { password = "mistaken" }
kind = "bad_credentials"
field = "password"
`, test.mistake)
			if err := os.WriteFile(suite, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			report := conform(t, program, suite)
			var failed, said []string
			for _, r := range report.Results {
				if len(r.Problems) > 0 {
					failed = append(failed, r.Check)
					said = append(said, r.Problems...)
				}
			}
			slices.Sort(failed)
			slices.Sort(test.checks)
			if !slices.Equal(failed, test.checks) || !strings.Contains(strings.Join(said, "\n"), test.says) {
				t.Errorf("failed %q, want %q that say %q:\n%s", failed, test.checks, test.says, strings.Join(said, "\n"))
			}
		})
	}
}

// What plugin new makes is a module outside of this one, which builds, passes its
// own test and the examination, and imports nothing of ours but the SDK.
func TestANewProviderConforms(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs(built.root)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "mine")
	command := exec.CommandContext(t.Context(), built.program, "plugin", "new", "my-bank", "--folder", dir, "--sdk", root)
	if out, err := command.CombinedOutput(); err != nil || !strings.Contains(string(out), "plugin conform girosync-provider-my-bank") {
		t.Fatalf("%v\n%s", err, out)
	}
	goCommand := func(args ...string) string {
		t.Helper()
		command := exec.CommandContext(t.Context(), "go", args...)
		command.Dir = dir
		out, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	goCommand("vet", "./...")
	goCommand("test", "./...")
	for used := range strings.FieldsSeq(goCommand("list", "-f", `{{join .Imports " "}}`, ".")) {
		if strings.Contains(used, "girosync/girosync") && !strings.Contains(used, "/plugins/sdk") {
			t.Errorf("it imports %s", used)
		}
	}
	program := filepath.Join(dir, "girosync-provider-my-bank")
	goCommand("build", "-o", program, ".")
	if report := conform(t, program, ""); !report.FullMarks || report.Provider != "my-bank" {
		t.Errorf("the new provider: %+v", report)
	}
	again := exec.CommandContext(t.Context(), built.program, "plugin", "new", "my-bank", "--folder", dir)
	if out, err := again.CombinedOutput(); err == nil || !strings.Contains(string(out), "is not empty") {
		t.Errorf("made anew over what is there: %v\n%s", err, out)
	}
}

// While a provider is written, each change is built, trusted and examined.
func TestPluginDev(t *testing.T) {
	t.Parallel()
	h := newHost(t, onSQLite)
	h.ownPlugins(t)
	h.init(t, "books")
	h.serve(t)
	dir := filepath.Join(t.TempDir(), "girosync-provider-mine")
	root, err := filepath.Abs(built.root)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(built.program, "plugin", "new", "mine", "--folder", dir, "--sdk", root).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if said := h.girosync(t, "", "plugin", "dev", dir, "--once"); !strings.Contains(said, "Grade: full marks") {
		t.Errorf("at first: %s", said)
	}
	c := h.client().login(t)
	offered := list{leaf("provider_id.name", "=", "mine")}
	until(t, "the new provider's banks", func() bool { return c.count(t, "account.online.institution", offered) == 1 })
	graded := func() any {
		return c.rows(t, "account.online.provider", list{leaf("name", "=", "mine")}, "grade")[0]["grade"]
	}
	until(t, "the grade in the provider's record", func() bool { return graded() == "full marks (23 of 23)" })
	bank, err := os.ReadFile(filepath.Join(dir, "bank.go"))
	if err != nil {
		t.Fatal(err)
	}
	wrong := strings.Replace(string(bank), "Direction: sdk.Out", "Direction: sdk.In", 1)
	if err := os.WriteFile(filepath.Join(dir, "bank.go"), []byte(wrong), 0o600); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(h.plugin, "girosync-provider-mine")
	before, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	again := exec.Command(built.program, append([]string{"plugin", "dev", dir, "--once"}, h.place()...)...)
	out, failed := again.CombinedOutput()
	if failed == nil || !strings.Contains(string(out), "does not come") || !strings.Contains(string(out), "what was used before stays") {
		t.Errorf("with a wrong direction: %v\n%s", failed, out)
	}
	if after, err := os.ReadFile(program); err != nil || !bytes.Equal(before, after) {
		t.Errorf("a program that breaks the contract has replaced one that keeps it (%v)", err)
	}
	again = exec.Command(built.program, append([]string{"plugin", "dev", dir, "--once", "--anyway"}, h.place()...)...)
	if out, err := again.CombinedOutput(); err == nil || !strings.Contains(string(out), "does not come") {
		t.Errorf("with a wrong direction, to be used all the same: %v\n%s", err, out)
	}
	until(t, "the new program's grade", func() bool { return graded() == "22 of 23" })
}

// What is shipped gets full marks, and so does a provider in another language.
func TestWhatIsShippedConforms(t *testing.T) {
	t.Parallel()
	suites := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(suites, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file, err := filepath.Abs(filepath.Join(built.root, "plugins", "files", "mt940", "testdata", "dutch.sta"))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ program, suite string }{
		{filepath.Join(built.plugins, "girosync-provider-demo"), write("demo.toml", `
institution = "demo-checking"
now = 2026-03-17T12:00:00Z
answers = { user = "ann", password = "open sesame" }
[[refuse]]
answers = { password = "wrong" }
kind = "bad_credentials"
field = "password"
`)},
		{filepath.Join(built.plugins, "girosync-provider-files"), write("files.toml", fmt.Sprintf("file = %q\n", file))},
		{filepath.Join(built.root, "plugins", "examples", "python", "girosync-provider-pysample"), ""},
		// Folders: what they hold is built, where it is in Go, and examined by the suite beside it.
		{filepath.Join(built.root, "plugins", "examples", "python"), ""},
		{filepath.Join(built.root, "plugins", "simplefin"), ""},
		{filepath.Join(built.root, "plugins", "enablebanking"), ""},
		{filepath.Join(built.root, "plugins", "plaid"), ""},
	} {
		t.Run(filepath.Base(test.program), func(t *testing.T) {
			if report := conform(t, test.program, test.suite); !report.FullMarks {
				t.Errorf("%+v", report)
			}
		})
	}
}
