package plaid

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

// Configuration keys; README.md explains them.
const (
	keyClient      = "client_id"
	keySecret      = "secret"
	keyEnvironment = "environment"
	keyAPI         = "api_url"
	keyCountries   = "countries"
	keyLanguage    = "language"
	keyDays        = "days_requested"
	keyName        = "client_name"
	keyRefresh     = "refresh"
)

// Bounds and defaults of settings.
const (
	production       = "production"
	mostDays         = 730 // of history, by Plaid
	mostName         = 30  // characters of a name that Plaid shows
	defaultCountries = "US, CA"
	defaultLanguage  = "en"
	defaultName      = "girosync"
)

// config is what the host's configuration says.
type config struct {
	client, secret string
	api            *url.URL
	countries      []string // ISO 3166, at least one
	language       string   // for users whose own Plaid does not speak
	days           int
	name           string
	refresh        bool
}

// environments are Plaid's, and where each is.
func environments() map[string]string {
	return map[string]string{production: "https://production.plaid.com", "sandbox": "https://sandbox.plaid.com"}
}

// countries are those whose banks Plaid reaches.
func countries() []string {
	return []string{"AT", "BE", "CA", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "IE", "IT", "LT", "LV", "NL", "NO", "PL", "PT", "SE", "US"}
}

// languages are those in which Plaid's page can be shown.
func languages() []string {
	return []string{"da", "de", "en", "es", "et", "fr", "hi", "it", "lt", "lv", "nl", "no", "pl", "pt", "ro", "sv", "vi"}
}

// configured reports whether there is an account at Plaid at all.
func configured(values map[string]string) bool {
	return values[keyClient] != "" || values[keySecret] != ""
}

// configFrom reads the configuration of a call; a value that cannot be is
// BadRequest with Field set to its key.
func configFrom(values map[string]string) (config, error) {
	c := config{client: strings.TrimSpace(values[keyClient]), secret: strings.TrimSpace(values[keySecret]),
		language: cmp.Or(strings.TrimSpace(values[keyLanguage]), defaultLanguage),
		name:     cmp.Or(strings.TrimSpace(values[keyName]), defaultName)}
	switch {
	case c.client == "":
		return config{}, sdk.FieldErrorf(keyClient, "the setting %s is missing: the client id at Plaid", keyClient)
	case c.secret == "":
		return config{}, sdk.FieldErrorf(keySecret, "the setting %s (or %s_file) is missing: the secret at Plaid, of the environment that is "+
			"used", keySecret, keySecret)
	case !slices.Contains(languages(), c.language):
		return config{}, sdk.FieldErrorf(keyLanguage, "the setting %s has to be one of %s", keyLanguage, strings.Join(languages(), ", "))
	case len([]rune(c.name)) > mostName:
		return config{}, sdk.FieldErrorf(keyName, "the setting %s may have %d characters at most", keyName, mostName)
	}
	err := c.readAPI(values)
	if err == nil {
		err = c.readCountries(values)
	}
	if err == nil {
		c.days, err = daysFrom(values[keyDays])
	}
	if err == nil {
		c.refresh, err = yesFrom(values[keyRefresh])
	}
	if err != nil {
		return config{}, err
	}
	return c, nil
}

func (c *config) readAPI(values map[string]string) (err error) {
	environment := cmp.Or(values[keyEnvironment], production)
	host, known := environments()[environment]
	if !known {
		return sdk.FieldErrorf(keyEnvironment, "the setting %s has to be production or sandbox", keyEnvironment)
	}
	c.api, err = url.Parse(strings.TrimRight(cmp.Or(values[keyAPI], host), "/"))
	if err != nil || c.api.Host == "" || c.api.User != nil || !rest.Reachable(c.api) {
		return sdk.FieldErrorf(keyAPI, "the setting %s has to be an address that begins with https://", keyAPI)
	}
	return nil
}

func (c *config) readCountries(values map[string]string) error {
	list := strings.ToUpper(cmp.Or(strings.TrimSpace(values[keyCountries]), defaultCountries))
	for code := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		if !slices.Contains(countries(), code) {
			return sdk.FieldErrorf(keyCountries, "the setting %s has to be codes of countries that Plaid reaches, such as US, CA",
				keyCountries)
		}
		if !slices.Contains(c.countries, code) {
			c.countries = append(c.countries, code)
		}
	}
	if len(c.countries) == 0 {
		return sdk.FieldErrorf(keyCountries, "the setting %s names no country", keyCountries)
	}
	return nil
}

func daysFrom(text string) (int, error) {
	if text == "" {
		return mostDays, nil
	}
	days, err := strconv.Atoi(text)
	if err != nil || days < 1 || days > mostDays {
		return 0, sdk.FieldErrorf(keyDays, "the setting %s has to be a number of days from 1 to %d", keyDays, mostDays)
	}
	return days, nil
}

func yesFrom(text string) (bool, error) {
	if text == "" {
		return true, nil
	}
	yes, err := strconv.ParseBool(text)
	if err != nil {
		return false, sdk.FieldErrorf(keyRefresh, "the setting %s has to be true or false", keyRefresh)
	}
	return yes, nil
}

func settings() []sdk.Field {
	return []sdk.Field{
		{Name: keyClient, Label: "Client id", Kind: sdk.TextField, Required: true, Help: "The client id at Plaid."},
		{Name: keySecret, Label: "Secret", Kind: sdk.SecretField, Required: true,
			Help: "The secret at Plaid, of the environment that is used; better its file, by secret_file."},
		{Name: keyEnvironment, Label: "Environment", Kind: sdk.ChoiceField, Default: production, Help: "The sandbox has invented banks.",
			Choices: []sdk.Choice{{Value: production, Label: "Production"}, {Value: "sandbox", Label: "Sandbox"}}},
		{Name: keyAPI, Label: "Address", Kind: sdk.TextField, Help: "Where the service is, when it is neither of the environments."},
		{Name: keyCountries, Label: "Countries", Kind: sdk.TextField, Default: defaultCountries,
			Help: "Codes of the countries whose banks are offered, separated by commas; those for which the account at Plaid is approved."},
		{Name: keyLanguage, Label: "Language", Kind: sdk.TextField, Default: defaultLanguage,
			Help: "The language of Plaid's page for users whose own it does not speak, in two letters."},
		{Name: keyDays, Label: "History", Kind: sdk.TextField, Default: strconv.Itoa(mostDays),
			Help: "For how many days of history Plaid asks the bank when a connection is made; it cannot be changed later."},
		{Name: keyName, Label: "Name", Kind: sdk.TextField, Default: defaultName, Help: "How Plaid's page names this program."},
		{Name: keyRefresh, Label: "Refresh", Kind: sdk.BooleanField, Default: "true",
			Help: "Whether Synchronize Now makes Plaid ask the bank at once, which Plaid bills apart."},
	}
}
