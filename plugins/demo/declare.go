package demo

import "github.com/girosync/girosync/plugins/sdk"

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
