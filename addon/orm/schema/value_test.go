package schema_test

import (
	"testing"

	"github.com/girosync/girosync/addon/orm/schema"
)

func TestDatesAreCivilDays(t *testing.T) {
	for text, ok := range map[string]bool{"2024-02-29": true, "2025-02-29": false, "2025-13-01": false, "2025-2-1": false, "": false,
		"2025-01-01 00:00:00": false, "0001-01-01": true} {
		if d, err := schema.ParseDate(text); (err == nil) != ok || ok && string(d) != text {
			t.Errorf("%q: %q, %v", text, d, err)
		}
	}
	for _, c := range []struct {
		from schema.Date
		days int
		want schema.Date
	}{{"2024-02-28", 1, "2024-02-29"}, {"2025-02-28", 1, "2025-03-01"}, {"2025-01-01", -1, "2024-12-31"}, {"2025-03-30", 1, "2025-03-31"},
		{"", 5, ""}} {
		if got := c.from.AddDays(c.days); got != c.want {
			t.Errorf("%s and %d days: %s, want %s", c.from, c.days, got, c.want)
		}
	}
	if !schema.Date("").Time().IsZero() {
		t.Error("an unset date has a time")
	}
}

// TestRefiningCopies: a descriptor that others hold does not change.
func TestRefiningCopies(t *testing.T) {
	plain := schema.Char("name", "Name")
	if _ = plain.Required().Unique().Secret().DependsOn("x").NotKept(); plain.IsRequired || plain.IsUnique || plain.Hidden ||
		plain.IsComputed || plain.NotStored {
		t.Errorf("%+v", plain)
	}
	for name, f := range map[string]schema.Field{"one2many": schema.One2many("a", "A", "b", "c"),
		"many2many": schema.Many2many("a", "A", "b"), "not kept": plain.NotKept(), "related": plain.RelatedTo("a", "b")} {
		if f.HasColumn() {
			t.Errorf("%s has a column", name)
		}
	}
}
