package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/filing"
	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/conf"
	"github.com/girosync/girosync/plugins/host"
	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/server/databases"
)

// Inspection is what a statement file holds.
type Inspection struct {
	Format   string             `json:"format"`
	Accounts []InspectedAccount `json:"accounts"`
	Refused  []RefusedEntry     `json:"refused"`
	// Findings are what the file proves, denies and leaves out, in English, and,
	// with the option explain=yes, what was taken for what.
	Findings []filing.Finding `json:"findings,omitempty"`
	// ReadAs are options that read the file the same way again.
	ReadAs map[string]string `json:"read_as,omitempty"`
	// Pending counts the transactions that are not booked yet.
	Pending int `json:"pending,omitempty"`

	found filing.Findings
}

// InspectedAccount is one account's share of a file. Amounts are decimals as
// text; what the file does not say is absent.
type InspectedAccount struct {
	Number    string `json:"account_number,omitempty"`
	Currency  string `json:"currency,omitempty"`
	Count     int    `json:"count"`
	Sum       string `json:"sum"`
	Opening   string `json:"opening,omitempty"`
	Closing   string `json:"closing,omitempty"`
	FirstDate string `json:"first_date,omitempty"`
	LastDate  string `json:"last_date,omitempty"`
	// Name tells an account without a number from others in the file.
	Name string `json:"account_name,omitempty"`
	// OtherCurrencies are the transactions in another currency than the account's:
	// they are in neither Count nor Sum.
	OtherCurrencies []InspectedSum `json:"other_currencies,omitempty"`

	sum decimal.Decimal
}

// InspectedSum is the transactions in one currency.
type InspectedSum struct {
	Currency string `json:"currency"`
	Count    int    `json:"count"`
	Sum      string `json:"sum"`

	sum decimal.Decimal
}

// RefusedEntry is an entry that could not be read.
type RefusedEntry struct {
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

// Inspect reads a statement file through the plugin "files", or the first
// third party's that knows its format. It needs no data folder and no database;
// where there is a system store, what an administrator trusted counts.
// options choose what the file leaves open. With an error, what was found out
// before it is returned as well.
func Inspect(ctx context.Context, config conf.Config, log *slog.Logger, filename string, file io.ReadSeeker,
	options map[string]string) (Inspection, error) {
	quick, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	trust := &trust{file: config.Plugins.TrustedFile, recorded: func(ctx context.Context) (map[string]string, error) {
		recorded, err := databases.TrustedAt(ctx, databases.Place{Dir: config.Server.DataDir, URL: string(config.Database.URL)})
		if err != nil {
			log.Warn("programs trusted by an administrator are left out", "error", err)
		}
		return recorded, nil
	}}
	if err := trust.read(quick); err != nil {
		return Inspection{}, err
	}
	bounded, err := pluginOptions(config.Plugins, trust, log)
	if err != nil {
		return Inspection{}, err
	}
	plugins, err := host.New(bounded)
	if err != nil {
		return Inspection{}, err
	}
	found, err := inspect(ctx, plugins, config.Providers, filename, file, options)
	return found, errors.Join(err, plugins.Close())
}

// inspect tries each plugin that reads files. Of a file that nobody can read, the
// answer is what a plugin that knows its format says, else what "files" says.
func inspect(ctx context.Context, plugins *host.Manager, settings map[string]conf.Settings, filename string, file io.ReadSeeker,
	options map[string]string) (Inspection, error) {
	var first error
	var known Inspection
	for _, name := range fileReaders(plugins) {
		request := sdk.ReadRequest{Filename: filename, Options: options}
		request.Config = settings[name]
		found, err := inspectWith(ctx, plugins, name, request, file)
		if err == nil {
			return found, nil
		}
		if sdk.KindOf(err) == sdk.BadRequest && found.Format != "" {
			first, known = err, found // its format, yet damaged, or left open
			break
		}
		first = filing.MoreOfFile(first, err)
		if sdk.KindOf(err) != sdk.BadRequest {
			break // the plugin's own failure
		}
	}
	return known, sayPlainly(filename, first)
}

// fileReaders lists the plugins that may read files, "files" first.
func fileReaders(plugins *host.Manager) []string {
	names := []string{record.FilesProvider}
	for _, info := range plugins.List() {
		unknown := len(info.Capabilities) == 0 // it was never started
		if info.Name != record.FilesProvider && info.State != "refused" &&
			(unknown || slices.Contains(info.Capabilities, sdk.CanReadStatements)) {
			names = append(names, info.Name)
		}
	}
	slices.Sort(names[1:])
	return names
}

func inspectWith(ctx context.Context, plugins *host.Manager, name string, request sdk.ReadRequest, file io.ReadSeeker) (Inspection,
	error) {
	provider, err := plugins.Provider(name)
	if err != nil {
		return Inspection{}, err
	}
	reader, ok := sdk.As[sdk.StatementReader](provider)
	if !ok {
		return Inspection{}, sdk.Errorf(sdk.BadRequest, "the plugin %s reads no statements", name)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return Inspection{}, err
	}
	found := Inspection{Accounts: []InspectedAccount{}, Refused: []RefusedEntry{}}
	request.Now, request.SaveSecret = time.Now(), func([]byte) error { return nil }
	err = reader.ReadStatements(ctx, request, io.MultiReader(file), found.add)
	if found.Pending > 0 {
		found.found.Take(filing.PendingRows(found.Pending))
	}
	found.Findings = found.found.Told("en")
	if err != nil {
		return found, err
	}
	for i := range found.Accounts {
		a := &found.Accounts[i]
		a.Sum = a.sum.String()
		for j := range a.OtherCurrencies {
			a.OtherCurrencies[j].Sum = a.OtherCurrencies[j].sum.String()
		}
	}
	return found, nil
}

// sayPlainly is a plugin's error as a person reads it.
func sayPlainly(filename string, err error) error {
	var e *sdk.Error
	if !errors.As(err, &e) {
		return err
	}
	told := *e // what asks for an option still names it
	told.Message, told.Cause = fmt.Sprintf("%s: %s", filename, e.Message), err
	if e.Line > 0 {
		told.Message = fmt.Sprintf("%s, line %d: %s", filename, e.Line, e.Message)
	}
	return &plainly{told}
}

// plainly is an error of a plugin that shows its message alone.
type plainly struct{ told sdk.Error }

func (p *plainly) Error() string { return p.told.Message }
func (p *plainly) Unwrap() error { return &p.told }

// add counts a batch into its account; a batch that names none and holds no
// transaction makes none.
func (f *Inspection) add(batch sdk.StatementBatch) error {
	f.Format = batch.Format
	for _, r := range batch.Refused {
		f.Refused = append(f.Refused, RefusedEntry{r.Line, r.Reason})
	}
	f.found.Take(batch.Findings...)
	if len(batch.ReadAs) > 0 {
		f.ReadAs = batch.ReadAs
	}
	f.Pending += len(batch.Pending)
	if batch.Account.Number == "" && len(batch.Booked) == 0 && batch.Opening == nil && batch.Closing == nil {
		return nil // it brought only what was refused: that belongs to no account
	}
	account := f.account(batch.Account)
	if batch.Opening != nil && account.Opening == "" {
		account.Opening = batch.Opening.Amount
	}
	if batch.Closing != nil {
		account.Closing = batch.Closing.Amount
	}
	for _, t := range batch.Booked {
		amount, err := decimal.Parse(t.Amount)
		if err == nil && t.Direction == sdk.Out {
			amount = amount.Neg()
		}
		count, sum := account.in(t.Currency)
		if err == nil {
			*sum, err = sum.Add(amount)
		}
		if err != nil {
			f.Refused = append(f.Refused, RefusedEntry{Reason: "amount " + t.Amount + ": " + err.Error()})
			continue
		}
		*count++
		day := t.Date.String()
		if account.FirstDate == "" || day < account.FirstDate {
			account.FirstDate = day
		}
		account.LastDate = max(account.LastDate, day)
	}
	return nil
}

// in finds what counts the account's transactions in a currency.
func (a *InspectedAccount) in(currency string) (count *int, sum *decimal.Decimal) {
	if currency == "" || a.Currency == "" || currency == a.Currency {
		return &a.Count, &a.sum
	}
	i := slices.IndexFunc(a.OtherCurrencies, func(o InspectedSum) bool { return o.Currency == currency })
	if i < 0 {
		i = len(a.OtherCurrencies)
		a.OtherCurrencies = append(a.OtherCurrencies, InspectedSum{Currency: currency})
	}
	return &a.OtherCurrencies[i].Count, &a.OtherCurrencies[i].sum
}

func (f *Inspection) account(a sdk.Account) *InspectedAccount {
	name := ""
	if a.Number == "" {
		name = a.ID
	}
	for i := range f.Accounts {
		if known := &f.Accounts[i]; known.Number == a.Number && known.Name == name && known.Currency == a.Currency {
			return known
		}
	}
	f.Accounts = append(f.Accounts, InspectedAccount{Number: a.Number, Name: name, Currency: a.Currency})
	return &f.Accounts[len(f.Accounts)-1]
}
