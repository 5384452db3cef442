package onlinesync_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

// lister is a scripted provider whose list a test writes.
type lister struct {
	*script
	list  []sdk.Institution
	wrong error
	asked int
}

func (l *lister) ListInstitutions(_ context.Context, _ sdk.Call, emit func([]sdk.Institution) error) error {
	l.asked++
	return errors.Join(emit(l.list), l.wrong)
}

// listed is a rig with a provider of n banks, the first of them connected.
func listed(t *testing.T, n int) (*rig, *lister, float64) {
	r := newRig(t, ormtest.SQLite)
	l := &lister{script: newScript(iban), list: fullList(n)}
	r.banks["script"] = l
	if err := r.addon.LoadCatalogue(t.Context(), r.db, nil); err != nil {
		t.Fatal(err)
	}
	return r, l, r.connect("bank-00", -1, nil)
}

// listAfter lets time pass and the host look for lists.
func (r *rig) listAfter(d time.Duration) error {
	r.later(d)
	return r.addon.LoadDueCatalogues(r.t.Context(), r.db)
}

func (r *rig) provider() object {
	r.t.Helper()
	return r.rows("account.online.provider", []any{leaf("name", "=", "script")}, "institution_count", "institutions_new",
		"institutions_gone", "institutions_renamed", "institutions_restated", "institutions_error", "institutions_checked_at",
		"missing")[0]
}

// saidLast is the newest message of a connection.
func (r *rig) saidLast(link float64) string {
	r.t.Helper()
	list := r.call("mail.message", "search_read", []any{leaf("model", "=", "account.online.link"), leaf("res_id", "=", link)},
		[]any{"body"}, 0, 1, "id desc").([]any)
	if len(list) == 0 {
		return ""
	}
	return list[0].(object)["body"].(string)
}

// sent is how many messages of a type are on the bus.
func (r *rig) sent(messageType string) (n int) {
	r.t.Helper()
	err := r.db.Within(r.t.Context(), orm.Principal{System: true}, orm.TxRead, func(env *orm.Env) (err error) {
		n, err = env.Count("bus.bus", domain.Where("message", domain.Like, messageType), 0)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return n
}

// What a list says otherwise than before is counted, and told on the connections
// that it concerns, once.
func TestWhatChangedInACatalogueIsTold(t *testing.T) {
	r, l, link := listed(t, 5)
	messages := func() int {
		return r.count("mail.message", leaf("model", "=", "account.online.link"), leaf("res_id", "=", link))
	}
	for _, c := range []struct {
		name   string
		change func()
		counts [4]float64 // new, gone, renamed, another status
		told   string     // on the connection; "" for nothing
	}{
		{"nothing", func() {}, [4]float64{5, 0, 0, 0}, ""},
		{"others", func() { l.list[1].Status, l.list[2].Name = sdk.Beta, "Renamed 02" }, [4]float64{0, 0, 1, 1}, ""},
		{"in beta", func() { l.list[0].Status = sdk.Beta }, [4]float64{0, 0, 0, 1}, "now lists Listed bank-00 as beta"},
		{"disabled", func() { l.list[0].Status = sdk.Disabled }, [4]float64{0, 0, 0, 1}, "now lists Listed bank-00 as disabled"},
		{"renamed", func() { l.list[0].Name = "Better Bank" }, [4]float64{0, 0, 1, 0}, "now calls Listed bank-00 Better Bank"},
		{"stable", func() { l.list[0].Status = sdk.Stable }, [4]float64{0, 0, 0, 1}, "now fully supports Better Bank"},
		{"gone, another new", func() { l.list[0].ID, l.list[0].Name = "bank-99", "New" }, [4]float64{1, 1, 0, 0},
			"no longer lists Better Bank. Your connection goes on working as long as the provider lets it"},
		{"back", func() {
			l.list = append(l.list, sdk.Institution{ID: "bank-00", Name: "Better Bank", Status: sdk.Stable,
				AutoSyncAllowed: true})
		}, [4]float64{0, 0, 0, 1}, "lists Better Bank again"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r.t = t
			before, heard := messages(), r.sent("account.online.institution/changed")
			c.change()
			if err := r.listAfter(27 * time.Hour); err != nil {
				t.Fatal(err)
			}
			p := r.provider()
			got := [4]float64{p["institutions_new"].(float64), p["institutions_gone"].(float64), p["institutions_renamed"].(float64),
				p["institutions_restated"].(float64)}
			if got != c.counts || p["institution_count"] != float64(len(l.list)) {
				t.Errorf("counts %v of %v, want %v", got, p["institution_count"], c.counts)
			}
			want := 0
			if c.told != "" {
				want = 1
			}
			if n := messages() - before; n != want || !strings.Contains(r.saidLast(link), c.told) {
				t.Errorf("%d messages, want %d with %q: %q", n, want, c.told, r.saidLast(link))
			}
			if n := r.sent("account.online.institution/changed") - heard; (n > 0) != (c.name != "nothing") {
				t.Errorf("%d bus messages", n)
			}
			if err := r.listAfter(27 * time.Hour); err != nil || messages() != before+want {
				t.Errorf("the same list is told again: %q, %v", r.saidLast(link), err)
			}
		})
	}
	if !strings.Contains(r.log.String(), "institutions changed") {
		t.Error("the log does not say that institutions changed")
	}
}

// A list is asked for once a day, an hour after it failed, and what a provider
// listed stays while it fails or is gone.
func TestACatalogueOutlastsItsProvidersAbsence(t *testing.T) {
	r, l, _ := listed(t, 5)
	asked := func(want int, when string) {
		t.Helper()
		if l.asked != want {
			t.Errorf("%s: asked %d times, want %d", when, l.asked, want)
		}
	}
	found := func(when string) {
		t.Helper()
		if n := len(r.call("account.online.institution", "search_institutions", "listed", nil, 50).([]any)); n != 5 {
			t.Errorf("%s: %d found, want 5", when, n)
		}
	}
	for _, d := range []time.Duration{0, 20 * time.Hour} {
		if err := r.listAfter(d); err != nil {
			t.Fatal(err)
		}
	}
	asked(1, "within a day")
	l.wrong = &sdk.Error{Kind: sdk.BankUnavailable, Message: "Maintenance."}
	if err := r.listAfter(7 * time.Hour); err == nil || l.asked != 2 {
		t.Errorf("a failure after a day: %v, asked %d times", err, l.asked)
	}
	found("while it fails")
	if p := r.provider(); p["institutions_error"] != "Maintenance." {
		t.Errorf("provider: %v", p)
	}
	choice := r.pick("listed bank-01").choices[0]
	if choice["usable"] != true || !strings.Contains(choice["catalogue_note"].(string), "2026-06-17") {
		t.Errorf("the picker does not say how old the list is: %v", choice)
	}
	if err := r.listAfter(30 * time.Minute); err != nil {
		t.Error(err)
	}
	asked(2, "half an hour after a failure")
	l.wrong = nil
	if err := r.listAfter(time.Hour); err != nil {
		t.Fatal(err)
	}
	asked(3, "an hour and a half after a failure")
	if p := r.provider(); p["institutions_error"] != false {
		t.Errorf("well again: %v", p)
	}
	delete(r.banks, "script")
	if _, err := r.addon.RefreshProviders(t.Context(), r.db); err != nil {
		t.Fatal(err)
	}
	if err := r.listAfter(100 * time.Hour); err != nil {
		t.Errorf("a provider that is gone: %v", err)
	}
	found("without its program")
	if choice := r.pick("listed bank-01").choices[0]; choice["usable"] != false ||
		!strings.Contains(choice["reason"].(string), "not installed") {
		t.Errorf("the picker does not say that the provider is missing: %v", choice)
	}
}

// A list that becomes much shorter is taken when it stays so, or when an
// administrator says so.
func TestAListThatShrinksIsNotTakenAtOnce(t *testing.T) {
	for _, c := range []struct {
		name   string
		pass   func(r *rig, l *lister) error
		listed int
	}{
		{"once", func(r *rig, l *lister) error { return nil }, 20},
		{"again after some hours", func(r *rig, l *lister) error { return r.listAfter(10 * time.Hour) }, 20},
		{"still after a day", func(r *rig, l *lister) error { return r.listAfter(21 * time.Hour) }, 9},
		{"well in between", func(r *rig, l *lister) error {
			short := l.list
			l.list = fullList(20)
			err := r.listAfter(10 * time.Hour)
			l.list = short
			return errors.Join(err, r.listAfter(27*time.Hour))
		}, 20},
		{"an administrator says so", func(r *rig, l *lister) error {
			_, err := r.try("account.online.provider", "action_refresh_institutions",
				[]any{r.rows("account.online.provider", []any{leaf("name", "=", "script")}, "id")[0]["id"]}, true)
			return err
		}, 9},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, l, link := listed(t, 20)
			l.list = l.list[11:]
			if err := r.listAfter(27 * time.Hour); err != nil {
				t.Fatal(err)
			}
			if p := r.provider(); !strings.Contains(p["institutions_error"].(string), "9 institutions, 20 before") {
				t.Errorf("it is not said: %v", p)
			}
			if err := c.pass(r, l); err != nil {
				t.Fatal(err)
			}
			n := r.count("account.online.institution", leaf("provider_id.name", "=", "script"), leaf("gone_since", "=", false))
			if n != c.listed {
				t.Errorf("%d listed, want %d", n, c.listed)
			}
			if told := strings.Contains(r.saidLast(link), "no longer lists"); told != (c.listed == 9) {
				t.Errorf("told on the connection: %v: %q", told, r.saidLast(link))
			}
		})
	}
	r, l, _ := listed(t, 20)
	l.list = l.list[10:] // half is no shrinking
	if err := r.listAfter(27 * time.Hour); err != nil || r.provider()["institution_count"] != float64(10) {
		t.Errorf("half of a list: %v, %v", r.provider(), err)
	}
}

func fullList(n int) []sdk.Institution {
	var list []sdk.Institution
	for i := range n {
		id := fmt.Sprintf("bank-%02d", i)
		list = append(list, sdk.Institution{ID: id, Name: "Listed " + id, Countries: []string{"NL"}, Status: sdk.Stable,
			AutoSyncAllowed: true})
	}
	return list
}

// picked is the first bank of a picker's answer.
type picked struct {
	count   float64
	bank    object
	choices []object
}

func (r *rig) pick(args ...any) (p picked) {
	r.t.Helper()
	answer := r.call("account.online.institution", "pick_institutions", args...).(object)
	p.count = answer["count"].(float64)
	if banks := answer["banks"].([]any); len(banks) > 0 {
		p.bank = banks[0].(object)
		for _, c := range p.bank["choices"].([]any) {
			p.choices = append(p.choices, c.(object))
		}
	}
	return p
}
