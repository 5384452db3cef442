package wire

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/girosync/girosync/plugins/sdk"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

// Whatever bytes a plugin sends: a batch that passes keeps the sdk's contract,
// and goes over the wire again unchanged in number.
func FuzzBatch(f *testing.F) {
	seed, err := proto.Marshal(batchToWire(sdk.Batch{
		Booked: []sdk.Transaction{{
			ID: "1", Date: sdk.Date{Year: 2026, Month: 3, Day: 1}, Amount: "12.50", Direction: sdk.In,
			Currency: "EUR", Details: map[string]string{"a": "b"},
		}},
		Balances: []sdk.Balance{{Kind: sdk.Closing, Amount: "-1", Currency: "EUR"}},
	}, &dates{}))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		var m pb.Batch
		if proto.Unmarshal(data, &m) != nil {
			return
		}
		b, err := batchFromWire(&m, &dates{})
		if err != nil {
			return
		}
		for _, list := range [][]sdk.Transaction{b.Booked, b.Pending, b.Modified} {
			for _, x := range list {
				if !x.Date.Valid() || !unsigned(x.Amount) || (x.Direction != sdk.In && x.Direction != sdk.Out) {
					t.Fatalf("passed: %+v", x)
				}
			}
		}
		again, err := batchFromWire(batchToWire(b, &dates{}), &dates{})
		if err != nil || len(again.Booked) != len(b.Booked) {
			t.Fatalf("not the same again: %v", err)
		}
	})
}
