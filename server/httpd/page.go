package httpd

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"

	"golang.org/x/text/language"
)

//go:embed institutions.html
var institutionsHTML string

// institutionsCSS has the dashboard's colours and type (server/web/src/app).
//
//go:embed institutions.css
var institutionsCSS string

var institutionsTemplate = template.Must(template.New("institutions").
	Funcs(template.FuncMap{"join": func(list []string) string { return strings.Join(list, ", ") }}).
	Parse(institutionsHTML))

// pagePolicy allows a page its own style and its own form, and nothing else.
const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"

// policyFor is pagePolicy for a page with this style and no other, and with a font
// of the host's.
func policyFor(style string) string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

// style is the style of the page, with the dashboard's font where there is one.
func (d Doors) style() template.CSS {
	if d.Font == "" {
		return template.CSS(institutionsCSS)
	}
	return template.CSS(fmt.Sprintf("@font-face { font-family: \"Inter Variable\"; font-weight: 100 900; font-display: swap; "+
		"src: url(%s) format(\"woff2\"); }\n", d.Font) + institutionsCSS)
}

// page is what the template shows.
type page struct {
	Words   words
	Style   template.CSS
	Asked   Search
	Found   Institutions
	Trouble string // why there is no list; "" when there is one
}

// Range tells which part of the list is shown.
func (p page) Range() string {
	return fmt.Sprintf(p.Words.Shown, p.Asked.Offset+1, p.Asked.Offset+len(p.Found.List), p.Found.Count)
}

// Previous is the address of the page before; "" on the first.
func (p page) Previous() string {
	if p.Asked.Offset == 0 {
		return ""
	}
	return p.Asked.At(max(p.Asked.Offset-p.Asked.Limit, 0))
}

// Next is the address of the page after; "" on the last.
func (p page) Next() string {
	next := p.Asked.Offset + len(p.Found.List)
	if next >= p.Found.Count {
		return ""
	}
	return p.Asked.At(next)
}

// Facts are what else is told of an institution, in the reader's words.
func (p page) Facts(i Institution) string {
	var facts []string
	if i.BIC != "" {
		facts = append(facts, i.BIC)
	}
	for _, kind := range i.AccountKinds {
		for _, known := range p.Words.Kinds {
			if known.Value == kind {
				facts = append(facts, strings.ToLower(known.Label))
			}
		}
	}
	if i.HistoryDays > 0 {
		facts = append(facts, fmt.Sprintf(p.Words.History, i.HistoryDays))
	}
	if !i.Automatic {
		facts = append(facts, p.Words.ByHand)
	}
	return strings.Join(facts, " · ")
}

// words are the page's texts in one language.
type words struct {
	Language, Title, Lead, LogIn, Query, Country, Kind, Any, Search     string
	Name, Countries, Provider, Status, Stable, Beta, BetaNote, Disabled string
	None, Shown, Previous, Next, Pages, History, ByHand                 string
	BadLimit, Unavailable                                               string
	Kinds                                                               []kindWord
}

// kindWord is a kind of account that can be asked for.
type kindWord struct{ Value, Label string }

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
		LogIn: "Log in", Query: "Name, BIC or website of the bank", Country: "Country", Kind: "Account", Any: "Any", Search: "Search",
		Name: "Institution", Countries: "Countries", Provider: "Provider", Status: "Status",
		Stable: "Supported", Beta: "Beta", BetaNote: "Errors may occur; there is no technical support.", Disabled: "Not available now",
		None: "No institution matches. Try another spelling or fewer words.", Shown: "%d to %d of %d",
		Previous: "Previous page", Next: "Next page", Pages: "Pages", History: "%d days of history", ByHand: "only while you are present",
		BadLimit:    "The limit must be a number from 1 to 200, the offset one from 0 on.",
		Unavailable: "The list is not available now. Please try again later.",
		Kinds: []kindWord{{"checking", "Checking"}, {"savings", "Savings"}, {"credit_card", "Credit card"}, {"loan", "Loan"},
			{"investment", "Investment"}},
	}
}

func dutch() words {
	return words{
		Language: "nl", Title: "Ondersteunde instellingen",
		Lead:  "Ga na of uw bank kan worden gekoppeld. U hebt hiervoor geen account nodig.",
		LogIn: "Inloggen", Query: "Naam, BIC of website van de bank", Country: "Land", Kind: "Rekening", Any: "Alle", Search: "Zoeken",
		Name: "Instelling", Countries: "Landen", Provider: "Aanbieder", Status: "Status",
		Stable: "Ondersteund", Beta: "Bèta", BetaNote: "Er kunnen fouten optreden; er is geen technische hulp.",
		Disabled: "Nu niet beschikbaar",
		None:     "Geen instelling gevonden. Probeer een andere schrijfwijze of minder woorden.", Shown: "%d tot en met %d van %d",
		Previous: "Vorige pagina", Next: "Volgende pagina", Pages: "Pagina's", History: "%d dagen geschiedenis",
		ByHand:      "alleen als u erbij bent",
		BadLimit:    "De limiet moet een getal van 1 tot 200 zijn, de offset een getal vanaf 0.",
		Unavailable: "De lijst is nu niet beschikbaar. Probeer het later opnieuw.",
		Kinds: []kindWord{{"checking", "Betaalrekening"}, {"savings", "Spaarrekening"}, {"credit_card", "Creditcard"}, {"loan", "Lening"},
			{"investment", "Belegging"}},
	}
}
