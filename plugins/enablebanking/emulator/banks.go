package emulator

import (
	"slices"
	"time"
)

// bank is one that the service reaches.
type bank struct {
	country, name, bic string
	types              []string // of users
	methods            []map[string]any
	validity           time.Duration // of a consent
	beta               bool
	headers            []string // required of a user who waits

	noIDs      bool // no entry references, and another transaction_id each time
	noDates    bool // no booking dates, and often no other day than one
	emptyPages bool // a page without transactions, with a key, before each one with some
	stuckKey   bool // the last page carries the key by which it was asked for
	period     int  // days that it gives; 0 for as many as there are
	perDay     int  // requests a day without the user; 0 is not limited
	odd        bool // tells transactions of every status
}

// id is COUNTRY:NAME.
func (b *bank) id() string { return b.country + ":" + b.name }

const days = 24 * time.Hour

func banks() []*bank {
	both := []string{"personal", "business"}
	return []*bank{
		{country: "FI", name: "Testipankki", bic: "TESTFIHH", types: both, validity: 180 * days, odd: true,
			methods: append(methods("REDIRECT", "", nil), businessMethod())},
		{country: "SE", name: "Provbanken", bic: "PROVSESS", types: both[:1], validity: 180 * days,
			methods: append(methods("DECOUPLED", "mobile", nil), methods("REDIRECT", "card_reader", nil)...)},
		{country: "DE", name: "Musterbank", bic: "MUSTDEFF", types: both[:1], validity: 90 * days, noIDs: true,
			methods: methods("EMBEDDED", "tan", []map[string]any{{"name": "userId", "title": "Anmeldename", "required": true,
				"description": "Acht Ziffern", "template": `^\d{8}$`}, {"name": "pin", "title": "PIN", "required": false}})},
		{country: "NL", name: "Voorbeeldbank", bic: "VRBDNL2A", types: both[:1], validity: 180 * days, noDates: true,
			methods: methods("REDIRECT", "", nil)},
		{country: "FR", name: "Banque Exemple", bic: "EXEMFRPP", types: both[:1], validity: 180 * days, period: 90,
			methods: methods("REDIRECT", "", nil)},
		{country: "ES", name: "Banco Ejemplo", bic: "EJEMESMM", types: both[:1], validity: 180 * days, emptyPages: true,
			methods: methods("REDIRECT", "", nil)},
		{country: "PT", name: "Banco Modelo", bic: "MODEPTPL", types: both[:1], validity: 180 * days, stuckKey: true,
			methods: methods("REDIRECT", "", nil)},
		{country: "EE", name: "Näidispank", bic: "NAIDEE2X", types: both[:1], validity: 180 * days, perDay: 4,
			headers: []string{"psuIpAddress", "psuAcceptLanguage"}, methods: methods("REDIRECT", "", nil)},
		{country: "LT", name: "Pavyzdinis Bankas", bic: "PAVYLT21", types: both[:1], validity: 180 * days,
			methods: methods("REDIRECT", "", nil)},
		{country: "IT", name: "Banca Breve", bic: "BREVITMM", types: both[:1], validity: 7 * days, beta: true,
			methods: methods("REDIRECT", "", nil)},
	}
}

// methods is one way to authorise, for persons.
func methods(approach, name string, credentials []map[string]any) []map[string]any {
	m := map[string]any{"psu_type": "personal", "approach": approach, "hidden_method": false}
	if name != "" {
		m["name"], m["title"] = name, "By "+name
	}
	if credentials != nil {
		m["credentials"] = credentials
	}
	return []map[string]any{m}
}

func businessMethod() map[string]any {
	return map[string]any{"psu_type": "business", "approach": "REDIRECT", "hidden_method": false, "name": "company",
		"title": "Company log-in"}
}

// find returns a bank, or nil.
func find(country, name string) *bank {
	list := banks()
	i := slices.IndexFunc(list, func(b *bank) bool { return b.country == country && b.name == name })
	if i < 0 {
		return nil
	}
	return list[i]
}

// data is a bank as the service lists it.
func (b *bank) data(base string) map[string]any {
	out := map[string]any{"name": b.name, "country": b.country, "logo": base + "/logo/" + b.bic + ".svg", "psu_types": b.types,
		"auth_methods": b.methods, "maximum_consent_validity": int64(b.validity.Seconds()), "beta": b.beta, "bic": b.bic}
	if b.headers != nil {
		out["required_psu_headers"] = b.headers
	}
	return out
}
