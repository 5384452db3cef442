package enablebanking

import (
	"fmt"

	"github.com/girosync/girosync/plugins/sdk"
)

// text names something that a user reads.
type text int

const (
	textType text = iota
	textTypeAsked
	textPersonal
	textBusiness
	textMethod
	textMethodAsked
	textCredentials
	textChoose
	textFillIn
	textNotLike
	textRedirect
	textDecoupled
	textNoConsent
	textNoAccounts
	textAccountsTitle
	textAccounts
	textLeftOut
	textNotAccount
	textNoBank
	textBankGone
	textBadFlow
	textUnreadable
	textEnded
	textBankWants
	textCodeUsed
	textCredentialsWrong
	textNotShared
	textNotReadable
	textOnlyPresent
	textBankTrouble
	textTrouble
	textTooMany
	textApplication
	textRestricted
	textBackNotAllowed
	textPeriod
	textRefused
	textNoAnswer
	textEndless
	textBadEntry
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
		textType:        "Accounts of",
		textTypeAsked:   "Which accounts do you want to connect?",
		textPersonal:    "A person",
		textBusiness:    "A business",
		textMethod:      "Log in with",
		textMethodAsked: "The bank knows several ways to log in. Which one do you use?",
		textCredentials: "The bank asks for this before you log in there.",
		textChoose:      "Choose one of the options.",
		textFillIn:      "Fill this in.",
		textNotLike:     "This does not look as the bank expects it.",
		textRedirect:    "Log in at %s and allow this program to read your accounts. You are led there by Enable Banking, and then back here.",
		textDecoupled: "Enable Banking leads you to %s. Confirm in the bank's app, and keep the page open meanwhile: it leads you back " +
			"here.",
		textNoConsent:        "The bank did not give the consent. Begin again when you want to.",
		textNoAccounts:       "The bank shares no account that can be synchronised. Begin again, and choose accounts at the bank.",
		textAccountsTitle:    "Accounts",
		textAccounts:         "Choose the accounts to synchronise.",
		textLeftOut:          "Left out, since they have no currency of their own: %s.",
		textNotAccount:       "There is no account %s.",
		textNoBank:           "Enable Banking reaches no bank %s.",
		textBankGone:         "Enable Banking does not reach this bank any more.",
		textBadFlow:          "The state of this flow cannot be read; begin again.",
		textUnreadable:       "What is kept of this connection cannot be read. Connect again.",
		textEnded:            "The bank's consent has ended, or was taken back. Renew the connection.",
		textBankWants:        "The bank wants you to do something first: log in there, then try again.",
		textCodeUsed:         "The bank's answer is used up or too old. Begin again.",
		textCredentialsWrong: "The bank does not know what was typed in. Correct it.",
		textNotShared:        "The bank does not share this account any more. Renew the connection and choose it at the bank, or remove it here.",
		textNotReadable:      "The bank lets nobody read this account. It may be closed or blocked.",
		textOnlyPresent:      "This bank answers only while you wait. Press Synchronize Now.",
		textBankTrouble:      "Enable Banking gets no answer of use from the bank just now.",
		textTrouble:          "Enable Banking is in trouble just now.",
		textTooMany:          "The bank was asked too often.",
		textApplication: "Enable Banking does not let this host's application do that. The administrator has to look at the application there, and " +
			"at [providers.enablebanking] here.",
		textRestricted: "The application at Enable Banking is restricted to accounts that were added there, and this is none of them. The " +
			"administrator can add it.",
		textBackNotAllowed: "The application at Enable Banking does not allow to return to this host. The administrator has to add %s to its " +
			"redirect URLs there.",
		textPeriod:      "The bank gives no transactions of these days.",
		textRefused:     "Enable Banking refuses the question.",
		textNoAnswer:    "Enable Banking gave an answer that cannot be read.",
		textEndless:     "The bank's list of transactions does not come to an end.",
		textBadEntry:    "The bank told a transaction that cannot be read, %s: %s. Nothing was imported of this account.",
		textServiceSays: "Enable Banking says: %s",
	}
}

func inDutch() [textCount]string {
	return [textCount]string{
		textType:        "Rekeningen van",
		textTypeAsked:   "Welke rekeningen wilt u koppelen?",
		textPersonal:    "Een particulier",
		textBusiness:    "Een bedrijf",
		textMethod:      "Inloggen met",
		textMethodAsked: "De bank kent verschillende manieren om in te loggen. Welke gebruikt u?",
		textCredentials: "De bank vraagt dit voordat u daar inlogt.",
		textChoose:      "Kies een van de mogelijkheden.",
		textFillIn:      "Vul dit in.",
		textNotLike:     "Dit ziet er niet uit zoals de bank het verwacht.",
		textRedirect: "Log in bij %s en sta dit programma toe uw rekeningen te lezen. Enable Banking leidt u daarheen, en daarna hierheen " +
			"terug.",
		textDecoupled: "Enable Banking leidt u naar %s. Bevestig in de app van de bank en houd de pagina zolang open: zij leidt u hierheen " +
			"terug.",
		textNoConsent:        "De bank heeft de toestemming niet gegeven. Begin opnieuw wanneer u wilt.",
		textNoAccounts:       "De bank deelt geen rekening die kan worden gesynchroniseerd. Begin opnieuw en kies rekeningen bij de bank.",
		textAccountsTitle:    "Rekeningen",
		textAccounts:         "Kies de rekeningen die worden gesynchroniseerd.",
		textLeftOut:          "Weggelaten, omdat zij geen eigen valuta hebben: %s.",
		textNotAccount:       "Er is geen rekening %s.",
		textNoBank:           "Enable Banking bereikt geen bank %s.",
		textBankGone:         "Enable Banking bereikt deze bank niet meer.",
		textBadFlow:          "De stand van deze koppeling is niet te lezen; begin opnieuw.",
		textUnreadable:       "Wat van deze koppeling is bewaard, is niet te lezen. Koppel opnieuw.",
		textEnded:            "De toestemming van de bank is afgelopen of ingetrokken. Vernieuw de koppeling.",
		textBankWants:        "De bank wil dat u eerst iets doet: log daar in en probeer het opnieuw.",
		textCodeUsed:         "Het antwoord van de bank is al gebruikt of te oud. Begin opnieuw.",
		textCredentialsWrong: "De bank kent niet wat is ingevuld. Verbeter het.",
		textNotShared:        "De bank deelt deze rekening niet meer. Vernieuw de koppeling en kies haar bij de bank, of verwijder haar hier.",
		textNotReadable:      "De bank laat niemand deze rekening lezen. Misschien is zij gesloten of geblokkeerd.",
		textOnlyPresent:      "Deze bank antwoordt alleen terwijl u wacht. Druk op Nu synchroniseren.",
		textBankTrouble:      "Enable Banking krijgt nu geen bruikbaar antwoord van de bank.",
		textTrouble:          "Enable Banking heeft nu zelf een storing.",
		textTooMany:          "De bank is te vaak bevraagd.",
		textApplication: "Enable Banking staat dit de applicatie van deze host niet toe. De beheerder moet daar de applicatie nakijken, en hier " +
			"[providers.enablebanking].",
		textRestricted: "De applicatie bij Enable Banking is beperkt tot rekeningen die daar zijn toegevoegd, en deze hoort daar niet bij. De " +
			"beheerder kan haar toevoegen.",
		textBackNotAllowed: "De applicatie bij Enable Banking staat niet toe dat u naar deze host terugkeert. De beheerder moet daar %s aan de " +
			"redirect URLs toevoegen.",
		textPeriod:      "De bank geeft geen transacties van deze dagen.",
		textRefused:     "Enable Banking weigert de vraag.",
		textNoAnswer:    "Enable Banking gaf een antwoord dat niet te lezen is.",
		textEndless:     "Aan de lijst met transacties van de bank komt geen einde.",
		textBadEntry:    "De bank gaf een transactie die niet te lezen is, %s: %s. Van deze rekening is niets geïmporteerd.",
		textServiceSays: "Enable Banking zegt: %s",
	}
}
