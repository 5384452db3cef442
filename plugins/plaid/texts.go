package plaid

import (
	"fmt"

	"github.com/girosync/girosync/plugins/sdk"
)

// text names something that a user reads.
type text int

const (
	textRedirect text = iota
	textRenew
	textLeft
	textNothingRenewed
	textOtherBank
	textFurtherBanks
	textAccountsTitle
	textAccounts
	textLeftOut
	textNotAccount
	textNoAccounts
	textBadFlow
	textUnreadable
	textNoBank
	textLogIn
	textLocked
	textBankWants
	textRegistration
	textNoConsent
	textEnds
	textEnded
	textGone
	textRevoked
	textNotShared
	textNoCurrency
	textPageOver
	textBankTrouble
	textTrouble
	textNotReady
	textMoving
	textTooMany
	textBankGone
	textNotPossible
	textNoRefresh
	textKeys
	textAccount
	textRefused
	textNoAnswer
	textEndless
	textTooMuch
	textBadEntry
	textNotSaved
	textUnsigned
	textNewAccounts
	textServiceSays
	textCount // how many there are
)

// say returns a text in Dutch for a Dutch reader, else in English.
func say(language string, t text) string {
	if sdk.Speaks(language, "nl") {
		return inDutch()[t]
	}
	return inEnglish()[t]
}

// sayf is say with values filled in.
func sayf(language string, t text, values ...any) string {
	return fmt.Sprintf(say(language, t), values...)
}

func inEnglish() [textCount]string {
	return [textCount]string{
		textRedirect: "Log in at %s and allow this program to read your accounts. Plaid leads you there, and then back here. If its page asks " +
			"for a bank, choose this one.",
		textRenew:          "Log in at %s again. Plaid leads you there, and then back here. Accounts and what was imported stay as they are.",
		textLeft:           "You left Plaid's page before a bank was connected. Open it again to go on, or cancel.",
		textNothingRenewed: "You left Plaid's page before the connection was renewed. Open it again to go on, or cancel.",
		textOtherBank:      "At Plaid you chose %s.",
		textFurtherBanks:   "One bank is connected at a time. Connect these by themselves: %s.",
		textAccountsTitle:  "Accounts",
		textAccounts:       "Choose the accounts to synchronise.",
		textLeftOut:        "Left out, since Plaid tells no transactions of theirs, or they are not in a currency of a country: %s.",
		textNotAccount:     "There is no account %s.",
		textNoAccounts: "The bank shares no account that can be synchronised. Begin again, and choose checking, savings or credit card accounts " +
			"at the bank.",
		textBadFlow:    "The state of this flow cannot be read; begin again.",
		textUnreadable: "What is kept of this connection cannot be read. Connect again.",
		textNoBank:     "Plaid does not reach this bank, or not in the countries of this host's configuration.",
		textLogIn:      "The bank wants you to log in again. Update the credentials of the connection.",
		textLocked:     "The bank has locked your access. Log in at the bank's own page to unlock it, then update the credentials here.",
		textBankWants:  "The bank wants you to do something first. Log in at its own page, then renew the connection here.",
		textRegistration: "This bank takes only those who are registered with it. The administrator has to register this host's account at Plaid " +
			"for it.",
		textNoConsent:   "The bank was not allowed to share what is needed. Renew the connection, and allow transactions and accounts.",
		textEnds:        "The bank's consent is about to end. Renew the connection.",
		textEnded:       "The bank's consent has ended. Renew the connection.",
		textGone:        "Plaid does not know this connection any more. Renew it.",
		textRevoked:     "The consent was taken back, at the bank or at Plaid. Renew the connection if it should go on.",
		textNotShared:   "The bank does not share this account any more. Renew the connection and choose it at the bank, or remove it here.",
		textNoCurrency:  "This account is in %s, which is not a currency of a country. It cannot be synchronised.",
		textPageOver:    "The visit to Plaid's page is over, or took too long. Begin again.",
		textBankTrouble: "Plaid gets no answer of use from the bank just now.",
		textTrouble:     "Plaid is in trouble just now.",
		textNotReady:    "Plaid does not have the transactions of this connection yet. It is tried again.",
		textMoving:      "Plaid's list of transactions changes while it is read. It is tried again.",
		textTooMany:     "Plaid was asked too often.",
		textBankGone:    "Plaid does not reach this bank any more. Remove the connection, and look for the bank again.",
		textNotPossible: "The bank, or this account, does not offer that by Plaid.",
		textNoRefresh:   "Plaid does not ask the bank at once here. It does so by itself, one to four times a day.",
		textKeys: "Plaid does not know this host's client id and secret, or not in this environment. The administrator has to look at " +
			"[providers.plaid].",
		textAccount: "This host's account at Plaid may not do that. The administrator has to look at the products and countries that it is " +
			"approved for there.",
		textRefused:     "Plaid refuses the question.",
		textNoAnswer:    "Plaid gave an answer that cannot be read.",
		textEndless:     "Plaid's list of transactions does not come to an end.",
		textTooMuch:     "Plaid has more than %d transactions of this account to tell at once.",
		textBadEntry:    "Plaid told a transaction that cannot be read, %s: %s. Nothing was imported of this account.",
		textNotSaved:    "The new connection could not be kept. Begin again.",
		textUnsigned:    "The notification does not come from Plaid.",
		textNewAccounts: "The bank has further accounts. Update the credentials of the connection to choose them.",
		textServiceSays: "Plaid says: %s",
	}
}

func inDutch() [textCount]string {
	return [textCount]string{
		textRedirect: "Log in bij %s en geef dit programma toestemming om je rekeningen te lezen. Plaid brengt je daarheen, en daarna hier " +
			"terug. Vraagt de pagina naar een bank, kies dan deze.",
		textRenew: "Log opnieuw in bij %s. Plaid brengt je daarheen, en daarna hier terug. Rekeningen en wat al is ingelezen blijven zoals ze " +
			"zijn.",
		textLeft:           "Je hebt de pagina van Plaid verlaten voordat er een bank was gekoppeld. Open haar opnieuw, of breek af.",
		textNothingRenewed: "Je hebt de pagina van Plaid verlaten voordat de koppeling was vernieuwd. Open haar opnieuw, of breek af.",
		textOtherBank:      "Bij Plaid heb je %s gekozen.",
		textFurtherBanks:   "Er wordt één bank tegelijk gekoppeld. Koppel deze apart: %s.",
		textAccountsTitle:  "Rekeningen",
		textAccounts:       "Kies de rekeningen die gesynchroniseerd worden.",
		textLeftOut:        "Weggelaten, omdat Plaid er geen transacties van geeft of omdat ze niet in de munt van een land zijn: %s.",
		textNotAccount:     "Er is geen rekening %s.",
		textNoAccounts: "De bank deelt geen rekening die gesynchroniseerd kan worden. Begin opnieuw en kies bij de bank betaal-, spaar- of " +
			"creditcardrekeningen.",
		textBadFlow:    "De stand van dit proces is niet te lezen; begin opnieuw.",
		textUnreadable: "Wat van deze koppeling is bewaard, is niet te lezen. Koppel opnieuw.",
		textNoBank:     "Plaid bereikt deze bank niet, of niet in de landen die in de configuratie van deze host staan.",
		textLogIn:      "De bank wil dat je opnieuw inlogt. Werk de inloggegevens van de koppeling bij.",
		textLocked: "De bank heeft je toegang geblokkeerd. Log in op de eigen pagina van de bank om haar vrij te geven en werk daarna hier de " +
			"inloggegevens bij.",
		textBankWants: "De bank wil eerst iets van je. Log in op haar eigen pagina en vernieuw daarna hier de koppeling.",
		textRegistration: "Deze bank laat alleen toe wie bij haar is aangemeld. De beheerder moet het account van deze host bij Plaid ervoor " +
			"aanmelden.",
		textNoConsent:   "De bank mocht niet delen wat nodig is. Vernieuw de koppeling en sta transacties en rekeningen toe.",
		textEnds:        "De toestemming van de bank loopt bijna af. Vernieuw de koppeling.",
		textEnded:       "De toestemming van de bank is afgelopen. Vernieuw de koppeling.",
		textGone:        "Plaid kent deze koppeling niet meer. Vernieuw haar.",
		textRevoked:     "De toestemming is ingetrokken, bij de bank of bij Plaid. Vernieuw de koppeling als het door moet gaan.",
		textNotShared:   "De bank deelt deze rekening niet meer. Vernieuw de koppeling en kies haar bij de bank, of verwijder haar hier.",
		textNoCurrency:  "Deze rekening is in %s; dat is niet de munt van een land. Ze kan niet gesynchroniseerd worden.",
		textPageOver:    "Het bezoek aan de pagina van Plaid is voorbij of duurde te lang. Begin opnieuw.",
		textBankTrouble: "Plaid krijgt op dit moment geen bruikbaar antwoord van de bank.",
		textTrouble:     "Plaid heeft op dit moment een storing.",
		textNotReady:    "Plaid heeft de transacties van deze koppeling nog niet. Het wordt opnieuw geprobeerd.",
		textMoving:      "De lijst met transacties van Plaid verandert terwijl ze wordt gelezen. Het wordt opnieuw geprobeerd.",
		textTooMany:     "Plaid is te vaak bevraagd.",
		textBankGone:    "Plaid bereikt deze bank niet meer. Verwijder de koppeling en zoek de bank opnieuw.",
		textNotPossible: "De bank, of deze rekening, biedt dat niet via Plaid.",
		textNoRefresh:   "Plaid vraagt de bank hier niet meteen. Dat doet het uit zichzelf, één tot vier keer per dag.",
		textKeys: "Plaid kent het client-id en het geheim van deze host niet, of niet in deze omgeving. De beheerder moet naar " +
			"[providers.plaid] kijken.",
		textAccount: "Het account van deze host bij Plaid mag dat niet. De beheerder moet kijken voor welke producten en landen het daar is " +
			"goedgekeurd.",
		textRefused:     "Plaid weigert de vraag.",
		textNoAnswer:    "Plaid gaf een antwoord dat niet te lezen is.",
		textEndless:     "De lijst met transacties van Plaid komt niet aan een einde.",
		textTooMuch:     "Plaid heeft meer dan %d transacties van deze rekening in één keer te melden.",
		textBadEntry:    "Plaid gaf een transactie die niet te lezen is, %s: %s. Van deze rekening is niets ingelezen.",
		textNotSaved:    "De nieuwe koppeling kon niet worden bewaard. Begin opnieuw.",
		textUnsigned:    "De melding komt niet van Plaid.",
		textNewAccounts: "De bank heeft nog andere rekeningen. Werk de inloggegevens van de koppeling bij om ze te kiezen.",
		textServiceSays: "Plaid zegt: %s",
	}
}
