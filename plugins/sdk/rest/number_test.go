package rest_test

import (
	"encoding/json"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

func TestNumbersAreExact(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`12.30`, "12.30"}, {`-0.1`, "-0.1"}, {`"12.30"`, "12.30"}, {`" -5 "`, "-5"}, {`"+5.00"`, "5.00"}, {`null`, ""}, {`""`, ""},
		{`1.5e3`, "1500"}, {`1.50e1`, "15.0"}, {`-25E-3`, "-0.025"}, {`1e0`, "1"}, {`0e5`, "0"}, {`0.00`, "0.00"}, {`-0.00`, "0.00"},
		{`"007.50"`, "7.50"}, {`".5"`, "0.5"}, {`"5."`, "5"}, {`"\u0035"`, "5"}, {`0.1000000000000000000000`, "0.100000000000000000"},
		{`123456789012345678901234567890.123456789012345678`, "123456789012345678901234567890.123456789012345678"},
		{`1e29`, "1" + strings.Repeat("0", 29)}, {`1e-18`, "0." + strings.Repeat("0", 17) + "1"},
	} {
		var n rest.Number
		if err := json.Unmarshal([]byte(tt.in), &n); err != nil || n.String() != tt.want {
			t.Errorf("%s: %q, %v; want %q", tt.in, n, err, tt.want)
		}
	}
	for _, wrong := range []string{`"1,234.50"`, `"1.234,50"`, `"12 34"`, `"--5"`, `"5-"`, `"."`, `"-"`, `"e5"`, `"1e"`, `"1e5.5"`,
		`true`, `{}`, `[1]`, `"NaN"`, `"Infinity"`, `"0x10"`, `"1_000"`, `"٣"`, `1e30`, `1e-19`, `1e999999999`, `1e-999999999`,
		`"1e99999999999999999999"`,
		"1" + strings.Repeat("0", 500), `"` + strings.Repeat(" ", 5000) + `"`, `"€5"`} {
		var n rest.Number
		if err := json.Unmarshal([]byte(wrong), &n); err == nil {
			t.Errorf("%.40s is read as %q", wrong, n)
		}
	}
	if text := asJSON([]rest.Number{"1.50", ""}); text != `["1.50",null]` {
		t.Errorf("written as %s", text)
	}
}

func TestAmountsHaveADirection(t *testing.T) {
	for _, tt := range []struct {
		n        rest.Number
		sign     rest.Sign
		amount   string
		direct   sdk.Direction
		mistaken bool
	}{
		{"12.30", rest.InPositive, "12.30", sdk.In, false}, {"-12.30", rest.InPositive, "12.30", sdk.Out, false},
		{"12.30", rest.OutPositive, "12.30", sdk.Out, false}, {"-12.30", rest.OutPositive, "12.30", sdk.In, false},
		{"0.00", rest.OutPositive, "0.00", sdk.In, false}, {"0", rest.InPositive, "0", sdk.In, false}, {"", rest.InPositive, "", "", true},
	} {
		amount, direction, err := rest.Amount(tt.n, tt.sign)
		if amount != tt.amount || direction != tt.direct || (err != nil) != tt.mistaken {
			t.Errorf("%s, %d: %s %s, %v", tt.n, tt.sign, amount, direction, err)
		}
	}
}

var plain = regexp.MustCompile(`^-?\d{1,30}(\.\d{1,18})?$`)

// FuzzNumber: what is read is a plain decimal of the same value.
func FuzzNumber(f *testing.F) {
	for _, seed := range []string{"12.30", "-1.5e3", "1e-18", "1e999999999", "+.5", "0.0e0", " 7. ", "1e", "e", "", "-0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := rest.ParseNumber(s)
		if err != nil || n == "" {
			return
		}
		if !plain.MatchString(n.String()) || n.Sign() == 0 && strings.HasPrefix(n.String(), "-") {
			t.Fatalf("%q is read as %q", s, n)
		}
		was, ok := new(big.Rat).SetString(strings.TrimPrefix(strings.TrimSpace(s), "+"))
		is, _ := new(big.Rat).SetString(n.String())
		if !ok || was.Cmp(is) != 0 || is.Sign() != n.Sign() {
			t.Fatalf("%q is read as %q", s, n)
		}
		again, err := rest.ParseNumber(n.String())
		if err != nil || again != n {
			t.Fatalf("%q is read again as %q, %v", n, again, err)
		}
	})
}
