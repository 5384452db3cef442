package proof_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/onlinesync/proof"
	"github.com/girosync/girosync/addon/orm/schema"
)

func amount(s string) decimal.Decimal { return decimal.MustParse(s) }

// days are two lines on 1 March, none on the 2nd, one on the 3rd.
var days = []proof.Moves{
	{Day: "2026-03-01", Sum: amount("15"), Within: []decimal.Decimal{amount("20"), amount("-5")}},
	{Day: "2026-03-03", Sum: amount("1"), Within: []decimal.Decimal{amount("1")}},
}

func told(day schema.Date, kind proof.Kind, text string) proof.Reported {
	return proof.Reported{Day: day, Kind: kind, Amount: amount(text)}
}

func TestProve(t *testing.T) {
	for _, c := range []struct {
		name     string
		anchored bool
		told     []proof.Reported
		want     []string // day, computed, verdict, provenance
		first    schema.Date
		since    schema.Date
		whole    proof.Verdict
	}{
		{"nothing told", true, nil, []string{"2026-03-01 115 open computed", "2026-03-03 116 open computed"}, "", "", proof.Open},
		{"no anchor", false, []proof.Reported{told("2026-03-03", proof.Closing, "7")},
			[]string{"2026-03-01 115 open unknown", "2026-03-03 116 open reported"}, "", "", proof.Open},
		{"all agrees, a day without lines too", true,
			[]proof.Reported{told("2026-03-01", proof.Closing, "115"), told("2026-03-02", proof.Closing, "115"),
				told("2026-03-03", proof.Closing, "116.00")},
			[]string{"2026-03-01 115 agrees reported", "2026-03-02 115 agrees reported", "2026-03-03 116 agrees reported"}, "",
			"2026-03-03", proof.Agrees},
		{"the first of two wrong days is named", true,
			[]proof.Reported{told("2026-03-01", proof.Closing, "115"), told("2026-03-02", proof.Closing, "114"),
				told("2026-03-03", proof.Closing, "115")},
			[]string{"2026-03-01 115 agrees reported", "2026-03-02 115 disagrees reported", "2026-03-03 116 disagrees reported"},
			"2026-03-02", "2026-03-01", proof.Disagrees},
		{"an interim balance between two lines", true, []proof.Reported{told("2026-03-01", proof.Interim, "120")},
			[]string{"2026-03-01 115 agrees reported", "2026-03-03 116 open computed"}, "", "2026-03-01", proof.Agrees},
		{"an interim balance before the day's lines", true, []proof.Reported{told("2026-03-03", proof.Interim, "115")},
			[]string{"2026-03-01 115 open computed", "2026-03-03 116 agrees reported"}, "", "2026-03-03", proof.Agrees},
		{"an interim balance that a later day bears out", true,
			[]proof.Reported{told("2026-03-01", proof.Interim, "95"), told("2026-03-03", proof.Closing, "116")},
			[]string{"2026-03-01 115 open reported", "2026-03-03 116 agrees reported"}, "", "2026-03-03", proof.Agrees},
		{"an interim balance that nothing bears out", true, []proof.Reported{told("2026-03-03", proof.Interim, "95")},
			[]string{"2026-03-01 115 open computed", "2026-03-03 116 disagrees reported"}, "2026-03-03", "", proof.Disagrees},
		{"a closing balance stays wrong whatever comes later", true,
			[]proof.Reported{told("2026-03-01", proof.Closing, "120"), told("2026-03-03", proof.Closing, "116")},
			[]string{"2026-03-01 115 disagrees reported", "2026-03-03 116 agrees reported"}, "2026-03-01", "", proof.Disagrees},
		{"closing beats interim, whichever came last", true,
			[]proof.Reported{told("2026-03-03", proof.Closing, "116"), told("2026-03-03", proof.Interim, "1")},
			[]string{"2026-03-01 115 open computed", "2026-03-03 116 agrees reported"}, "", "2026-03-03", proof.Agrees},
		{"the last of two interim ones counts", true,
			[]proof.Reported{told("2026-03-03", proof.Interim, "1"), told("2026-03-03", proof.Interim, "116")},
			[]string{"2026-03-01 115 open computed", "2026-03-03 116 agrees reported"}, "", "2026-03-03", proof.Agrees},
		{"an opening balance is the day before's", true, []proof.Reported{told("2026-03-03", proof.Opening, "115")},
			[]string{"2026-03-01 115 open computed", "2026-03-02 115 agrees reported", "2026-03-03 116 open computed"}, "", "2026-03-02",
			proof.Agrees},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := proof.Prove(amount("100"), c.anchored, days, c.told)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range p.Days {
				got = append(got, string(d.Day)+" "+d.Computed.Trim(0).String()+" "+string(d.Verdict)+" "+string(d.Provenance))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			first := schema.Date("")
			if p.First != nil {
				first = p.First.Day
			}
			if first != c.first || p.Agreed != c.since || p.Verdict() != c.whole {
				t.Errorf("first %q since %q: %s; want %q, %q: %s", first, p.Agreed, p.Verdict(), c.first, c.since, c.whole)
			}
		})
	}
}

func TestThePartOfAProofKnowsWhatAgreedBefore(t *testing.T) {
	p, err := proof.Prove(amount("100"), true, days,
		[]proof.Reported{told("2026-03-01", proof.Closing, "115"), told("2026-03-03", proof.Closing, "1")})
	if err != nil {
		t.Fatal(err)
	}
	part := p.Since("2026-03-02")
	if len(part.Days) != 1 || part.First == nil || part.First.Day != "2026-03-03" || part.Agreed != "2026-03-01" {
		t.Errorf("part: %+v", part)
	}
	if none := p.Since("2026-04-01"); len(none.Days) != 0 || none.Verdict() != proof.Open {
		t.Errorf("after the last day: %+v", none)
	}
}

func TestProveRefusesWhatDoesNotFit(t *testing.T) {
	huge := amount("9999999999999999999")
	if _, err := proof.Prove(huge, true, []proof.Moves{{Day: "2026-03-01", Sum: huge}}, nil); err == nil {
		t.Error("a balance beyond what an amount holds was computed")
	}
}
