package base

import (
	"sort"
	"strings"

	"github.com/bojanz/currency"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

var country = orm.Model{
	Name: "res.country", Label: "Country", Order: "name, id",
	Fields: schema.Fields{
		schema.Char("name", "Country Name").Required(),
		schema.Char("code", "Country Code").Required().Max(2).Unique().Help("The ISO 3166-1 code in two letters."),
		schema.Many2one("currency_id", "Currency", "res.currency"),
		schema.One2many("state_ids", "States", "res.country.state", "country_id"),
	},
	NameSearch: []string{"name", "code"},
	Bound: orm.Bound{
		Access:    readable(),
		SQLUnique: []orm.Unique{{Columns: []string{"code"}, Message: "The code of the country must be unique!"}},
	},
}

// countryState is a state or province. None come with the host; whoever needs
// them in addresses adds them.
var countryState = orm.Model{
	Name: "res.country.state", Label: "Country state", Order: "code, id",
	Fields: schema.Fields{
		schema.Many2one("country_id", "Country", "res.country").Required().Indexed(),
		schema.Char("name", "State Name").Required(),
		schema.Char("code", "State Code").Required(),
	},
	NameSearch: []string{"name", "code"},
	DisplayName: func(env *orm.Env, ids []int64) ([]string, error) {
		rows, err := env.Sudo().Read("res.country.state", ids, "name", "country_id")
		if err != nil {
			return nil, err
		}
		var lands []int64
		for row := range rows.All() {
			lands = append(lands, row.Ref("country_id"))
		}
		countries, err := env.Sudo().Read("res.country", lands, "code")
		if err != nil {
			return nil, err
		}
		names := make([]string, len(ids))
		for i, id := range ids {
			row, ok := rows.ByID(id)
			if !ok {
				continue
			}
			names[i] = row.Str("name")
			if land, ok := countries.ByID(row.Ref("country_id")); ok {
				names[i] += " (" + land.Str("code") + ")"
			}
		}
		return names, nil
	},
	Bound: orm.Bound{
		Access:    readable(),
		SQLUnique: []orm.Unique{{Columns: []string{"country_id", "code"}, Message: "The code of the state must be unique by country!"}},
	},
}

var languages = []schema.Option{{Value: "en_US", Label: "English (US)"}, {Value: "nl_NL", Label: "Dutch / Nederlands"}}

var languageModel = orm.Model{
	Name: "res.lang", Label: "Languages", Order: "active desc, name",
	Fields: schema.Fields{
		schema.Char("name", "Name").Required(),
		schema.Char("code", "Locale Code").Required().Unique(),
		schema.Char("iso_code", "ISO code"),
		schema.Boolean("active", "Active").DefaultTo(true),
		schema.Char("date_format", "Date Format").DefaultTo("%m/%d/%Y"),
		schema.Char("decimal_point", "Decimal Separator").DefaultTo("."),
		schema.Char("thousands_sep", "Thousands Separator").DefaultTo(","),
	},
	Bound: orm.Bound{Access: readable()},
}

// Countries lists the codes, in small letters as Odoo's data has them, and
// names of all countries, by name.
func Countries() [][2]string {
	var list [][2]string
	for _, row := range countries(nil) {
		list = append(list, [2]string{strings.ToLower(row["code"].(string)), row["name"].(string)})
	}
	return list
}

// CurrencyOf is the code of a country's currency, "" if none is known.
func CurrencyOf(country string) string {
	money, _ := currency.ForCountryCode(strings.ToUpper(country))
	return money
}

// countries are those of ISO 3166-1, with their English names.
func countries(currencyIDs map[string]int64) []orm.Values {
	names := display.English.Regions()
	var rows []orm.Values
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string([]rune{a, b})
			region, err := language.ParseRegion(code)
			if err != nil || !region.IsCountry() || region.Canonicalize().String() != code || withdrawn[code] {
				continue
			}
			name := names.Name(region)
			if name == "" || name == code {
				continue
			}
			row := orm.Values{"name": name, "code": code}
			if money, ok := currency.ForCountryCode(code); ok && currencyIDs[money] != 0 {
				row["currency_id"] = currencyIDs[money]
			}
			rows = append(rows, row)
		}
	}
	sort.Slice(rows, func(i, j int) bool { return rows[i]["name"].(string) < rows[j]["name"].(string) })
	return rows
}

// withdrawn are codes that the language tables know and ISO 3166-1 does not
// list: exceptional reservations and private ones.
var withdrawn = map[string]bool{"AC": true, "CP": true, "DG": true, "EA": true, "EU": true, "EZ": true, "IC": true,
	"QO": true, "TA": true, "UN": true, "XA": true, "XB": true, "ZZ": true, "CQ": true}
