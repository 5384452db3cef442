package onlinesync_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon/onlinesync/filing"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/onlinesync/worldtest"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// office is the real addon on a real database, on which made-up histories are
// played one after the other, each with a bank account of its own.
type office struct {
	*rig
	bank    *worldtest.Bank
	step    *worldtest.Step // being carried out
	journal float64
	links   map[int]float64 // by provider
}

// worldProvider tells what the office's bank tells through one provider.
type worldProvider struct {
	o    *office
	name string
}

func (p worldProvider) provider() int {
	return slices.IndexFunc(p.o.bank.Script.Providers, func(f worldtest.Provider) bool { return f.Name == p.name })
}

func (p worldProvider) Describe(context.Context) (sdk.Description, error) {
	if p.o.bank == nil || p.provider() < 0 {
		return sdk.Description{Name: p.name, DisplayName: p.name, Version: "1.0.0"}, nil
	}
	return p.o.bank.Describe(p.provider()), nil
}

func (p worldProvider) ListInstitutions(_ context.Context, _ sdk.Call, emit func([]sdk.Institution) error) error {
	return emit([]sdk.Institution{{ID: p.name + "-bank", Name: p.name + " Bank", Countries: []string{"DE"}, Status: sdk.Stable,
		AutoSyncAllowed: true}})
}

func (p worldProvider) StartConnect(context.Context, sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
	return sdk.ConnectAnswer{Done: &sdk.Connection{Secret: []byte("token"), ExternalID: p.name,
		Accounts: []sdk.Account{p.o.bank.Account(p.provider())}}}, nil
}

func (p worldProvider) ContinueConnect(context.Context, sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
	return sdk.ConnectAnswer{}, sdk.Errorf(sdk.Internal, "nothing to continue")
}

func (p worldProvider) ListAccounts(context.Context, sdk.ListAccountsRequest) (sdk.AccountList, error) {
	return sdk.AccountList{Accounts: []sdk.Account{p.o.bank.Account(p.provider())}}, nil
}

func (p worldProvider) FetchTransactions(_ context.Context, req sdk.FetchRequest, emit func(sdk.Batch) error) error {
	for _, b := range p.o.bank.Fetch(p.provider(), req, p.o.step) {
		if err := emit(b); err != nil {
			return err
		}
	}
	return nil
}

// worldFiles reads the statement of the office's bank, whatever the file is.
type worldFiles struct{ worldProvider }

func (worldFiles) ListInstitutions(context.Context, sdk.Call, func([]sdk.Institution) error) error {
	return nil
}

func (p worldFiles) ReadStatements(_ context.Context, _ sdk.ReadRequest, _ io.Reader, emit func(sdk.StatementBatch) error) error {
	b := sdk.StatementBatch{Format: "world", Account: sdk.Account{Number: worldtest.Number(p.o.bank.Script.Seed), Currency: "EUR"}}
	b.Booked = p.o.bank.Statement(p.o.step)
	if !p.o.step.CutEnd {
		b.Closing = &sdk.Balance{Kind: sdk.Closing, Amount: "0", Currency: "EUR", Date: sdk.DateOf(worldtest.Instant(p.o.bank.Now))}
	}
	return emit(b)
}

func newOffice(t testing.TB, kind ormtest.Kind) *office {
	t.Helper()
	o := &office{rig: newRig(t, kind)}
	for _, name := range []string{"north", "south"} {
		o.banks[name] = worldProvider{o, name}
	}
	o.banks["files"] = worldFiles{worldProvider{o, "files"}}
	if err := o.addon.LoadCatalogue(t.Context(), o.db, nil); err != nil {
		t.Fatal(err)
	}
	return o
}

// play plays one history.
func (o *office) play(s *worldtest.Script) (worldtest.Verdict, error) {
	o.bank, o.step, o.links = worldtest.NewBank(s), nil, map[int]float64{}
	o.tick(nil)
	o.journal = o.call("account.journal", "create",
		object{"name": fmt.Sprint("World ", s.Seed), "code": "W" + strconv.FormatUint(s.Seed, 36), "type": "bank",
			"bank_acc_number": worldtest.Number(s.Seed)}).(float64)
	defer o.call("res.company", "write", []any{1.0}, object{"fiscalyear_lock_date": false})
	return worldtest.Play(o.bank, o)
}

// tick sets the host's clock.
func (o *office) tick(step *worldtest.Step) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.step, o.now = step, o.bank.Clock(step)
}

func (o *office) Connect(provider int) error {
	o.tick(nil)
	if link, ok := o.links[provider]; ok { // a new consent
		reply, err := o.try("account.online.link", "action_reconnect", []any{link})
		if flow, ok := reply.(object); ok && flow["state"] == "asking" { // it covers less than before
			o.submit(flow, object{"dropped": "go_on"})
		}
		return err
	}
	o.links[provider] = o.connect(o.bank.Script.Providers[provider].Name+"-bank", -1, nil)
	return nil
}

func (o *office) Disconnect(provider int) error {
	o.tick(nil)
	_, err := o.try("account.online.link", "unlink", []any{o.links[provider]})
	delete(o.links, provider)
	return err
}

func (o *office) Sync(provider int, step *worldtest.Step) error {
	o.tick(step)
	run, err := o.try("account.online.link", "action_fetch_transactions", []any{o.links[provider]})
	if err != nil {
		return err
	}
	if step.Crash > 0 {
		ctx, cancel := context.WithCancel(o.t.Context())
		passed := 0
		o.rig.step = func(string) {
			if passed++; passed == step.Crash*3-2 {
				cancel()
			}
		}
		_ = o.addon.RunSync(ctx, o.db, int64(run.(float64))) // dies, or is done before
		o.rig.step = nil
		cancel()
	}
	if err := o.addon.RunSync(o.t.Context(), o.db, int64(run.(float64))); err != nil {
		return err
	}
	if got := o.run(run); got["outcome"] != "ok" && got["outcome"] != "nothing_new" {
		return fmt.Errorf("run: %v", got)
	}
	return nil
}

func (o *office) Import(step *worldtest.Step) error {
	o.tick(step)
	_, err := o.addon.ImportFile(o.t.Context(), o.db, orm.Principal{UID: base.AdminUser},
		filing.Request{Journal: int64(o.journal), Filename: "world", File: strings.NewReader("x")})
	return err
}

func (o *office) Lock(day string) error {
	o.tick(nil)
	_, err := o.try("res.company", "write", []any{1.0}, object{"fiscalyear_lock_date": day})
	return err
}

// told are the ledger's rows by id, and the lines' movements.
func (o *office) told() (movements map[float64]int, byLine map[float64]int) {
	movements, byLine = map[float64]int{}, map[float64]int{}
	for _, row := range o.rows("account.online.transaction", []any{leaf("account_id.journal_ids", "in", []any{o.journal})}, "raw",
		"line_id") {
		n, _ := strconv.Atoi(strings.TrimPrefix(fmt.Sprint(row["raw"]), "m"))
		movements[row["id"].(float64)] = n
		if line, ok := row["line_id"].([]any); ok {
			byLine[line[0].(float64)] = n
		}
	}
	return movements, byLine
}

func (o *office) lines(where ...any) ([]worldtest.Line, []float64) {
	_, byLine := o.told()
	var out []worldtest.Line
	var ids []float64
	for _, row := range o.rows("account.bank.statement.line", append([]any{leaf("journal_id", "=", o.journal)}, where...), "date",
		"amount", "payment_ref", "partner_name") {
		cents := int64(row["amount"].(float64)*100 + 0.5)
		if row["amount"].(float64) < 0 {
			cents = int64(row["amount"].(float64)*100 - 0.5)
		}
		id := row["id"].(float64)
		out = append(out, worldtest.Line{Date: row["date"].(string), Cents: cents,
			Words: fmt.Sprint(row["payment_ref"], " ", row["partner_name"]), Movement: byLine[id]})
		ids = append(ids, id)
	}
	return out, ids
}

func (o *office) Lines() ([]worldtest.Line, error) {
	out, _ := o.lines()
	return out, nil
}

func (o *office) Delete(line worldtest.Line) error {
	o.tick(nil)
	list, ids := o.lines()
	at := slices.Index(list, line)
	if at < 0 {
		return fmt.Errorf("no such line")
	}
	_, err := o.try("account.bank.statement.line", "unlink", []any{ids[at]})
	return err
}

func (o *office) Questions() ([]worldtest.Question, error) {
	movements, _ := o.told()
	var out []worldtest.Question
	for _, row := range o.rows("account.online.review", []any{leaf("state", "=", "open"), leaf("journal_id", "=", o.journal)},
		"transaction_id", "other_id", "line_id", "other_line_id") {
		q := worldtest.Question{ID: int64(row["id"].(float64)), Of: movements[row["transaction_id"].([]any)[0].(float64)]}
		var ids []any
		for _, field := range []string{"line_id", "other_line_id"} {
			if line, ok := row[field].([]any); ok && !slices.Contains(ids, line[0]) {
				ids = append(ids, line[0])
			}
		}
		if other, ok := row["other_id"].([]any); ok {
			q.New = movements[other[0].(float64)]
		}
		if len(ids) > 0 {
			q.Lines, _ = o.lines(leaf("id", "in", ids))
		}
		out = append(out, q)
	}
	return out, nil
}

// Answer takes a refusal for an answer: what lies in locked books stays.
func (o *office) Answer(id int64, yes bool) error {
	o.tick(nil)
	if yes {
		if _, err := o.try("account.online.review", "accept", []any{float64(id)}); err == nil {
			return nil
		}
	}
	_, err := o.try("account.online.review", "reject", []any{float64(id)})
	return err
}

// TestWorldOnTheRealAddon plays histories of the world test on the addon as it
// is shipped: its queue, leases, staging, ledger, statements and review queue, on
// SQLite.
func TestWorldOnTheRealAddon(t *testing.T) {
	n := 30
	if testing.Short() {
		n = 2
	}
	realWorld(t, 1, n)
}

// TestWorldOnTheRealAddonSoak plays hundreds.
func TestWorldOnTheRealAddonSoak(t *testing.T) {
	if os.Getenv("GIROSYNC_SOAK") == "" {
		t.Skip("make soak plays 300 histories on the real addon")
	}
	n, err := strconv.Atoi(os.Getenv("GIROSYNC_SOAK_HISTORIES"))
	if err != nil {
		n = 300
	}
	realWorld(t, 1000, n)
}

func realWorld(t *testing.T, first uint64, n int) {
	o := newOffice(t, ormtest.SQLite)
	var syncs, crashes, lines, asked, undecided int
	for i := range uint64(n) {
		s := worldtest.Make(first + i)
		v, err := o.play(s)
		syncs, crashes, lines = syncs+v.Syncs, crashes+v.Crashes, lines+v.Lines
		if v.Asked {
			asked++
		}
		if v.Undecided {
			undecided++
		}
		if err != nil {
			t.Errorf("%s%v", s, err)
		}
	}
	t.Logf("%d histories, %d synchronisations, %d crashes, %d lines; %d decided by answers, %d right with a question open", n, syncs,
		crashes, lines, undecided, asked)
}
