package httpd

import (
	_ "embed"
	"html/template"
	"strings"

	"golang.org/x/text/language"
)

//go:embed institutions.html
var institutionsHTML string

var institutionsTemplate = template.Must(template.New("institutions").
	Funcs(template.FuncMap{"join": func(list []string) string { return strings.Join(list, ", ") }}).
	Parse(institutionsHTML))

// pagePolicy allows the page its own style and its own form, and nothing else.
const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"

// page is what the template shows.
type page struct {
	Words   words
	Asked   search
	Found   []Institution
	Trouble string // why there is no list; "" when there is one
}

// words are the page's texts in one language.
type words struct {
	Language, Title, Lead, Query, Country, Search             string
	Name, Countries, Provider, Status, Stable, Beta, Disabled string
	None, More, BadLimit, Unavailable                         string
}

// State is a status in the reader's words.
func (w words) State(status string) string {
	switch status {
	case "stable":
		return w.Stable
	case "beta":
		return w.Beta
	case "disabled":
		return w.Disabled
	}
	return status
}

// wordsFor chooses the language that a browser likes best: English or Dutch.
func wordsFor(accept string) words {
	if tags, _, err := language.ParseAcceptLanguage(accept); err == nil {
		for _, tag := range tags {
			switch base, _ := tag.Base(); base.String() {
			case "nl":
				return dutch()
			case "en":
				return english()
			}
		}
	}
	return english()
}

func english() words {
	return words{
		Language: "en", Title: "Supported institutions", Lead: "Find out whether your bank can be connected. You need no account for this.",
		Query: "Name of the bank", Country: "Country", Search: "Search",
		Name: "Institution", Countries: "Countries", Provider: "Provider", Status: "Status",
		Stable: "Supported", Beta: "Beta", Disabled: "Not available now",
		None: "No institution matches. Try another spelling or fewer words.", More: "There may be more: refine the search.",
		BadLimit: "The limit must be a number from 1 to 200.", Unavailable: "The list is not available now. Please try again later.",
	}
}

func dutch() words {
	return words{
		Language: "nl", Title: "Ondersteunde instellingen",
		Lead:  "Ga na of uw bank kan worden gekoppeld. U hebt hiervoor geen account nodig.",
		Query: "Naam van de bank", Country: "Land", Search: "Zoeken",
		Name: "Instelling", Countries: "Landen", Provider: "Aanbieder", Status: "Status",
		Stable: "Ondersteund", Beta: "Bèta", Disabled: "Nu niet beschikbaar",
		None:        "Geen instelling gevonden. Probeer een andere schrijfwijze of minder woorden.",
		More:        "Er zijn er misschien meer: verfijn de zoekopdracht.",
		BadLimit:    "De limiet moet een getal van 1 tot 200 zijn.",
		Unavailable: "De lijst is nu niet beschikbaar. Probeer het later opnieuw.",
	}
}
