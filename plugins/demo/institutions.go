package demo

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
)

// way is how a bank lets a customer in.
type way int

const (
	byForm      way = iota // user and password
	byCode                 // the same, then a one-time code
	byRedirect             // on the bank's own page
	byWaiting              // user and password, then a confirmation on the telephone
	byChannel              // user and password, then a code by the way that the customer chooses
	byContract             // user and password, then one of the customer's contracts
	byPicture              // user and password, then a picture that the bank's app reads
	byQuestions            // user and password, and what else a bank wants to know
)

// trait is what a bank does besides; the fixed institutions have them.
type trait string

const (
	plain        trait = ""
	codeEachTime trait = "code_each_time" // a session lasts fifteen minutes
	down         trait = "down"
	slow         trait = "slow"
	growing      trait = "growing" // a joint account is opened later
	closing      trait = "closing" // the savings account is closed later
	lost         trait = "lost"    // its page never sends anybody back
	shareless    trait = "none"    // no consent covers an account
	fewer        trait = "fewer"   // a renewed consent covers no savings account
	fourADay     trait = "four"    // so many unattended fetches of an account
	overrun      trait = "busy"    // one fetch of an account an hour
	outages      trait = "outages" // at times that the calendar says
	partly       trait = "partial" // the savings account does not answer
	holds        trait = "holds"   // what its cards reserve is never booked
	bulk         trait = "bulk"
	declares     trait = "declares" // see declareBank
	garbage      trait = "garbage"
	crash        trait = "crash"
	panics       trait = "panic"
	hang         trait = "hang"
	flood        trait = "flood"
)

// bank is an institution and how it behaves.
type bank struct {
	sdk.Institution
	way         way
	trait       trait
	consentDays int
	// endsAfter is after how many days a consent ends in truth; 0: as it was told.
	endsAfter int
	perYear   int64 // transactions of a bulk account
}

// unlimitedDays is how far back a bank without a limit tells.
const unlimitedDays = 730

// history is how many days before today the bank tells.
func (b bank) history() day {
	if b.HistoryDays == 0 {
		return unlimitedDays
	}
	return day(b.HistoryDays)
}

// pageOfInstitutions is how many a listing emits at once.
const pageOfInstitutions = 1000

// ListInstitutions implements sdk.InstitutionLister: first the fixed ones, then
// as many invented as are configured.
func (p *Provider) ListInstitutions(ctx context.Context, call sdk.Call, emit func([]sdk.Institution) error) error {
	cfg, err := configFrom(call.Config)
	if err != nil {
		return err
	}
	var page []sdk.Institution
	for _, b := range fixedBanks(cfg.misbehave) {
		page = append(page, b.Institution)
	}
	for _, n := range cfg.bulk {
		page = append(page, bulkBank(n).Institution)
	}
	for b := range inventedBanks(cfg.institutions) {
		if len(page) >= pageOfInstitutions {
			if err := errors.Join(ctx.Err(), emit(page)); err != nil {
				return err
			}
			page = make([]sdk.Institution, 0, pageOfInstitutions)
		}
		page = append(page, b.Institution)
	}
	return emit(page)
}

// inventedBanks yields up to n banks of all countries, larger ones more often.
func inventedBanks(n int) iter.Seq[bank] {
	return func(yield func(bank) bool) {
		lands := countries()
		names := make([]nameTable, len(lands))
		for i := range lands {
			names[i] = nameTable{lands[i].patterns(), lands[i].places()}
		}
		left := n
		for round, more := 0, true; more; round++ {
			more = false
			for i := range lands {
				for k := round * lands[i].share; k < (round+1)*lands[i].share && k < names[i].size(); k++ {
					if left == 0 || !yield(inventBank(&lands[i], names[i], k)) {
						return
					}
					left--
					more = true
				}
			}
		}
	}
}

// nameTable is what the names of a country's banks are made of.
type nameTable struct{ patterns, places []string }

func (t nameTable) size() int { return len(t.patterns) * len(t.places) }

// inventBank makes the k-th bank of a country. Its id names its pattern and
// its place, so that it stays the same when other places are added.
func inventBank(c *country, names nameTable, k int) bank {
	pattern, place := k%len(names.patterns), k/len(names.patterns)
	id := fmt.Sprintf("%s-%d-%d", strings.ToLower(c.code), pattern, place)
	d := dice(hash(0, id))
	b := bank{
		Institution: sdk.Institution{
			ID:              id,
			Name:            strings.Replace(names.patterns[pattern], "%", names.places[place], 1),
			Countries:       []string{c.code},
			BIC:             inventBIC(c.code, &d),
			Website:         "https://" + id + ".bank.example",
			Status:          sdk.Stable,
			AutoSyncAllowed: !d.oneIn(30),
			HistoryDays:     pick(&d, 90, 90, 90, 180, 365, 730, 0),
			AccountKinds:    []sdk.AccountKind{sdk.Checking, sdk.Savings, sdk.CreditCard},
		},
		way:         pick(&d, byForm, byForm, byForm, byForm, byForm, byForm, byCode, byCode, byRedirect, byWaiting),
		consentDays: pick(&d, 180, 180, 180, 90),
	}
	switch {
	case d.oneIn(25):
		b.Status = sdk.Beta
	case d.oneIn(100):
		b.Status = sdk.Disabled
	}
	switch {
	case d.oneIn(20):
		b.RefreshesPerDay = 1
	case d.oneIn(10):
		b.RefreshesPerDay = 4
	}
	return b
}

// inventBIC makes a code that no real bank has: a 0 in the eighth place marks
// a test code.
func inventBIC(countryCode string, d *dice) string {
	var prefix [4]byte
	for i := range prefix {
		prefix[i] = 'A' + byte(d.below(26))
	}
	return string(prefix[:]) + countryCode + string(rune('A'+d.below(26))) + "0"
}

func pick[T any](d *dice, from ...T) T { return from[d.below(int64(len(from)))] }

// findBank looks an institution up by its id, listed or not; BadRequest for
// one that is not in the world.
func findBank(id string, misbehave bool) (bank, error) {
	for _, b := range fixedBanks(misbehave) {
		if b.ID == id {
			return b, nil
		}
	}
	if perYear, ok := bulkSize(id); ok {
		return bulkBank(perYear), nil
	}
	if b, ok := findInvented(id); ok {
		return b, nil
	}
	return bank{}, sdk.FieldErrorf("institution", "there is no institution %q in the demo world", id)
}

func findInvented(id string) (bank, bool) {
	parts := strings.Split(id, "-")
	if len(parts) != 3 {
		return bank{}, false
	}
	c := countryOf(strings.ToUpper(parts[0]))
	pattern, err1 := strconv.Atoi(parts[1])
	place, err2 := strconv.Atoi(parts[2])
	if c == nil || err1 != nil || err2 != nil {
		return bank{}, false
	}
	names := nameTable{c.patterns(), c.places()}
	if pattern < 0 || pattern >= len(names.patterns) || place < 0 || place >= len(names.places) {
		return bank{}, false
	}
	b := inventBank(c, names, place*len(names.patterns)+pattern)
	return b, b.ID == id
}
