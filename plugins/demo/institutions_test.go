package demo_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"unicode"

	"github.com/girosync/girosync/plugins/demo"
	"github.com/girosync/girosync/plugins/sdk"
)

func listInstitutions(t testing.TB, config map[string]string) []sdk.Institution {
	t.Helper()
	var all []sdk.Institution
	err := demo.New().ListInstitutions(context.Background(), sdk.Call{Config: config, Now: noon}, func(page []sdk.Institution) error {
		all = append(all, page...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestCatalogueIsWorldwide(t *testing.T) {
	all := listInstitutions(t, nil)
	ids, names, lands, status := map[string]bool{}, map[string]int{}, map[string]int{}, map[sdk.Status]int{}
	manual, daily, accented, limited := 0, 0, 0, 0
	for _, i := range all {
		if ids[i.ID] {
			t.Errorf("id %s twice", i.ID)
		}
		ids[i.ID] = true
		if !strings.HasPrefix(i.ID, "demo-") {
			names[i.Name+"/"+i.Countries[0]]++
			lands[i.Countries[0]]++
		}
		status[i.Status]++
		if !i.AutoSyncAllowed {
			manual++
		}
		if i.RefreshesPerDay == 1 {
			daily++
		}
		if i.HistoryDays == 90 {
			limited++
		}
		if strings.IndexFunc(i.Name, func(r rune) bool { return r > unicode.MaxASCII }) >= 0 {
			accented++
		}
		if len(i.BIC) != 8 || i.BIC[7] != '0' || i.Name == "" || strings.ContainsAny(i.Name, "%|\"\\") || len(i.AccountKinds) == 0 {
			t.Errorf("%+v", i)
		}
	}
	for name, n := range names {
		if n > 1 {
			t.Errorf("%d institutions are called %s", n, name)
		}
	}
	if len(all) < 24_000 || len(lands) < 40 || accented < 4000 || manual < 100 || daily < 100 || limited < 1000 || status[sdk.Beta] < 100 ||
		status[sdk.Disabled] < 50 {
		t.Errorf("%d in %d countries, %d accented, %d by hand, %d daily, %d of 90 days, %v", len(all), len(lands), accented, manual, daily,
			limited, status)
	}
	t.Logf("%d institutions in %d countries, %d with accents", len(all), len(lands), accented)
}

func TestCatalogueSize(t *testing.T) {
	fixed := len(listInstitutions(t, map[string]string{"institutions": "0"}))
	for _, n := range []string{"1", "1000", "30000"} {
		want := map[string]int{"1": 1, "1000": 1000, "30000": 30_000}[n]
		if got := len(listInstitutions(t, map[string]string{"institutions": n})) - fixed; got != want {
			t.Errorf("institutions=%s lists %d", n, got)
		}
	}
	if got := len(listInstitutions(t, map[string]string{"institutions": "0", "bulk": "5000, 2500"})); got != fixed+2 {
		t.Errorf("with two more bulk banks %d are listed, %d without", got, fixed)
	}
	if got := len(listInstitutions(t, map[string]string{"institutions": "0", "misbehave": "true"})); got != fixed+5 {
		t.Errorf("misbehave lists %d besides %d", got, fixed)
	}
}

func TestListingStops(t *testing.T) {
	stop := errors.New("enough")
	calls := 0
	err := demo.New().ListInstitutions(context.Background(), sdk.Call{}, func([]sdk.Institution) error { calls++; return stop })
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("after %d pages: %v", calls, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := demo.New().ListInstitutions(ctx, sdk.Call{},
		func([]sdk.Institution) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Every institution that is listed, and not disabled, can be connected.
func TestEveryInstitutionConnects(t *testing.T) {
	all := listInstitutions(t, nil)
	for n := 0; n < len(all); n += 97 {
		i := all[n]
		if i.Status == sdk.Disabled {
			continue
		}
		c := connect(t, i.ID, noon, nil)
		if n := len(c.done.Accounts); n < 3 || n > 5 {
			t.Errorf("%s has %d accounts", i.ID, n)
		}
		if i.HistoryDays > 0 && c.done.HistoryFrom != sdk.DateOf(noon).AddDays(-i.HistoryDays) {
			t.Errorf("%s: history of %d days from %s", i.ID, i.HistoryDays, c.done.HistoryFrom)
		}
	}
}

func TestConfigurationIsChecked(t *testing.T) {
	for key, value := range map[string]string{"institutions": "many", "misbehave": "perhaps"} {
		_, err := demo.New().StartConnect(context.Background(), sdk.StartConnectRequest{
			Call: sdk.Call{Config: map[string]string{key: value}}, InstitutionID: "demo-checking"})
		wantError(t, err, sdk.BadRequest, key)
	}
}
