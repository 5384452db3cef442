package demo

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
)

const bulkPrefix = "demo-big-"

// fixedBanks lists the institutions of the package comment.
func fixedBanks(misbehave bool) []bank {
	banks := []bank{
		fixed("demo-checking", "Demo Bank", nil),
		fixed("demo-mfa", "Demo Bank with a Code", func(b *bank) { b.way = byCode }),
		fixed("demo-mfa-each", "Demo Bank with a Code Each Time", func(b *bank) { b.way, b.trait = byCode, codeEachTime }),
		fixed("demo-redirect", "Demo Bank by Redirect", func(b *bank) { b.way = byRedirect }),
		fixed("demo-wait", "Demo Bank with a Telephone", func(b *bank) { b.way = byWaiting }),
		fixed("demo-beta", "Demo Bank in Beta", func(b *bank) { b.Status = sdk.Beta }),
		fixed("demo-disabled", "Demo Bank Closed", func(b *bank) { b.Status = sdk.Disabled }),
		fixed("demo-daily", "Demo Bank Once a Day", func(b *bank) { b.RefreshesPerDay, b.HistoryDays = 1, 90 }),
		fixed("demo-manual-only", "Demo Bank by Hand Only", func(b *bank) { b.AutoSyncAllowed = false }),
		fixed("demo-expired", "Demo Bank with a Short Consent", func(b *bank) { b.consentDays = 7 }),
		fixed("demo-down", "Demo Bank out of Order", func(b *bank) { b.trait = down }),
		fixed("demo-slow", "Demo Bank that is Slow", func(b *bank) { b.trait = slow }),
		fixed("demo-growing", "Demo Bank that Opens an Account", func(b *bank) { b.trait = growing }),
		bulkBank(20_000),
		bulkBank(100_000),
	}
	if !misbehave {
		return banks
	}
	for _, t := range []trait{garbage, crash, panics, hang, flood} {
		banks = append(banks, fixed("demo-"+string(t), "Demo Bank: "+string(t), func(b *bank) { b.trait = t }))
	}
	return banks
}

// fixed makes a bank in Belgium that lets in by form and allows everything,
// but for what change alters.
func fixed(id, title string, change func(*bank)) bank {
	d := dice(hash(0, id))
	b := bank{
		Institution: sdk.Institution{
			ID:              id,
			Name:            title,
			Countries:       []string{"BE", "NL", "LU", "DE", "FR", "GB", "US"},
			BIC:             inventBIC("BE", &d),
			Website:         "https://" + id + ".bank.example",
			Status:          sdk.Stable,
			AutoSyncAllowed: true,
			HistoryDays:     730,
			AccountKinds:    []sdk.AccountKind{sdk.Checking, sdk.Savings, sdk.CreditCard},
		},
		consentDays: 180,
	}
	if change != nil {
		change(&b)
	}
	return b
}

func bulkBank(perYear int64) bank {
	return fixed(fmt.Sprint(bulkPrefix, perYear), fmt.Sprintf("Demo Bank with %d Transactions", perYear), func(b *bank) {
		b.trait, b.perYear, b.HistoryDays = bulk, perYear, bulkDays
		b.AccountKinds = []sdk.AccountKind{sdk.Checking}
	})
}

// bulkSize reads the number in an id such as demo-big-20000.
func bulkSize(id string) (int64, bool) {
	digits, found := strings.CutPrefix(id, bulkPrefix)
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, found && err == nil && n >= 1 && n <= 10_000_000 && digits == strconv.FormatInt(n, 10)
}
