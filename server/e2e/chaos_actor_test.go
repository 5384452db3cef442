package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// actor is one of the providers, with one connection.
type actor struct {
	*chaos
	world  *wildWorld // nil for programs that are what they always are
	name   string
	acts   []act
	dice   *rand.Rand
	client *client
	link   int64
	took   []time.Duration
}

// wildWorld is a bank of the program girosync-provider-wild, which reads it from a file.
type wildWorld struct {
	file string
	gate *gate

	Day  string
	Told int // how many transactions the bank has
	Page int
	Act  string
	At   int
	Gate string
	Form bool // whether a connection needs a password
}

func (c *chaos) worldOf(t testing.TB, name string) *wildWorld {
	t.Helper()
	w := &wildWorld{file: filepath.Join(filepath.Dir(c.dir), name), gate: openGate(t), Day: today(), Page: 5}
	w.Gate = w.gate.address()
	c.env = append(c.env, "GIROSYNC_PROVIDERS_"+strings.ToUpper(name)+"_ORDERS="+w.file)
	return w
}

func (w *wildWorld) write(t testing.TB) {
	t.Helper()
	text, err := json.Marshal(w)
	if err == nil {
		err = os.WriteFile(w.file+".new", text, 0o600)
	}
	if err == nil {
		err = os.Rename(w.file+".new", w.file)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (c *chaos) actor(t testing.TB, name string, world *wildWorld, acts []act) {
	t.Helper()
	a := &actor{chaos: c, world: world, name: name, acts: acts}
	a.dice = rand.New(rand.NewPCG(c.seed, uint64(len(c.actors))))
	c.actors = append(c.actors, a)
	a.orders(t, act{})
}

// begin connects the provider and lets it synchronise in peace.
func (a *actor) begin(t *testing.T) {
	t.Helper()
	a.client = a.host.client().login(t)
	bank := a.name
	switch a.name {
	case "demo":
		bank = "demo-checking"
	case "pysample":
		bank = "bank"
	}
	a.link = a.client.connect(t, bank, map[string]string{"token": "let me in", "acknowledge_beta": "true"})
	a.client.runsDone(t, a.link)
	a.turn(t, act{well: true})
}

// play synchronises, and something goes wrong each time: each of the acts, in
// another order in each round.
func (a *actor) play(t *testing.T, times int) {
	var round []act
	for range times {
		if len(round) == 0 {
			round = slices.Clone(a.acts)
			a.dice.Shuffle(len(round), func(i, j int) { round[i], round[j] = round[j], round[i] })
		}
		a.turn(t, round[0])
		round = round[1:]
	}
}

// turn is one synchronisation.
func (a *actor) turn(t *testing.T, what act) {
	t.Helper()
	a.orders(t, what)
	began := time.Now()
	var id int64
	a.client.call(t, &id, "account.online.link", "action_fetch_transactions", list{list{a.link}}, nil)
	if what.name != "" {
		a.begun <- struct{}{}
	}
	if what.do != nil {
		what.do(t, a)
	}
	for _, run := range a.client.runsDone(t, a.link) {
		if int64(run["id"].(float64)) != id {
			continue
		}
		a.took = append(a.took, time.Since(began))
		outcome := run["outcome"]
		if well := outcome == "ok" || outcome == "nothing_new"; !what.either && well != what.well {
			t.Errorf("%s, %s: %v\n%s", a.name, what.name, run, a.said())
		}
		return
	}
	t.Fatalf("%s, %s: run %d is nowhere", a.name, what.name, id)
}

// said is what the host's log lately said of the provider.
func (a *actor) said() string {
	lines := slices.DeleteFunc(strings.SplitAfter(a.logText(), "\n"), func(line string) bool {
		return !strings.Contains(line, " provider="+a.name+" ") && !strings.Contains(line, " provider="+a.name+"\n")
	})
	return strings.Join(lines[max(0, len(lines)-12):], "")
}

// orders lets the bank's world go on, and says what goes wrong at which page.
func (a *actor) orders(t testing.TB, what act) {
	t.Helper()
	if a.world == nil {
		return
	}
	a.world.Told += 10 + a.dice.IntN(20)
	a.world.Act, a.world.At = what.order, a.dice.IntN(3)
	a.world.write(t)
}

// settle synchronises in peace and compares the lines with what the bank has.
func (a *actor) settle(t *testing.T) {
	t.Helper()
	a.noticed(t)
	a.turn(t, act{well: true})
	if a.world == nil {
		return // its balance is its truth
	}
	want, got := map[string]int{}, map[string]int{}
	for i := range a.world.Told {
		want[fmt.Sprintf("%s-%d %d.25", a.name, i, 1+i/2)]++
	}
	for _, line := range a.client.rows(t, "account.bank.statement.line",
		list{leaf("online_transaction_identifier", "=like", a.name+"-%")}, "online_transaction_identifier", "amount") {
		got[fmt.Sprintf("%s %.2f", line["online_transaction_identifier"], line["amount"])]++
	}
	for line, n := range want {
		if got[line] != n {
			t.Errorf("%d lines %s", got[line], line)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: %d different lines, but the bank has %d transactions", a.name, len(got), len(want))
	}
}

// wasLeftAlone checks that a provider that nobody touched did not wait for others.
func (a *actor) wasLeftAlone(t testing.TB) {
	t.Helper()
	slices.Sort(a.took)
	half, all := a.took[len(a.took)/2], a.took[len(a.took)-1]
	t.Logf("%s: half of the synchronisations took at most %v, all at most %v", a.name, half, all)
	if all > silence {
		t.Errorf("%s took %v over a synchronisation, as if it waited for others", a.name, all)
	}
}

func (a *actor) program() string { return filepath.Join(a.plugin, "girosync-provider-"+a.name) }

// replace puts a program in the provider's place that is another one, and trusts it.
func (a *actor) replace(t testing.TB) {
	t.Helper()
	program, err := os.ReadFile(a.program())
	if err == nil {
		err = os.WriteFile(a.program()+".new", append(program, '\n'), 0o755)
	}
	if err == nil {
		err = os.Rename(a.program()+".new", a.program())
	}
	if err != nil {
		t.Fatal(err)
	}
	a.trust.Lock()
	defer a.trust.Unlock()
	if err := inRoot("scripts/trust", a.plugin); err != nil {
		t.Fatal(err)
	}
}

// noticed waits until the host knows the program that is there, and that it may run.
func (a *actor) noticed(t testing.TB) {
	t.Helper()
	program, err := os.ReadFile(a.program())
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(program)
	until(t, "the host's knowing the new "+a.name, func() bool {
		row := a.client.rows(t, "account.online.provider", list{leaf("name", "=", a.name)}, "checksum", "state")[0]
		return row["checksum"] == hex.EncodeToString(sum[:]) && row["state"] != "refused"
	})
}
