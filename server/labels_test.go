package server

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Every text of every addon's models and fields is there in Dutch, in the
// addon's own nl.json or that of an addon below it, and nothing else is.
func TestLabelsAreThereInDutch(t *testing.T) {
	ordered, registry, err := addon.Join((&Host{}).addons()...)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, a := range ordered {
		var dutch map[string]string
		if err := json.Unmarshal(a.Part.Labels["nl"], &dutch); err != nil {
			t.Errorf("%s: nl.json: %v", a.Name, err)
		}
		unused := maps.Clone(dutch)
		for _, text := range textsOf(a, registry) {
			if dutch[text] == "" && !known[text] {
				t.Errorf("%s: nl.json lacks %q", a.Name, text)
			}
			delete(unused, text)
		}
		for _, text := range slices.Sorted(maps.Keys(unused)) {
			t.Errorf("%s: nl.json has %q, which no model of it says", a.Name, text)
		}
		for text, said := range dutch {
			known[text] = true
			if strings.TrimSpace(said) == "" || strings.HasSuffix(text, ".") != strings.HasSuffix(said, ".") {
				t.Errorf("%s: nl.json says %q for %q", a.Name, said, text)
			}
		}
	}
}

// textsOf are the texts of an addon's own models, with the fields that every
// model gets, and those that it adds to others.
func textsOf(a addon.Addon, registry *orm.Registry) []string {
	var list []string
	for _, m := range a.Part.Models {
		list = append(list, orm.Texts(modelOf(m.Label, m.Fields))...)
		if full, ok := registry.Model(m.Name); ok && a.Name == "base" {
			for _, name := range []string{"id", "display_name", "create_uid", "create_date", "write_uid", "write_date"} {
				if f, ok := full.Field(name); ok {
					list = append(list, f.Label)
				}
			}
		}
	}
	for _, x := range a.Part.Extensions {
		list = append(list, orm.Texts(modelOf("", x.Fields))...)
	}
	return list
}

func modelOf(label string, fields schema.Fields) *schema.Model {
	m := &schema.Model{Label: label}
	for i := range fields {
		m.Fields = append(m.Fields, &fields[i])
	}
	return m
}
