package demo

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// misbehaving wraps emit so that the banks of the configuration key
// "misbehave" do what they are for. Others are left alone.
func (s session) misbehaving(_ context.Context, emit func(sdk.Batch) error) func(sdk.Batch) error {
	if !s.config.misbehave {
		return emit
	}
	batches := 0
	return func(b sdk.Batch) error {
		batches++
		switch s.bank.trait {
		case garbage:
			b = spoiled(b)
		case flood:
			if batches == 1 {
				floodLog()
			}
		case crash, panics, hang:
			// One batch goes out first, as of a plugin that dies in the middle.
			first := b
			first.HasMore = true
			if batches == 1 {
				if err := emit(first); err != nil {
					return err
				}
			}
			fail(s.bank.trait)
		}
		return emit(b)
	}
}

func fail(t trait) {
	switch t {
	case crash:
		time.Sleep(500 * time.Millisecond) // or the first batch dies too, unsent
		os.Exit(3)
	case panics:
		panic("demo-panic panics, as it should")
	case hang:
		for {
			time.Sleep(time.Hour) // deaf to the context, on purpose
		}
	}
}

// spoiled makes a batch that no host should believe.
func spoiled(b sdk.Batch) sdk.Batch {
	b.Of = -1
	b.From, b.To = b.To, b.From
	bad := sdk.Transaction{ID: "twice", Date: sdk.Date{Year: 2026, Month: 2, Day: 30}, Amount: "12,34.5", Direction: "sideways",
		Currency: "€"}
	nonsense := []sdk.Transaction{
		bad,
		bad,
		{Amount: "NaN", Direction: sdk.In, Currency: "EUR"},
		{ID: "minus", Amount: "-1.00", Direction: sdk.Out, Date: sdk.Date{Year: 2026, Month: 1, Day: 5}, Currency: "EUR"},
		{ID: "huge", Amount: strings.Repeat("9", 400), Direction: sdk.In, Date: sdk.Date{Year: 99999, Month: 1, Day: 1}},
		{ID: "text\x00", Amount: "1.00", Direction: sdk.In, Date: sdk.Date{Year: 2026, Month: 1, Day: 5}, Reference: "\x1b[2J\u202e"},
	}
	b.Booked = append(nonsense, b.Booked...)
	b.Modified = append(b.Modified, sdk.Transaction{ID: "never-told", Amount: "1.00", Direction: sdk.In})
	b.Balances = append(b.Balances, sdk.Balance{Kind: "imagined", Amount: "ten", Currency: "???"})
	return b
}

// floodLog writes far more than anyone wants, and one line without an end.
func floodLog() {
	for i := range 20_000 {
		fmt.Fprintf(os.Stderr, "demo-flood line %d %s\n", i, strings.Repeat("x", 100))
	}
	fmt.Fprint(os.Stderr, strings.Repeat("y", 4<<20))
}
