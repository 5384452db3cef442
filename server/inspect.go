package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/conf"
	"github.com/girosync/girosync/plugins/host"
	"github.com/girosync/girosync/plugins/sdk"
)

// Inspection is what a statement file holds.
type Inspection struct {
	Format   string             `json:"format"`
	Accounts []InspectedAccount `json:"accounts"`
	Refused  []RefusedEntry     `json:"refused"`
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

	sum decimal.Decimal
}

// RefusedEntry is an entry that could not be read.
type RefusedEntry struct {
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

// Inspect reads a statement file through the plugin "files". It needs no data
// folder and no database.
func Inspect(ctx context.Context, config conf.Config, log *slog.Logger, filename string, file io.Reader) (Inspection, error) {
	trust, err := readTrust(ctx, config.Plugins.Dir, config.Plugins.TrustedFile, nil)
	if err != nil {
		return Inspection{}, err
	}
	plugins, err := host.New(host.Options{Dir: config.Plugins.Dir, Trust: trust, Log: log,
		StartTimeout: config.Plugins.StartTime, CallTimeout: config.Plugins.CallTime})
	if err != nil {
		return Inspection{}, err
	}
	found, err := inspect(ctx, plugins, filename, file)
	return found, errors.Join(err, plugins.Close())
}

func inspect(ctx context.Context, plugins *host.Manager, filename string, file io.Reader) (Inspection, error) {
	provider, err := plugins.Provider("files")
	if err != nil {
		return Inspection{}, err
	}
	reader, ok := provider.(sdk.StatementReader)
	if !ok {
		return Inspection{}, errors.New("the plugin files reads no statements")
	}
	found := Inspection{Accounts: []InspectedAccount{}, Refused: []RefusedEntry{}}
	request := sdk.ReadRequest{Filename: filename}
	request.Now, request.SaveSecret = time.Now(), func([]byte) error { return nil }
	if err := reader.ReadStatements(ctx, request, file, found.add); err != nil {
		return Inspection{}, sayPlainly(filename, err)
	}
	for i := range found.Accounts {
		found.Accounts[i].Sum = found.Accounts[i].sum.String()
	}
	return found, nil
}

// sayPlainly is a plugin's error as a person reads it.
func sayPlainly(filename string, err error) error {
	var e *sdk.Error
	if !errors.As(err, &e) {
		return err
	}
	if e.Line > 0 {
		return fmt.Errorf("%s, line %d: %s", filename, e.Line, e.Message)
	}
	return fmt.Errorf("%s: %s", filename, e.Message)
}

// add counts a batch into its account; a batch that names none and holds no
// transaction makes none.
func (f *Inspection) add(batch sdk.StatementBatch) error {
	f.Format = batch.Format
	for _, r := range batch.Refused {
		f.Refused = append(f.Refused, RefusedEntry{r.Line, r.Reason})
	}
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
		if err == nil {
			account.sum, err = account.sum.Add(amount)
		}
		if err != nil {
			f.Refused = append(f.Refused, RefusedEntry{Reason: "amount " + t.Amount + ": " + err.Error()})
			continue
		}
		account.Count++
		day := t.Date.String()
		if account.FirstDate == "" || day < account.FirstDate {
			account.FirstDate = day
		}
		account.LastDate = max(account.LastDate, day)
	}
	return nil
}

func (f *Inspection) account(a sdk.Account) *InspectedAccount {
	for i := range f.Accounts {
		if known := &f.Accounts[i]; known.Number == a.Number && known.Currency == a.Currency {
			return known
		}
	}
	f.Accounts = append(f.Accounts, InspectedAccount{Number: a.Number, Currency: a.Currency})
	return &f.Accounts[len(f.Accounts)-1]
}
