package demo

import (
	"slices"
	"strings"
)

// country is what the demo world knows of one country: its money, how its
// account numbers look, and the words from which bank names are made.
//
// The word lists may only grow at their ends: an institution's id is made of
// positions in them.
type country struct {
	code     string // ISO 3166-1 alpha-2
	currency string // ISO 4217
	language string // of what an account's holder reads: "en", "nl", "de" or "fr"
	bban     string // how an IBAN goes on after its check digits, as "4a10n"; empty where none is used
	share    int    // how many of its banks are listed in each round
	banks    string // patterns, each with one %
	towns    string
	starts   string // first halves of invented places
	ends     string // second halves
}

// patterns returns the country's bank name patterns.
func (c *country) patterns() []string { return strings.Split(c.banks, "|") }

// places returns towns, then every invented place that is none of them.
func (c *country) places() []string {
	towns := strings.Split(c.towns, "|")
	places := slices.Clone(towns)
	ends := strings.Split(c.ends, "|")
	for _, start := range strings.Split(c.starts, "|") {
		for _, end := range ends {
			if place := start + end; !slices.Contains(towns, place) {
				places = append(places, place)
			}
		}
	}
	return places
}

// countries lists all of them, in the order in which the catalogue does.
func countries() []country { return append(european(), overseas()...) }

// countryOf finds a country by its code; nil when the world has none of it.
func countryOf(code string) *country {
	for _, c := range countries() {
		if c.code == code {
			return &c
		}
	}
	return nil
}
