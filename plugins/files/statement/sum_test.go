package statement_test

import (
	"testing"

	"github.com/girosync/girosync/plugins/files/statement"
)

func TestSum(t *testing.T) {
	var s statement.Sum
	for _, text := range []string{"12.34", "-0.3401", "100000000000000000.00", "-100000000000000000", "3"} {
		a, err := statement.ParseAmount(text)
		if err != nil {
			t.Fatal(err)
		}
		s.Add(a)
	}
	if s.String() != "14.9999" || !s.Is("14.99990") || s.Is("15.00") {
		t.Errorf("sum %s", &s)
	}
	s.AddSigned("0.0000000001", false)
	if s.String() != "14.9999000001" {
		t.Errorf("sum %s", &s)
	}
	for range 20 {
		s.AddSigned("99999999999999", true)
	}
	if s.String() != "-1999999999999965.0000999999" {
		t.Errorf("sum %s", &s)
	}
}
