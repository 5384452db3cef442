package simplefin

import "github.com/girosync/girosync/plugins/sdk"

// text names something that a user reads.
type text int

const (
	textTokenTitle text = iota
	textToken
	textTokenLabel
	textNoToken
	textIsAddress
	textNotToken
	textNotSecure
	textStrangeServer
	textClaimed
	textBadClaim
	textAccountsTitle
	textAccounts
	textLeftOut
	textServerSays
	textLaterTitle
	textLater
	textNoAccounts
	textNotAccount
	textUnreadable
	textBadFlow
	textUnpaid
	textRevoked
	textRefused
	textTooMany
	textNoAnswer
	textIncomplete
	textBankLogin
	textNotShared
	textNoCurrency
	textBackwards
	textTooManyWindows
	textBadEntry
	textCount // how many there are
)

// say returns a text in Dutch for a Dutch reader, else in English.
func say(language string, t text) string {
	if sdk.Speaks(language, "nl") {
		return inDutch()[t]
	}
	return inEnglish()[t]
}

func inEnglish() [textCount]string {
	return [textCount]string{
		textTokenTitle: "SimpleFIN setup token",
		textToken: "Open %s, connect your banks there, and make a setup token for this program. Paste the token here. It works once, and lets " +
			"this program read; you can take that back there at any time.",
		textTokenLabel: "Setup token",
		textNoToken:    "Paste the setup token.",
		textIsAddress:  "This is an address. What is needed is the setup token: a line of letters and digits.",
		textNotToken:   "This is no setup token, or not the whole of it. Copy it again from its first to its last character.",
		textNotSecure:  "This token leads to an address without encryption, which is refused.",
		textStrangeServer: "This token belongs to the server %s, which this host does not use. The administrator can allow it " +
			"(providers.simplefin, servers).",
		textClaimed: "This setup token does not work any more. If you did not use it yourself, somebody else may read your accounts: " +
			"disable it at the SimpleFIN server at once. Then make a new one.",
		textBadClaim:      "The SimpleFIN server took the token and gave nothing usable for it. Make a new one there.",
		textAccountsTitle: "Accounts",
		textAccounts:      "Choose the accounts to synchronise.",
		textLeftOut:       "Left out, since their currency is none of a country's: %s.",
		textServerSays:    "The SimpleFIN server says: %s",
		textLaterTitle:    "Not yet",
		textLater:         "The token was taken, but the accounts cannot be listed yet: %s Go on to try again; do not make a new token.",
		textNoAccounts:    "The SimpleFIN server shares no account with this program yet. Add one there, then go on.",
		textNotAccount:    "There is no account %s.",
		textUnreadable:    "This connection's credentials cannot be read. Connect again with a new setup token.",
		textBadFlow:       "The state of this flow cannot be read; begin again.",
		textUnpaid:        "The SimpleFIN server wants to be paid first. Pay there, then try again; no new setup token is needed.",
		textRevoked: "The SimpleFIN server no longer lets this program in: the access was taken back or disabled there. Make a new setup token " +
			"and reconnect.",
		textRefused:    "The SimpleFIN server refuses the question.",
		textTooMany:    "The SimpleFIN server was asked too often, and would soon disable the access. It is left alone for some hours.",
		textNoAnswer:   "The SimpleFIN server gave an answer that cannot be read.",
		textIncomplete: "The SimpleFIN server does not have this account's transactions complete just now.",
		textBankLogin:  "The bank wants you to log in again. Do so at the SimpleFIN server.",
		textNotShared:  "The SimpleFIN server does not share this account any more. Share it there again, or remove it here.",
		textNoCurrency: "This account's currency is none of a country's, so that it cannot be synchronised.",
		textBackwards:  "The window ends before it begins.",
		textTooManyWindows: "The SimpleFIN server takes so few days in one request that too many requests would be needed. Set window_days and " +
			"a later first day.",
		textBadEntry: "The SimpleFIN server told a transaction that cannot be read, %s: %s. Nothing was imported of this account.",
	}
}

func inDutch() [textCount]string {
	return [textCount]string{
		textTokenTitle: "SimpleFIN-token",
		textToken: "Open %s, koppel daar uw banken en maak een setup token voor dit programma. Plak het token hier. Het werkt één keer en laat " +
			"dit programma lezen; u kunt dat daar altijd weer intrekken.",
		textTokenLabel: "Setup token",
		textNoToken:    "Plak het setup token.",
		textIsAddress:  "Dit is een adres. Nodig is het setup token: een regel van letters en cijfers.",
		textNotToken:   "Dit is geen setup token, of niet het hele. Kopieer het opnieuw van het eerste tot het laatste teken.",
		textNotSecure:  "Dit token leidt naar een adres zonder versleuteling; dat wordt geweigerd.",
		textStrangeServer: "Dit token hoort bij de server %s, die deze host niet gebruikt. De beheerder kan hem toestaan " +
			"(providers.simplefin, servers).",
		textClaimed: "Dit setup token werkt niet meer. Als u het niet zelf hebt gebruikt, kan iemand anders uw rekeningen lezen: schakel het " +
			"meteen uit bij de SimpleFIN-server. Maak daarna een nieuw.",
		textBadClaim:      "De SimpleFIN-server nam het token aan en gaf er niets bruikbaars voor. Maak daar een nieuw.",
		textAccountsTitle: "Rekeningen",
		textAccounts:      "Kies de rekeningen die worden gesynchroniseerd.",
		textLeftOut:       "Weggelaten, omdat hun valuta niet die van een land is: %s.",
		textServerSays:    "De SimpleFIN-server zegt: %s",
		textLaterTitle:    "Nog niet",
		textLater: "Het token is aangenomen, maar de rekeningen kunnen nog niet worden opgevraagd: %s Ga verder om het opnieuw te proberen; " +
			"maak geen nieuw token.",
		textNoAccounts: "De SimpleFIN-server deelt nog geen rekening met dit programma. Voeg er daar een toe en ga verder.",
		textNotAccount: "Er is geen rekening %s.",
		textUnreadable: "De inloggegevens van deze koppeling zijn niet te lezen. Koppel opnieuw met een nieuw setup token.",
		textBadFlow:    "De stand van deze koppeling is niet te lezen; begin opnieuw.",
		textUnpaid:     "De SimpleFIN-server wil eerst betaald worden. Betaal daar en probeer het opnieuw; een nieuw setup token is niet nodig.",
		textRevoked: "De SimpleFIN-server laat dit programma niet meer toe: de toegang is daar ingetrokken of uitgeschakeld. Maak een nieuw " +
			"setup token en koppel opnieuw.",
		textRefused:    "De SimpleFIN-server weigert de vraag.",
		textTooMany:    "De SimpleFIN-server is te vaak bevraagd en zou de toegang weldra uitschakelen. Hij wordt enkele uren met rust gelaten.",
		textNoAnswer:   "De SimpleFIN-server gaf een antwoord dat niet te lezen is.",
		textIncomplete: "De SimpleFIN-server heeft de transacties van deze rekening nu niet volledig.",
		textBankLogin:  "De bank wil dat u opnieuw inlogt. Doe dat bij de SimpleFIN-server.",
		textNotShared:  "De SimpleFIN-server deelt deze rekening niet meer. Deel haar daar opnieuw, of verwijder haar hier.",
		textNoCurrency: "De valuta van deze rekening is niet die van een land, zodat zij niet kan worden gesynchroniseerd.",
		textBackwards:  "Het tijdvak eindigt voordat het begint.",
		textTooManyWindows: "De SimpleFIN-server neemt zo weinig dagen per verzoek aan dat te veel verzoeken nodig zouden zijn. Stel window_days en " +
			"een latere eerste dag in.",
		textBadEntry: "De SimpleFIN-server gaf een transactie die niet te lezen is, %s: %s. Van deze rekening is niets geïmporteerd.",
	}
}
