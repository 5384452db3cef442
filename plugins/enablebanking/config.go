package enablebanking

import (
	"crypto/rsa"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

// Configuration keys; README.md explains them.
const (
	keyApplication = "application_id"
	keyPrivate     = "private_key"
	keyAPI         = "api_url"
	keyCountries   = "countries"
	keyConsent     = "consent_days"
)

const (
	defaultAPI     = "https://api.enablebanking.com"
	defaultConsent = 180
	mostConsent    = 3650
)

// config is what the host's configuration says.
type config struct {
	application string
	pem         string
	private     *rsa.PrivateKey
	api         *url.URL
	countries   []string // ISO 3166; none is all
	consentDays int
}

// configured reports whether there is an application at all.
func configured(values map[string]string) bool {
	return values[keyApplication] != "" || values[keyPrivate] != ""
}

var country = regexp.MustCompile(`^[A-Z]{2}$`)

// configFrom reads the configuration of a call; a value that cannot be is
// BadRequest with Field set to its key.
func configFrom(values map[string]string) (config, error) {
	c := config{application: strings.TrimSpace(values[keyApplication]), pem: values[keyPrivate], consentDays: defaultConsent}
	var err error
	if c.application == "" {
		return config{}, sdk.FieldErrorf(keyApplication, "the setting %s is missing: the id of the application at Enable Banking",
			keyApplication)
	}
	if c.private, err = privateKey(c.pem); err != nil {
		return config{}, sdk.FieldErrorf(keyPrivate, "the setting %s has to be the application's private RSA key, as PEM (or %s_file the name of "+
			"its file): %v", keyPrivate, keyPrivate, err)
	}
	api := strings.TrimRight(or(values[keyAPI], defaultAPI), "/")
	if c.api, err = url.Parse(api); err != nil || c.api.Host == "" || c.api.User != nil || !rest.Reachable(c.api) {
		return config{}, sdk.FieldErrorf(keyAPI, "the setting %s has to be an address that begins with https://", keyAPI)
	}
	for code := range strings.FieldsFuncSeq(strings.ToUpper(values[keyCountries]), func(r rune) bool { return r == ',' || r == ' ' }) {
		if !country.MatchString(code) {
			return config{}, sdk.FieldErrorf(keyCountries, "the setting %s has to be codes of countries, such as FI, DE", keyCountries)
		}
		c.countries = append(c.countries, code)
	}
	if text := values[keyConsent]; text != "" {
		if c.consentDays, err = strconv.Atoi(text); err != nil || c.consentDays < 1 || c.consentDays > mostConsent {
			return config{}, sdk.FieldErrorf(keyConsent, "the setting %s has to be a number of days from 1 to %d", keyConsent, mostConsent)
		}
	}
	return c, nil
}

func settings() []sdk.Field {
	return []sdk.Field{
		{Name: keyApplication, Label: "Application", Kind: sdk.TextField, Required: true,
			Help: "The id of the application at Enable Banking."},
		{Name: keyPrivate, Label: "Private key", Kind: sdk.SecretField, Required: true,
			Help: "The application's private RSA key, as PEM; better its file, by private_key_file."},
		{Name: keyAPI, Label: "Address", Kind: sdk.TextField, Default: defaultAPI, Help: "Where the service is."},
		{Name: keyCountries, Label: "Countries", Kind: sdk.TextField,
			Help: "Codes of the countries whose banks are offered, separated by commas; empty for all."},
		{Name: keyConsent, Label: "Consent", Kind: sdk.TextField, Default: strconv.Itoa(defaultConsent),
			Help: "For how many days users are asked to consent, at most; a bank may allow fewer."},
	}
}

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
