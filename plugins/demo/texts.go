package demo

import "github.com/girosync/girosync/plugins/sdk"

// text names something that a user reads.
type text int

const (
	textForm text = iota
	textUser
	textPassword
	textDelay
	textNoUser
	textLongUser
	textOtherUser
	textNoPassword
	textWrongPassword
	textCodeTitle
	textCode
	textCodeLabel
	textWrongCode
	textNeedsCode
	textRedirectTitle
	textRedirect
	textRefusedAtBank
	textWaitTitle
	textWait
	textAccountsTitle
	textAccounts
	textNoAccount
	textDisabled
	textRevoked
	textExpired
	textManualOnly
	textDown
	textRefreshUsed
	textCount // how many there are
)

// say returns a text in Dutch for a Dutch reader, else in English.
func say(language string, t text) string {
	if sdk.Speaks(language, "nl") {
		return inDutch(t)
	}
	return inEnglish(t)
}

func inEnglish(t text) string {
	return [textCount]string{
		textForm:          "Log in as you do at this bank. It is a demo: any name and any password will do, but for the password “wrong”.",
		textUser:          "User name",
		textPassword:      "Password",
		textDelay:         "Delay of each page, in milliseconds",
		textNoUser:        "Enter your user name.",
		textLongUser:      "A user name has at most 200 characters.",
		textOtherUser:     "This connection belongs to %s. Log in with that name, or make a new connection.",
		textNoPassword:    "Enter your password.",
		textWrongPassword: "The bank does not accept this user name and password.",
		textCodeTitle:     "One-time code",
		textCode:          "The bank has sent you a code. In this demo it is 123456.",
		textCodeLabel:     "Code",
		textWrongCode:     "This is not the code that the bank sent.",
		textNeedsCode:     "The bank asks for a one-time code before it gives anything.",
		textRedirectTitle: "Continue at the bank",
		textRedirect:      "You give your consent on the bank’s own page and come back here.",
		textRefusedAtBank: "Consent was not given at the bank.",
		textWaitTitle:     "Confirm on your telephone",
		textWait:          "Open the bank’s app and confirm. In this demo that happens by itself.",
		textAccountsTitle: "Accounts",
		textAccounts:      "Choose the accounts to synchronise.",
		textNoAccount:     "There is no account %q to choose.",
		textDisabled:      "This bank cannot be connected at present.",
		textRevoked:       "The consent was withdrawn. Connect again.",
		textExpired:       "The consent has expired. Renew it to go on.",
		textManualOnly: "This bank gives transactions only while you are present. Switch automatic synchronisation off and " +
			"synchronise by hand.",
		textDown:        "The bank is out of order. It is tried again later.",
		textRefreshUsed: "The bank can be asked for news again only later. What it told last is still here.",
	}[t]
}

func inDutch(t text) string {
	return [textCount]string{
		textForm: "Meld u aan zoals bij deze bank. Dit is een demo: elke naam en elk wachtwoord is goed, behalve het wachtwoord " +
			"“wrong”.",
		textUser:          "Gebruikersnaam",
		textPassword:      "Wachtwoord",
		textDelay:         "Vertraging per bladzijde, in milliseconden",
		textNoUser:        "Vul uw gebruikersnaam in.",
		textLongUser:      "Een gebruikersnaam telt hoogstens 200 tekens.",
		textOtherUser:     "Deze verbinding is van %s. Meld u met die naam aan, of maak een nieuwe verbinding.",
		textNoPassword:    "Vul uw wachtwoord in.",
		textWrongPassword: "De bank aanvaardt deze gebruikersnaam en dit wachtwoord niet.",
		textCodeTitle:     "Eenmalige code",
		textCode:          "De bank heeft u een code gestuurd. In deze demo is dat 123456.",
		textCodeLabel:     "Code",
		textWrongCode:     "Dit is niet de code die de bank heeft gestuurd.",
		textNeedsCode:     "De bank vraagt een eenmalige code voordat zij iets geeft.",
		textRedirectTitle: "Verder bij de bank",
		textRedirect:      "U geeft uw toestemming op de bladzijde van de bank zelf en komt hier terug.",
		textRefusedAtBank: "Bij de bank is geen toestemming gegeven.",
		textWaitTitle:     "Bevestig op uw telefoon",
		textWait:          "Open de app van de bank en bevestig. In deze demo gaat dat vanzelf.",
		textAccountsTitle: "Rekeningen",
		textAccounts:      "Kies de rekeningen die gesynchroniseerd worden.",
		textNoAccount:     "Er is geen rekening %q om te kiezen.",
		textDisabled:      "Deze bank kan op dit ogenblik niet verbonden worden.",
		textRevoked:       "De toestemming is ingetrokken. Verbind opnieuw.",
		textExpired:       "De toestemming is verlopen. Vernieuw haar om verder te gaan.",
		textManualOnly: "Deze bank geeft alleen verrichtingen terwijl u aanwezig bent. Zet automatisch synchroniseren uit en " +
			"synchroniseer met de hand.",
		textDown:        "De bank is buiten werking. Later wordt het opnieuw geprobeerd.",
		textRefreshUsed: "De bank kan pas later opnieuw om nieuws gevraagd worden. Wat zij het laatst heeft verteld, is er nog.",
	}[t]
}
