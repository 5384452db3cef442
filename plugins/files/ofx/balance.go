package ofx

import (
	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// balance is a LEDGERBAL or AVAILBAL as the file has it.
type balance struct {
	line         int
	amount, asOf string
}

func (b *balance) set(name, text string) {
	switch {
	case name == "BALAMT" && b.amount == "":
		b.amount = text
	case name == "DTASOF" && b.asOf == "":
		b.asOf = text
	}
}

// balance takes the balance that was just closed. An empty one is none.
func (d *document) balance(name string) error {
	if !d.stmt || d.bal.amount == "" {
		return nil
	}
	amount, err := statement.ParseAmount(d.bal.amount)
	if err != nil {
		return d.out.Refuse(d.bal.line, "balance: %v", err)
	}
	told := sdk.Balance{Kind: sdk.Interim, Amount: amount.String(), Currency: d.out.Account.Currency}
	told.Date, _ = statement.ParseCompact(d.bal.asOf) // unknown when unreadable
	if name == "AVAILBAL" {
		told.Kind = sdk.Available
		d.out.Account.Balances = []sdk.Balance{told}
		return nil
	}
	d.out.Closing = &told
	return nil
}
