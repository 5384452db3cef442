package provider

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// Plugins are the providers of a host, and how they are called.
type Plugins struct {
	Providers Providers
	// Settings tells a provider's configuration; it may hold secrets.
	Settings func(provider string) map[string]string
	// Offered tells whether the banks of a provider may be found and connected; nil:
	// those of every one.
	Offered func(provider string) bool
	// Timeout ends a call in which a plugin gives no sign.
	Timeout time.Duration
	noted   notedStates
}

// IsOffered reports whether the banks of a provider may be found and connected.
// Connections that there are go on in any case.
func (p *Plugins) IsOffered(provider string) bool { return p.Offered == nil || p.Offered(provider) }

// Refresh makes the provider rows say what is loaded now. Providers
// that are gone stay, as stopped: connections name them. It returns the names of
// those that may run now and were not there before, were refused, or were
// another program.
func (p *Plugins) Refresh(ctx context.Context, db *orm.Database) (fresh []string, err error) {
	err = db.Within(ctx, record.System(), orm.TxWrite, func(env *orm.Env) error {
		fresh = nil
		known, err := env.SearchRead(record.Providers, nil, []string{"name", "state", "checksum"}, orm.SearchOptions{})
		if err != nil {
			return err
		}
		rows := map[string]int64{}
		for row := range known.All() {
			rows[row.Str("name")] = row.ID()
		}
		for _, info := range p.Providers.List() {
			before, there := known.ByID(rows[info.Name])
			same := there && before.Str("state") != refused && before.Str("checksum") == info.Checksum
			if info.State != refused && !same {
				fresh = append(fresh, info.Name)
			}
			row := values(info)
			if id, ok := rows[info.Name]; ok {
				delete(rows, info.Name)
				keepUntold(row)
				err = env.Write(record.Providers, []int64{id}, row)
			} else {
				row["name"] = info.Name
				if row["title"] == "" {
					row["title"] = info.Name
				}
				_, err = env.Create(record.Providers, row)
			}
			if err != nil {
				return fault.Wrap(err, "provider", info.Name)
			}
		}
		for _, gone := range rows {
			if err := env.Write(record.Providers, []int64{gone}, orm.Values{"state": "stopped", "missing": true}); err != nil {
				return err
			}
		}
		return nil
	})
	return fresh, err
}

// refused is the state of a provider whose program may not run.
const refused = "refused"

// keepUntold leaves alone what is only known of a provider that runs.
func keepUntold(values orm.Values) {
	for _, field := range []string{"title", "version", "protocol_version", "regions", "capabilities"} {
		if values[field] == "" {
			delete(values, field)
		}
	}
}

func values(info Info) orm.Values {
	capabilities := make([]string, len(info.Capabilities))
	for i, c := range info.Capabilities {
		capabilities[i] = string(c)
	}
	state := info.State
	if !slices.ContainsFunc(record.ProviderStates, func(o schema.Option) bool { return o.Value == state }) {
		state = "stopped"
	}
	return orm.Values{
		"title": info.DisplayName, "version": info.Version, "protocol_version": info.ProtocolVersion, "state": state,
		"regions": strings.Join(info.Regions, ","), "checksum": info.Checksum,
		"capabilities": strings.Join(capabilities, ","), "last_error": info.LastError, "grade": info.Grade, "missing": false,
	}
}

// promises are the words for what a provider says of itself.
func promises(desc sdk.Description) string {
	var made []string
	for _, promise := range []struct {
		word string
		made bool
	}{
		{"stable_ids", desc.StableIDs}, {"reports_pending", desc.ReportsPending}, {"reports_changes", desc.ReportsChanges},
		{"passes_user_present", desc.PassesUserPresent}, {"renews_without_break", desc.RenewsWithoutBreak},
	} {
		if promise.made {
			made = append(made, promise.word)
		}
	}
	return strings.Join(made, ",")
}

// Note writes what a provider says of itself once it runs.
func (p *Plugins) Note(ctx context.Context, db *orm.Database, name string, desc sdk.Description) error {
	told := values(Info{DisplayName: desc.DisplayName, Version: desc.Version, Regions: desc.Regions, Capabilities: desc.Capabilities})
	for field, value := range told {
		if value == "" || field == "state" || field == "missing" {
			delete(told, field)
		}
	}
	kinds := make([]string, len(desc.AccountKinds))
	for i, kind := range desc.AccountKinds {
		kinds[i] = string(kind)
	}
	told["promises"], told["account_kinds"] = promises(desc), strings.Join(kinds, ",")
	told["history_days"], told["refreshes_per_day"] = int64(desc.HistoryDays), int64(desc.RefreshesPerDay)
	told["unattended_per_day"] = int64(desc.UnattendedPerDay)
	told["price"] = record.OrNoText(string(desc.Price))
	told["cost_words"] = record.OrNoText(record.WordsText(desc.Cost))
	told["retention_words"] = record.OrNoText(record.WordsText(desc.Retention))
	told["terms"] = record.OrNoText(record.Terms{Checklist: desc.Checklist, Declarations: desc.Declarations}.Text())
	return db.Within(ctx, record.System(), orm.TxWrite, func(env *orm.Env) error {
		ids, err := env.Search(record.Providers, domain.Where("name", domain.Eq, name), orm.SearchOptions{Limit: 1})
		if err != nil || len(ids) == 0 {
			return err
		}
		return env.Write(record.Providers, ids, told)
	})
}

// notStarted is why a provider's program does not start; it is record.ErrNotStarted,
// too.
type notStarted struct{ error }

func (notStarted) Is(target error) bool { return target == record.ErrNotStarted }

func (n notStarted) Unwrap() error { return n.error }

// Open returns a provider and what it says of itself.
func (p *Plugins) Open(ctx context.Context, name string) (sdk.Provider, sdk.Description, error) {
	opened, err := p.Providers.Provider(name)
	if err != nil {
		return nil, sdk.Description{}, &sdk.Error{Kind: sdk.Internal, Message: "The provider " + name + " cannot be started.",
			Cause: notStarted{err}}
	}
	ctx, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	desc, err := opened.Describe(ctx)
	if err != nil {
		return nil, desc, err
	}
	return opened, desc, nil
}

// Providers opens bank data providers by name.
type Providers interface {
	// Provider returns a provider that is ready to be called. What fails is a
	// fault of kind Unavailable or Missing.
	Provider(name string) (sdk.Provider, error)
	// List tells every provider that is installed, loaded or not.
	List() []Info
}

// Info is what is known of a provider without calling it.
type Info struct {
	Name            string
	DisplayName     string
	Version         string
	ProtocolVersion string
	State           string // stopped, starting, running, crashed, refused
	Checksum        string
	LastError       string
	Regions         []string
	Capabilities    []sdk.Capability
	Grade           string // what an examination of its program came to; "" when it was not examined
}

// Limit bounds one call to a plugin.
func (p *Plugins) Limit(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, p.Timeout)
}
