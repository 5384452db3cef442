package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// pupil does what the manual's tutorial says, outside of this project.
type pupil struct {
	t    *testing.T
	at   string // the folder
	env  []string
	file string // the one that was named last
}

// TestTheTutorial follows the tutorial of plugins/README.md step by step: its
// commands are run and must say what is printed there, its changes are made.
func TestTheTutorial(t *testing.T) {
	t.Parallel()
	_, text, found := strings.Cut(manual(t), "\n## Tutorial\n")
	text, _, ended := strings.Cut(text, "\n## ")
	if !found || !ended {
		t.Fatal("the manual has no tutorial")
	}
	p := newPupil(t)
	steps := map[string]int{}
	for text != "" {
		prose, rest, more := strings.Cut(text, "\n```")
		if named := regexp.MustCompile("`([a-z]+\\.[a-z]+)`:\\s*$").FindStringSubmatch(prose); named != nil {
			p.file = named[1]
		}
		if !more {
			break
		}
		kind, rest, _ := strings.Cut(rest, "\n")
		block, after, closed := strings.Cut(rest, "\n```")
		if !closed {
			t.Fatalf("a fence is not closed: %.100s", rest)
		}
		steps[kind]++
		switch kind {
		case "console":
			p.run(block)
		case "diff":
			p.change(block)
		case "go":
			p.write(block + "\n")
		default:
			t.Fatalf("what is to be done with %q?", kind)
		}
		text = after
	}
	if steps["console"] < 4 || steps["diff"] < 3 || steps["go"] < 1 {
		t.Errorf("the tutorial has %v: some steps were not found", steps)
	}
}

// newPupil is somebody with the sources in ~/girosync and the program in the PATH.
func newPupil(t *testing.T) *pupil {
	t.Helper()
	home := t.TempDir()
	root, err := filepath.Abs(built.root)
	if err == nil {
		err = os.Symlink(root, filepath.Join(home, "girosync"))
	}
	if err != nil {
		t.Fatal(err)
	}
	env := append(cleanEnvironment(), raceLog(), "HOME="+home, "PATH="+built.dir+":"+os.Getenv("PATH"))
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GOFLAGS"} { // which HOME would change
		value, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		env = append(env, name+"="+strings.TrimSpace(string(value)))
	}
	return &pupil{t: t, at: home, env: env}
}

// run runs the commands of a block, and looks for what each is said to print.
func (p *pupil) run(block string) {
	p.t.Helper()
	for part := range strings.SplitSeq(strings.TrimPrefix("\n"+block, "\n$ "), "\n$ ") {
		command, printed, _ := strings.Cut(part, "\n")
		if to, is := strings.CutPrefix(command, "cd "); is {
			p.at = filepath.Join(p.at, to)
			continue
		}
		sh := exec.CommandContext(p.t.Context(), "sh", "-c", command)
		sh.Dir, sh.Env = p.at, p.env
		out, err := sh.CombinedOutput()
		if fails := strings.Contains("\n"+printed, "\ngirosync: "); fails != (err != nil) {
			p.t.Fatalf("%s: %v\n%s", command, err, out)
		}
		p.says(command, printed, string(out))
	}
}

// says looks for printed lines, in their order; "…" is anything, and so is the
// white space in which tables are set.
func (p *pupil) says(command, printed, out string) {
	p.t.Helper()
	said := strings.Split(out, "\n")
	for i := range said {
		said[i] = strings.Join(strings.Fields(said[i]), " ")
	}
	for line := range strings.SplitSeq(printed, "\n") {
		if line == "" || line == "…" {
			continue
		}
		pattern := strings.ReplaceAll(regexp.QuoteMeta(strings.Join(strings.Fields(line), " ")), "…", ".*")
		match := regexp.MustCompile("^" + pattern + "$")
		at := 0
		for at < len(said) && !match.MatchString(said[at]) {
			at++
		}
		if at == len(said) {
			p.t.Fatalf("%s does not say %q:\n%s", command, line, out)
		}
		said = said[at+1:]
	}
}

// change replaces the lines of a block that begin with "-" by those with "+".
func (p *pupil) change(block string) {
	p.t.Helper()
	var old, fresh strings.Builder
	for line := range strings.SplitSeq(block, "\n") {
		switch {
		case strings.HasPrefix(line, "-"):
			old.WriteString(line[1:] + "\n")
		case strings.HasPrefix(line, "+"):
			fresh.WriteString(line[1:] + "\n")
		default:
			p.t.Fatalf("a change with the line %q", line)
		}
	}
	path := filepath.Join(p.at, p.file)
	text, err := os.ReadFile(path)
	if err != nil || strings.Count(string(text), old.String()) != 1 {
		p.t.Fatalf("%s does not hold, once, what is to be changed: %v\n%s", p.file, err, old.String())
	}
	p.write(strings.Replace(string(text), old.String(), fresh.String(), 1))
}

// write writes the file that was named last.
func (p *pupil) write(text string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.at, p.file), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}
