package filing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// What is kept of a file besides its transactions.
const (
	maxRefusals = 10_000
	maxBalances = 1_000_000
)

// readFile reads the file with the first provider that knows its format and
// keeps what is the journal's.
func (d *Desk) readFile(ctx context.Context, target *fileTarget, req *Request) (*fileContent, error) {
	options := maps.Clone(target.saved)
	if options == nil {
		options = map[string]string{}
	}
	maps.Copy(options, req.Options)
	var first error
	for _, name := range d.fileReaders(options["reader"]) {
		content := newContent(name, target, options, req.Progress)
		content.most = d.FilePart
		err := d.readWith(ctx, name, options, req, content.take)
		if err == nil && content.batches == 0 {
			err = sdk.Errorf(sdk.BadRequest, "the file holds no statement")
		}
		if err == nil {
			return content, content.suits(target)
		}
		if isFault(err) {
			return nil, err
		}
		if sdk.KindOf(err) == sdk.BadRequest && content.batches > 0 {
			first = err // its format, yet damaged
			break
		}
		first = MoreOfFile(first, err)
		if sdk.KindOf(err) != sdk.BadRequest {
			break // the plugin's own failure
		}
	}
	return nil, d.unreadable(first, req.Filename)
}

// MoreOfFile chooses between what two readers say of a file that neither could
// read: the first that names a line or an option knows the format, else the
// first is told. first may be nil.
func MoreOfFile(first, next error) error {
	if first == nil || !namesPlace(first) && namesPlace(next) {
		return next
	}
	return first
}

func namesPlace(err error) bool {
	var told *sdk.Error
	return errors.As(err, &told) && (told.Line > 0 || told.Field != "")
}

// isFault reports whether an error is said in our words already.
func isFault(err error) bool {
	var told *fault.Error
	return errors.As(err, &told)
}

// unreadable is what no provider could read, as a user reads it.
func (d *Desk) unreadable(err error, filename string) error {
	if err == nil {
		return fault.Say(fault.Unavailable, "sync.unknown_provider", fault.Args{"provider": record.FilesProvider})
	}
	failed := record.Fail(d.Log, err, "file", filename)
	if failed.Kind != sdk.BadRequest {
		return failed.AsFault("")
	}
	var told *sdk.Error
	if errors.As(err, &told) && told.Line > 0 {
		return fault.WithReference(fault.Say(fault.User, "sync.file_unreadable_at",
			fault.Args{"detail": failed.Detail, "line": told.Line}).Because(err), failed.Reference)
	}
	return fault.WithReference(fault.Say(fault.User, "sync.file_unreadable", fault.Args{"detail": failed.Detail}).Because(err),
		failed.Reference)
}

// fileReaders lists the providers that may read a file: the chosen one, or
// "files" before those of third parties, by name.
func (d *Desk) fileReaders(chosen string) []string {
	if chosen != "" {
		return []string{chosen}
	}
	var others []string
	for _, info := range d.Plugins.Providers.List() {
		unknown := len(info.Capabilities) == 0 // it was never started
		if info.Name != record.FilesProvider && info.State != "refused" &&
			(unknown || slices.Contains(info.Capabilities, sdk.CanReadStatements)) {
			others = append(others, info.Name)
		}
	}
	slices.Sort(others)
	return append([]string{record.FilesProvider}, others...)
}

// readWith reads the file with one provider; one that reads no files does not
// know it either.
func (d *Desk) readWith(ctx context.Context, name string, options map[string]string, req *Request,
	take func(*sdk.StatementBatch) error) error {
	p, err := d.Plugins.Providers.Provider(name)
	if err != nil {
		return &sdk.Error{Kind: sdk.BadRequest, Message: "The provider " + name + " cannot be started.", Cause: err}
	}
	reader, ok := sdk.As[sdk.StatementReader](p)
	if !ok {
		return sdk.Errorf(sdk.BadRequest, "the provider %s reads no files", name)
	}
	if _, err := req.File.Seek(0, io.SeekStart); err != nil {
		return fault.Wrap(err, "read file", req.Filename)
	}
	ctx, watch := d.Plugins.Watch(ctx)
	call := sdk.Call{Config: d.Plugins.Settings(name), UserPresent: true, SaveSecret: func([]byte) error { return nil }, Now: time.Now()}
	var own error
	err = reader.ReadStatements(ctx, sdk.ReadRequest{Call: call, Filename: req.Filename, Options: options}, io.MultiReader(req.File),
		func(b sdk.StatementBatch) error {
			watch.Pause()
			defer watch.Resume()
			if own = take(&b); own != nil {
				return own
			}
			return ctx.Err()
		})
	if err = watch.End(err); own != nil {
		return own
	}
	return err
}

// fileContent is what a file holds for one journal.
type fileContent struct {
	reader   string
	format   string
	encoding string
	readAs   map[string]string
	account  sdk.Account
	count    int               // of the booked transactions
	booked   []importing.Entry // unless large
	pending  int
	large    bool // too many to be held: they were counted alone
	most     int  // that may be held
	days     map[schema.Date]int
	first    schema.Date // of the transaction that is told first
	last     schema.Date // and last
	keep     func(*importing.Entry) error
	options  map[string]string
	balances []sdk.Balance // opening and closing ones, in the file's order
	refused  []Refusal
	unshown  int             // refusals beyond what is listed
	others   map[string]bool // accounts of the file that are not the journal's
	money    map[string]bool // currencies in which the journal's account is told, yet not kept
	unnamed  map[string]bool // accounts without number that were taken for the journal's
	found    Findings
	batches  int
	weight   int // bytes of the transactions
	target   *fileTarget
	chosen   string // the account of the file that the user chose
	progress func(int)
}

func newContent(reader string, target *fileTarget, options map[string]string, progress func(int)) *fileContent {
	c := &fileContent{reader: reader, target: target, chosen: options["account"], options: options, progress: progress,
		refused: []Refusal{},
		others:  map[string]bool{}, money: map[string]bool{}, unnamed: map[string]bool{}, days: map[schema.Date]int{}}
	c.keep = c.hold
	return c
}

// hold keeps a transaction in memory, until there are too many.
func (c *fileContent) hold(e *importing.Entry) error {
	if !c.large {
		c.booked = append(c.booked, *e)
	}
	if len(c.booked) > c.most || c.weight > maxPartBytes {
		c.large, c.booked = true, nil
	}
	return nil
}

// note counts a transaction.
func (c *fileContent) note(e *importing.Entry) {
	c.count++
	c.weight += weightOf(e)
	c.days[e.Date]++
	if c.first == "" {
		c.first = e.Date
	}
	c.last = e.Date
}

// take keeps a batch if it is about the journal's account.
func (c *fileContent) take(b *sdk.StatementBatch) error {
	c.batches++
	c.format, c.encoding = b.Format, b.Encoding
	if len(b.ReadAs) > 0 {
		c.readAs = b.ReadAs
	}
	if !c.isTheirs(b) {
		return nil
	}
	for _, r := range b.Refused {
		c.refuse(Refusal(r))
	}
	c.found.Take(b.Findings...)
	if len(b.Booked)+len(b.Pending) > 0 || b.Opening != nil || b.Closing != nil {
		currency := c.account.Currency
		if c.account = b.Account; c.account.Currency == "" {
			c.account.Currency = currency
		}
	}
	currency := c.target.account.Currency
	for i := range b.Booked {
		e, err := importing.Check(b.Booked[i], currency, c.target.account.Invert)
		if err != nil {
			c.refuse(Refusal{Reason: fmt.Sprintf("%s: %v", b.Booked[i].Date, err)})
			continue
		}
		c.target.account.Holder.LeaveOut(&e)
		if c.note(&e); c.most > 0 && c.days[e.Date] > c.most {
			return partTooLarge(importing.Interval{From: e.Date, To: e.Date}, c.days[e.Date], c.most)
		}
		if err := c.keep(&e); err != nil {
			return fault.Wrap(err, "keep", e.Date)
		}
	}
	for i := range b.Pending {
		if _, err := importing.Check(b.Pending[i], currency, c.target.account.Invert); err == nil {
			c.pending++
		}
	}
	for _, balance := range []*sdk.Balance{b.Opening, b.Closing} {
		if balance != nil {
			c.balances = append(c.balances, *balance)
		}
	}
	if c.progress != nil {
		c.progress(c.count)
	}
	if len(c.balances) > maxBalances {
		return fault.Say(fault.User, "sync.file_too_many_balances", fault.Args{"most": maxBalances})
	}
	return nil
}

// isTheirs reports whether a batch is about the journal's account, and notes
// what else the file is about.
func (c *fileContent) isTheirs(b *sdk.StatementBatch) bool {
	a := &b.Account
	name := strings.TrimSpace(nameOr(a.Number, a.ID) + " " + a.Currency)
	if a.ID == "" && a.Number == "" && len(b.Booked)+len(b.Pending) == 0 {
		return true // what was refused concerns the file
	}
	about := c.target.isAbout(a.Number)
	if c.chosen != "" {
		about = isNamed(a, c.chosen)
	}
	switch {
	case !about:
		c.others[name] = true
		return false
	case a.Currency != "" && a.Currency != c.target.account.Currency:
		c.money[a.Currency] = true
		c.others[name] = true
		return false
	}
	if a.Number == "" {
		c.unnamed[a.ID] = true
	}
	return true
}

func nameOr(number, id string) string {
	if number != "" {
		return number
	}
	return id
}

// isNamed reports whether an account is the one that a user names.
func isNamed(a *sdk.Account, name string) bool {
	number := base.SanitizeAccountNumber(name)
	return strings.EqualFold(a.ID, name) || strings.EqualFold(a.Name, name) || number != "" &&
		base.SanitizeAccountNumber(a.Number) == number
}

func (c *fileContent) refuse(r Refusal) {
	if len(c.refused) >= maxRefusals {
		c.unshown++
		return
	}
	c.refused = append(c.refused, r)
}

// weightOf is about what an entry takes in memory, in bytes.
func weightOf(e *importing.Entry) int {
	n := 400 + len(e.ID) + len(e.Text) + len(e.Partner) + len(e.Counter) + len(e.Raw)
	for name, value := range e.Details {
		n += 64 + len(name) + len(value)
	}
	return n
}

// suits refuses a file that is about something else than the journal, or about
// several accounts of which nobody chose one.
func (c *fileContent) suits(target *fileTarget) error {
	if len(c.unnamed) > 1 && c.chosen == "" {
		return fault.Say(fault.User, "sync.file_which_account", fault.Args{"accounts": strings.Join(sorted(c.unnamed), ", ")})
	}
	if c.count+c.pending+len(c.refused)+len(c.balances) == 0 && len(c.others) > 0 {
		if len(c.money) > 0 {
			return fault.Say(fault.User, "sync.file_other_currency",
				fault.Args{"journal": target.name, "own": target.account.Currency, "currency": strings.Join(sorted(c.money), ", ")})
		}
		return fault.Say(fault.User, "sync.file_other_account",
			fault.Args{"journal": target.name, "accounts": strings.Join(sorted(c.others), ", ")})
	}
	return nil
}

// backwards reports whether the file tells the newest first, so that the order
// within a day must be turned round.
func (c *fileContent) backwards() bool { return c.first > c.last }

func sorted(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
