package e2e

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/serve"
)

// changingBank is a provider whose bank does what banks do: it books what was
// pending under a new id or lets it vanish, changes amounts of booked
// transactions and takes some back. The tests' own program is its plugin. How far
// its world has turned stands in a file, which a test writes.
type changingBank struct{}

const changingPlugin = "girosync-provider-changing"

// isChangingBank reports whether this process was started as the plugin.
func isChangingBank() bool { return filepath.Base(os.Args[0]) == changingPlugin }

func serveChangingBank() { serve.Serve(changingBank{}) }

// world is the bank at one turn.
type world struct {
	Turn  int
	First sdk.Date // day of the first transaction
}

const (
	changingStart = 400 // transactions of the first turn
	changingMore  = 120 // of each one after it
	changingWaits = 20  // how many of them are pending
	perDay        = 40
)

func (w world) born() int { return changingStart + w.Turn*changingMore }

// bookedIn is the turn in which the i-th transaction is booked; 0 if it was
// from the beginning, -1 if it vanishes while pending.
func (w world) bookedIn(i int) int {
	first := world{Turn: 0}.born() - changingWaits
	switch {
	case i < first:
		return 0
	case i%13 == 5:
		return -1
	}
	return (i-first)/changingMore + 1
}

// isBooked reports whether the bank shows the i-th transaction as booked.
func (w world) isBooked(i int) bool {
	in := w.bookedIn(i)
	takenBack := i%41 == 7 && w.Turn > in
	return in >= 0 && in <= w.Turn && !takenBack
}

// isPending reports whether the bank shows it as pending.
func (w world) isPending(i int) bool {
	return i >= w.born()-changingWaits && i < w.born()
}

// amount in cents: two in a row are equal; some change in the turns after
// they were booked.
func (w world) amount(i int) int64 {
	amount := int64(1000 + i/2)
	if i%17 == 3 {
		amount += 1_000_000 * int64(min(3, max(0, w.Turn-max(0, w.bookedIn(i)))))
	}
	return amount
}

func (w world) transaction(i int, id string) sdk.Transaction {
	cents := w.amount(i)
	return sdk.Transaction{ID: id, Date: w.First.AddDays(i / perDay), Amount: fmt.Sprintf("%d.%02d", cents/100, cents%100),
		Direction: sdk.In,
		Reference: "Payment " + strconv.Itoa(i/2), Counterparty: "Somebody"}
}

func bookedAs(i int) string  { return "t" + strconv.Itoa(i) }
func pendingAs(i int) string { return "p" + strconv.Itoa(i) }

func (w world) balance() (cents int64) {
	for i := range w.born() {
		if w.isBooked(i) {
			cents += w.amount(i)
		}
	}
	return cents
}

// readWorld reads what the configuration of a call names.
func readWorld(call sdk.Call) (w world, err error) {
	text, err := os.ReadFile(call.Config["world"])
	if err == nil {
		err = json.Unmarshal(text, &w)
	}
	return w, err
}

func (changingBank) Describe(context.Context) (sdk.Description, error) {
	return sdk.Description{Name: "changing", DisplayName: "Changing Bank", Version: "1.0.0", StableIDs: true, ReportsPending: true}, nil
}

func (changingBank) ListInstitutions(_ context.Context, _ sdk.Call, emit func([]sdk.Institution) error) error {
	return emit([]sdk.Institution{{ID: "changing", Name: "Changing Bank", Countries: []string{"BE"}, Status: sdk.Stable,
		AutoSyncAllowed: true}})
}

func (b changingBank) StartConnect(ctx context.Context, _ sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
	list, err := b.ListAccounts(ctx, sdk.ListAccountsRequest{})
	return sdk.ConnectAnswer{Done: &sdk.Connection{Secret: []byte("token"), ExternalID: "one", Accounts: list.Accounts}}, err
}

func (changingBank) ContinueConnect(context.Context, sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
	return sdk.ConnectAnswer{}, sdk.Errorf(sdk.BadRequest, "there is nothing to continue")
}

func (changingBank) ListAccounts(context.Context, sdk.ListAccountsRequest) (sdk.AccountList, error) {
	return sdk.AccountList{Accounts: []sdk.Account{{ID: "one", StableID: "one", Name: "Main", Number: "BE68539007547034", Currency: "EUR",
		Kind: sdk.Checking}}}, nil
}

// FetchTransactions tells what is different from the turn that the cursor names.
func (changingBank) FetchTransactions(_ context.Context, req sdk.FetchRequest, emit func(sdk.Batch) error) error {
	now, err := readWorld(req.Call)
	if err != nil {
		return err
	}
	before := world{Turn: -1, First: now.First}
	if len(req.Cursor) > 0 {
		if before.Turn, err = strconv.Atoi(string(req.Cursor)); err != nil {
			return sdk.Errorf(sdk.BadRequest, "cursor %q", req.Cursor)
		}
	}
	batch, size := sdk.Batch{}, 0
	for i := range now.born() {
		was, is := before.isBooked(i), now.isBooked(i)
		switch {
		case is && !was:
			t := now.transaction(i, bookedAs(i))
			if i >= changingStart-changingWaits {
				t.PendingID = pendingAs(i)
			}
			batch.Booked = append(batch.Booked, t)
		case is && before.amount(i) != now.amount(i):
			batch.Modified = append(batch.Modified, now.transaction(i, bookedAs(i)))
		case was && !is:
			batch.Removed = append(batch.Removed, bookedAs(i))
		case now.isPending(i):
			batch.Pending = append(batch.Pending, now.transaction(i, pendingAs(i)))
		default:
			continue
		}
		if size++; size%60 == 0 {
			batch.HasMore = true
			if err := emit(batch); err != nil {
				return err
			}
			batch = sdk.Batch{}
		}
	}
	cents := now.balance()
	batch.Cursor = []byte(strconv.Itoa(now.Turn))
	batch.Balances = []sdk.Balance{{Kind: sdk.Interim, Amount: fmt.Sprintf("%d.%02d", cents/100, cents%100), Currency: "EUR",
		Date: sdk.DateOf(req.Now)}}
	return emit(batch)
}

// changing is a host that is connected to the changing bank.
type changing struct {
	*host
	at     world
	file   string // of the world
	passed string
	link   int64
}

func newChanging(t *testing.T, on database) *changing {
	t.Helper()
	h := newHost(t, on)
	c := &changing{host: h, at: world{First: sdk.DateOf(time.Now().UTC()).AddDays(-300)}}
	c.file, c.passed = filepath.Join(filepath.Dir(h.dir), "world"), filepath.Join(filepath.Dir(h.dir), "passed")
	h.env = append(h.env, "GIROSYNC_PROVIDERS_CHANGING_WORLD="+c.file, "GIROSYNC_FAILPOINT_LOG="+c.passed)
	h.ownPlugins(t)
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := copyFile(own, filepath.Join(h.plugin, changingPlugin)); err != nil {
		t.Fatal(err)
	}
	if err := inRoot("scripts/trust", h.plugin); err != nil {
		t.Fatal(err)
	}
	c.write(t)
	h.init(t, "books")
	h.serve(t)
	client := h.client().login(t)
	c.link = client.connect(t, "changing", nil)
	c.settled(t)
	return c
}

func (c *changing) write(t testing.TB) {
	t.Helper()
	text, err := json.Marshal(c.at)
	if err == nil {
		err = os.WriteFile(c.file+".new", text, 0o600)
	}
	if err == nil {
		err = os.Rename(c.file+".new", c.file)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// turn lets the bank's world go on.
func (c *changing) turn(t testing.TB) {
	t.Helper()
	c.at.Turn++
	c.write(t)
}

// press asks for a synchronisation; it may fail, when the host dies of it.
func (c *changing) press() {
	_ = c.client().try(nil, "account.online.link", "action_fetch_transactions", list{list{c.link}}, nil)
}

// settled waits until no synchronisation is open, lets one more tell the rest,
// and compares the lines with what the bank shows.
func (c *changing) settled(t testing.TB) {
	t.Helper()
	client := c.client().login(t)
	client.runsDone(t, c.link)
	run := client.fetch(t, c.link)
	if run["outcome"] != "ok" && run["outcome"] != "nothing_new" { // the plugin died in one that it joined: press again
		run = client.fetch(t, c.link)
	}
	if run["outcome"] != "ok" && run["outcome"] != "nothing_new" {
		t.Fatalf("the run says %v", run)
	}
	if diff := gocmp.Diff(c.shown(), c.lines(t, client)); diff != "" {
		t.Fatalf("turn %d: the lines are not what the bank shows (-bank +lines):\n%s", c.at.Turn, diff)
	}
	db := c.sql(t)
	pending := one(t, db, `SELECT count(*) FROM account_online_transaction WHERE status = 'pending'`)
	staged := one(t, db, `SELECT count(*) FROM account_online_staging`)
	if pending != changingWaits || staged != 0 {
		t.Errorf("turn %d: %d pending ones in the ledger, not %d; %d pages in staging", c.at.Turn, pending, changingWaits, staged)
	}
	client.linesAreRight(t)
}

// end checks the database as a whole and counts what was passed.
func (c *changing) end(t testing.TB) {
	t.Helper()
	c.intact(t)
	tally.add(hitsIn(t, c.passed))
}

// booked is a line, or what the bank shows as one.
type booked struct {
	ID    string
	Day   string
	Cents cents
}

func (c *changing) shown() (list []booked) {
	for i := range c.at.born() {
		if c.at.isBooked(i) {
			list = append(list, booked{bookedAs(i), c.at.First.AddDays(i / perDay).String(), cents(c.at.amount(i))})
		}
	}
	return sorted(list)
}

func (c *changing) lines(t testing.TB, client *client) (list []booked) {
	t.Helper()
	for _, line := range client.rows(t, "account.bank.statement.line", nil, "online_transaction_identifier", "date", "amount") {
		id, _ := line["online_transaction_identifier"].(string)
		list = append(list, booked{id, line["date"].(string), toCents(line["amount"])})
	}
	return sorted(list)
}

func sorted(list []booked) []booked {
	slices.SortFunc(list, func(a, b booked) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// killAt kills the host at the n-th hit of a failpoint while it takes in what
// changed, and lets it recover.
func (c *changing) killAt(t *testing.T, name string, n int) {
	t.Helper()
	if err := c.stop(); err != nil {
		t.Fatal(err)
	}
	c.serve(t, fmt.Sprintf("GIROSYNC_FAILPOINT=%s=kill:%d", name, n))
	c.turn(t)
	c.press()
	c.dies(t)
	tally.kill("(changes) " + name)
	c.serve(t)
	c.settled(t)
}

// killAnywhere kills the host, or its plugin, at random moments while changes
// come in; the next ones come whether it has recovered or not.
func (c *changing) killAnywhere(t *testing.T, kills int, seed uint64) {
	t.Helper()
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 3))
	for range kills {
		if c.cmd == nil {
			c.serve(t)
		}
		c.turn(t)
		c.press()
		time.Sleep(time.Duration(dice.IntN(1500)) * time.Millisecond)
		if dice.IntN(3) == 0 {
			if len(c.shootPlugins()) > 0 {
				tally.kill("(changes, plugin) at random")
			}
			continue
		}
		c.kill(t)
		tally.kill("(changes, host) at random")
	}
	if c.cmd == nil {
		c.serve(t)
	}
	c.settled(t)
}

// TestKillWhileBankChanges kills the host between the parts of what changed.
func TestKillWhileBankChanges(t *testing.T) {
	if testing.Short() {
		t.Skip("not with -short")
	}
	t.Parallel()
	onBoth(t, func(t *testing.T, on database) {
		c := newChanging(t, on)
		c.killAt(t, "sync.chunk.committed", 2)
		c.killAt(t, "sync.account.before_commit", 1)
		c.end(t)
	})
}
