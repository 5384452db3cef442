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
		declareBank(),
		bulkBank(20_000),
		bulkBank(100_000),
	}
	banks = append(banks, lives()...)
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

// lives lists the banks that show what happens in the life of a connection, each
// one thing of it.
func lives() []bank {
	by := func(w way) func(*bank) { return func(b *bank) { b.way = w } }
	does := func(t trait) func(*bank) { return func(b *bank) { b.trait = t } }
	return []bank{
		fixed("demo-codes", "Demo Bank with a Choice of Codes", by(byChannel)),
		fixed("demo-contracts", "Demo Bank with Several Contracts", by(byContract)),
		fixed("demo-qr", "Demo Bank with a QR Code", by(byPicture)),
		fixed("demo-questions", "Demo Bank that Asks More", by(byQuestions)),
		fixed("demo-lost", "Demo Bank that Sends Nobody Back", func(b *bank) { b.way, b.trait = byRedirect, lost }),
		fixed("demo-none", "Demo Bank that Shares No Account", does(shareless)),
		fixed("demo-fewer", "Demo Bank that Shares Less Later", does(fewer)),
		fixed("demo-quarter", "Demo Bank with Three Months", func(b *bank) { b.HistoryDays = 90 }),
		fixed("demo-four", "Demo Bank Four Times a Day", does(fourADay)),
		fixed("demo-hourly", "Demo Bank 24 Times a Day", func(b *bank) { b.RefreshesPerDay = 24 }),
		fixed("demo-busy", "Demo Bank that Is Soon Tired", does(overrun)),
		fixed("demo-90", "Demo Bank with a Consent of 90 Days", func(b *bank) { b.consentDays = 90 }),
		fixed("demo-revoked", "Demo Bank whose Consent Is Withdrawn", func(b *bank) { b.endsAfter = 20 }),
		fixed("demo-lenient", "Demo Bank whose Consent Lasts Longer", func(b *bank) { b.consentDays, b.endsAfter = 30, 365 }),
		fixed("demo-outages", "Demo Bank with Outages", does(outages)),
		fixed("demo-partial", "Demo Bank with a Silent Account", does(partly)),
		fixed("demo-closing", "Demo Bank that Closes an Account", does(closing)),
		fixed("demo-holds", "Demo Bank whose Holds Never Post", does(holds)),
	}
}

// outOfOrder reports whether a bank with outages is in one: from Saturday 20:00 to
// Sunday 08:00, and on the 10th and 11th of each month (UTC).
func outOfOrder(second int64) bool {
	d := dayAt(second)
	at := second - d.begins()
	_, _, dom := d.civil()
	switch d.weekday() {
	case 6:
		return at >= 20*hour || dom == 10 || dom == 11
	case 0:
		return at < 8*hour || dom == 10 || dom == 11
	}
	return dom == 10 || dom == 11
}

// Users of the bank with declarations who have no accounts: one that shared none, and
// one that has none of a business.
const (
	sharesNothing = "nothing"
	noBusiness    = "nobusiness"
)

// declareBank wants something prepared and declared before it is connected, and tells
// the accounts of persons and businesses apart.
func declareBank() bank {
	return fixed("demo-declare", "Demo Bank with Declarations", func(b *bank) {
		b.trait = declares
		b.Holders = []sdk.Holder{sdk.Personal, sdk.Business}
		b.Checklist = []sdk.Words{
			{"en": "Switch on “Sharing with others” in the bank’s app, under Settings.",
				"nl": "Zet in de app van de bank, bij Instellingen, ‘Delen met anderen’ aan."},
			{"en": "For a business, have its administrator allow you to share.",
				"nl": "Laat voor een bedrijf de beheerder toestaan dat u deelt."},
		}
		b.Declarations = []sdk.Declaration{
			{ID: "purpose", Version: "2026-1", Required: true,
				Title: sdk.Words{"en": "Purpose", "nl": "Doel"},
				Text: sdk.Words{"en": "I declare that the data of this bank is used for bookkeeping alone.",
					"nl": "Ik verklaar dat de gegevens van deze bank alleen voor de boekhouding worden gebruikt."}},
			{ID: "news", Version: "1",
				Title: sdk.Words{"en": "News", "nl": "Nieuws"},
				Text: sdk.Words{"en": "The bank may write to me about changes of its service.",
					"nl": "De bank mag mij schrijven over veranderingen van haar dienst."}},
		}
	})
}

// empty is why the customer has no accounts to share; "" where there are some.
func (s session) empty() sdk.NoAccounts {
	switch {
	case s.bank.trait != declares:
		return ""
	case s.secret.User == sharesNothing:
		return sdk.NotCovered
	case s.secret.User == noBusiness && s.secret.Holder == businessHolder:
		return sdk.NotOfKind
	}
	return ""
}
