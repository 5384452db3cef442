package addon_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/addon/orm/schema"
)

func needs(name string, depends ...string) addon.Addon {
	return addon.Addon{Name: name, Depends: depends}
}

func TestAddonsComeAfterThoseTheyNeed(t *testing.T) {
	for _, c := range []struct {
		name   string
		addons []addon.Addon
		want   string
		faults []string
	}{
		{"none", nil, "", nil},
		{"as given", []addon.Addon{needs("a"), needs("b", "a"), needs("c")}, "a b c", nil},
		{"turned round", []addon.Addon{needs("c", "b"), needs("b", "a"), needs("a")}, "a b c", nil},
		{"two ways", []addon.Addon{needs("d", "b", "c"), needs("b", "a"), needs("c", "a"), needs("a")}, "a b c d", nil},
		{"absent, in a circle and twice", []addon.Addon{needs("a", "z"), needs("b", "c"), needs("c", "b"), needs("d"), needs("d")}, "",
			[]string{"addon a: depends on z, which is absent", "addon c: depends on b, which depends on it", "addon d: given twice"}},
		{"on itself", []addon.Addon{needs("a", "a")}, "", []string{"addon a: depends on a"}},
	} {
		ordered, registry, err := addon.Join(c.addons...)
		if len(c.faults) > 0 {
			for _, want := range c.faults {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%s: %v, want %q", c.name, err, want)
				}
			}
			continue
		}
		var names []string
		for _, a := range ordered {
			names = append(names, a.Name)
		}
		if err != nil || registry == nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if diff := cmp.Diff(c.want, strings.Join(names, " ")); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// notes is an addon with a model; extra is one that extends it.
func notes(install func(*orm.Env, addon.Setup) error) addon.Addon {
	return addon.Addon{Name: "notes", Install: install, Part: orm.Part{Models: []orm.Model{{
		Name: "note", Label: "Note", Fields: schema.Fields{schema.Char("name", "Name")},
		Bound: orm.Bound{Access: orm.Access{"base.group_user": orm.Change}},
	}}}}
}

func extra() addon.Addon {
	return addon.Addon{Name: "extra", Depends: []string{"notes"}, Part: orm.Part{
		Extensions: []orm.Extension{{Of: "note", Fields: schema.Fields{schema.Integer("stars", "Stars").DefaultTo(int64(3))}}},
	}}
}

func TestLaterAddonsExtendModels(t *testing.T) {
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			db := ormtest.Install(t, ormtest.On(kind), extra(), notes(nil)) // in any order
			ormtest.Converse(t, db, []ormtest.Step{
				{Model: "note", Method: "create", Args: `[{"name":"a"}]`, Want: `1`},
				{Model: "note", Method: "read", Args: `[[1],["name","stars"]]`, Want: `[{"id":1,"name":"a","stars":3}]`},
			})
		})
	}
	if _, _, err := addon.Join(extra(), needs("notes")); err == nil || !strings.Contains(err.Error(), "unknown model note") {
		t.Errorf("extending what is not there: %v", err)
	}
	two := notes(nil)
	two.Name = "again"
	if _, _, err := addon.Join(notes(nil), two); err == nil || !strings.Contains(err.Error(), "declared twice") {
		t.Errorf("declaring twice: %v", err)
	}
}

// TestInstallingIsAllOrNothing: steps run in order with all rights, the
// finishing ones last; when one fails, nothing of the others stays.
func TestInstallingIsAllOrNothing(t *testing.T) {
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			var steps []string
			broken := errors.New("broken")
			var failing error
			write := func(step string) func(*orm.Env, addon.Setup) error {
				return func(env *orm.Env, setup addon.Setup) error {
					steps = append(steps, step+" for "+setup.Company)
					_, err := env.Create("note", orm.Values{"name": step})
					return err
				}
			}
			first, last := notes(write("notes")), extra()
			first.Finish = write("finish notes")
			last.Install = write("extra")
			last.Finish = func(*orm.Env, addon.Setup) error { return failing }
			ordered, registry, err := addon.Join(last, first)
			if err != nil {
				t.Fatal(err)
			}
			db := ormtest.Open(t, ormtest.On(kind), registry, ormtest.Store(t, kind))
			failing = broken
			if err := addon.Install(t.Context(), db, ordered, addon.Setup{Company: "Acme"}); !errors.Is(err, broken) ||
				!strings.Contains(err.Error(), "finish extra") {
				t.Errorf("%v", err)
			}
			ormtest.Converse(t, db, []ormtest.Step{{Model: "note", Method: "search_count", Args: `[[]]`, Want: `0`}})
			failing, steps = nil, nil
			if err := addon.Install(t.Context(), db, ordered, addon.Setup{Company: "Acme"}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"notes for Acme", "extra for Acme", "finish notes for Acme"}, steps); diff != "" {
				t.Error(diff)
			}
			ormtest.Converse(t, db, []ormtest.Step{{Model: "note", Method: "search_count", Args: `[[]]`, Want: `3`}})
		})
	}
}

func TestUpgradesMustBeToldApart(t *testing.T) {
	do := func(*orm.Env) error { return nil }
	good := addon.Upgrade{Name: "1 first", Do: do}
	for want, upgrades := range map[string][]addon.Upgrade{
		`addon a: upgrade "1 first": given twice`:        {good, {Name: "2", Do: do}, good},
		`addon a: upgrade "": needs a name`:              {{Do: do}},
		`addon a: upgrade "1\n2": needs a name of one`:   {{Name: "1\n2", Do: do}},
		`addon a: upgrade "2": needs a name of one line`: {good, {Name: "2"}},
		"": {good, {Name: "2", BeforeTables: true, Do: do}},
	} {
		_, _, err := addon.Join(addon.Addon{Name: "a", Upgrades: upgrades}, addon.Addon{Name: "b", Upgrades: []addon.Upgrade{good}})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
