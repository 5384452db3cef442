package sdk

// Words is one text in several languages, by ISO 639-1 code; "en" is among them.
type Words map[string]string

// In is the text in a user's language ([Call].Language), else in English.
func (w Words) In(language string) string {
	for code, text := range w {
		if text != "" && Speaks(language, code) {
			return text
		}
	}
	return w["en"]
}

// PriceClass is who pays for a provider; "" is unknown.
type PriceClass string

// Price classes. Whoever pays does so to the service, not to the host's operator.
const (
	Free     PriceClass = "free"
	HostPays PriceClass = "host_pays" // who runs the host has a contract with the service
	UserPays PriceClass = "user_pays" // each user has
)

// Holder is whose an account is.
type Holder string

// Holders, as [StartConnectRequest].AccountKind names them.
const (
	Personal Holder = "personal"
	Business Holder = "business"
)

// Declaration is what a user declares before a connection is made, such as that data
// is used for a business. ID and Version say together which text it is: another text
// has another version, and is asked again.
type Declaration struct {
	ID       string
	Version  string
	Title    Words
	Text     Words
	Required bool // nothing is connected without it
}

// NoAccounts is why a list of accounts is empty; "" is unknown.
type NoAccounts string

// Reasons why there are no accounts.
const (
	NotCovered NoAccounts = "not_covered" // the consent covers none of this bank
	NotOfKind  NoAccounts = "not_of_kind" // the bank has none of the kind that was asked for
)
