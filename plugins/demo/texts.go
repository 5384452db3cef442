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
	textSharesNone
	textAccountSilent
	textFetchesUsed
	textTired
	textChannelTitle
	textChannel
	textChannelLabel
	textBySMS
	textByEmail
	textByToken
	textCodeSMS
	textCodeEmail
	textCodeToken
	textContractTitle
	textContract
	textContractLabel
	textPrivate
	textCompany
	textClub
	textNoChoice
	textPictureTitle
	textPicture
	textCompanyNumber
	textCompanyNumberHelp
	textBirthDate
	textBirthDateHelp
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
		textDown:              "The bank is out of order. It is tried again later.",
		textRefreshUsed:       "The bank can be asked for news again only later. What it told last is still here.",
		textSharesNone:        "The consent covers none of this bank’s accounts. Begin again, and choose accounts at the bank.",
		textAccountSilent:     "The bank does not answer for this account at present.",
		textFetchesUsed:       "The bank gives an account’s transactions four times a day without you. It may be asked again tomorrow.",
		textTired:             "The bank was asked too often.",
		textChannelTitle:      "How the code comes",
		textChannel:           "The bank sends you a one-time code. Choose how.",
		textChannelLabel:      "Code by",
		textBySMS:             "text message to +32 4•• •• •• 21",
		textByEmail:           "e-mail to d•••@mail.example",
		textByToken:           "the token that the bank gave you",
		textCodeSMS:           "The bank has sent you a text message with a code. In this demo it is 123456.",
		textCodeEmail:         "The bank has sent you an e-mail with a code. In this demo it is 123456.",
		textCodeToken:         "Read the code from your token. In this demo it is 123456.",
		textContractTitle:     "Your contracts",
		textContract:          "You have several contracts with this bank. Which one should be connected?",
		textContractLabel:     "Which contract",
		textPrivate:           "Private",
		textCompany:           "Company",
		textClub:              "Club",
		textNoChoice:          "Choose one of these.",
		textPictureTitle:      "Read the picture with the bank’s app",
		textPicture:           "Hold your telephone with the bank’s app before the picture, and confirm. In this demo that happens by itself.",
		textCompanyNumber:     "Company number",
		textCompanyNumberHelp: "8 to 10 digits, such as 0203.201.340.",
		textBirthDate:         "Your date of birth",
		textBirthDateHelp:     "Year, month and day of somebody of age, such as 1980-05-17.",
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
		textDown:              "De bank is buiten werking. Later wordt het opnieuw geprobeerd.",
		textRefreshUsed:       "De bank kan pas later opnieuw om nieuws gevraagd worden. Wat zij het laatst heeft verteld, is er nog.",
		textSharesNone:        "De toestemming geldt voor geen enkele rekening van deze bank. Begin opnieuw en kies rekeningen bij de bank.",
		textAccountSilent:     "De bank antwoordt op dit ogenblik niet voor deze rekening.",
		textFetchesUsed:       "De bank geeft de verrichtingen van een rekening vier keer per dag zonder u. Morgen kan het opnieuw.",
		textTired:             "De bank werd te vaak gevraagd.",
		textChannelTitle:      "Hoe de code komt",
		textChannel:           "De bank stuurt u een eenmalige code. Kies hoe.",
		textChannelLabel:      "Code via",
		textBySMS:             "sms naar +32 4•• •• •• 21",
		textByEmail:           "e-mail naar d•••@mail.example",
		textByToken:           "het kastje dat u van de bank kreeg",
		textCodeSMS:           "De bank heeft u een sms met een code gestuurd. In deze demo is dat 123456.",
		textCodeEmail:         "De bank heeft u een e-mail met een code gestuurd. In deze demo is dat 123456.",
		textCodeToken:         "Lees de code van uw kastje. In deze demo is dat 123456.",
		textContractTitle:     "Uw contracten",
		textContract:          "U hebt verscheidene contracten bij deze bank. Welk moet verbonden worden?",
		textContractLabel:     "Welk contract",
		textPrivate:           "Privé",
		textCompany:           "Onderneming",
		textClub:              "Vereniging",
		textNoChoice:          "Kies een van deze.",
		textPictureTitle:      "Lees de afbeelding met de app van de bank",
		textPicture:           "Houd uw telefoon met de app van de bank voor de afbeelding en bevestig. In deze demo gaat dat vanzelf.",
		textCompanyNumber:     "Ondernemingsnummer",
		textCompanyNumberHelp: "8 tot 10 cijfers, zoals 0203.201.340.",
		textBirthDate:         "Uw geboortedatum",
		textBirthDateHelp:     "Jaar, maand en dag van iemand die meerderjarig is, zoals 1980-05-17.",
	}[t]
}
