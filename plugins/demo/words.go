package demo

import "strings"

// wording is how a kind of movement reads in one language: the word for it,
// and the parties it may be with, separated by bars. A word that ends in a
// space is followed by a number or a month.
type wording struct{ word, parties string }

// wordingOf returns the words of a country's language; English where it has none.
func wordingOf(language string, kind what) wording {
	switch language {
	case "nl":
		return dutch(kind)
	case "de":
		return german(kind)
	case "fr":
		return french(kind)
	default:
		return english(kind)
	}
}

func english(kind what) wording {
	switch kind {
	case salary:
		return wording{"Salary ", "Harbour Works Ltd|Northgate Services|Bright & Daughters"}
	case rent:
		return wording{"Rent ", "Linden Court Estates|Oakfield Lettings"}
	case energy:
		return wording{"Electricity and gas ", "Clearwind Energy|Valley Power"}
	case telecom:
		return wording{"Telephone and internet ", "Larkline Telecom|Fibrenorth"}
	case subscription:
		return wording{"Subscription ", "Moviehive|Tunecloud|The Daily Lantern|Cloudshelf Storage"}
	case insurance:
		return wording{"Insurance premium ", "Evergreen Mutual|Safe Haven Insurance"}
	case tax:
		return wording{"Tax, quarter ", "Revenue Office"}
	case fee:
		return wording{"Account fee ", ""}
	case groceries:
		return wording{"Card ", "Green Basket|Corner Market|Fresh & Near|Miller’s Grocery|Daily Harvest|Orchard Foods"}
	case shop, refund:
		return wording{"Card ", "Book Nook|Tool Barn|Paper & Ink|Blue Door Furniture|Little Sparks Toys|Stitch Clothing|" +
			"Riverside Pharmacy|Pedal Cycles"}
	case restaurant:
		return wording{"Card ", "The Copper Kettle|Noodle Lane|Café Paloma|The Old Mill Inn|Sunrise Bakery"}
	case fuel:
		return wording{"Card ", "Roadstar 12|Wayside Fuel|Milepost Station"}
	case cash:
		return wording{"Cash machine ", "Market Square|Central Station|High Street"}
	case invoice:
		return wording{"Invoice ", "Alder Joinery|Birch & Sons|Cobalt Design|Dune Logistics|Elm Street Dental|Falcon Print|Garnet Studio|" +
			"Heron Travel|Iris Catering"}
	case supplier:
		return wording{"Your invoice ", "Juniper Supplies|Kestrel Tools|Larch Timber|Maple Office|Nimbus Hosting|Onyx Cleaning"}
	case toSavings, fromSavings:
		return wording{"Savings", ""}
	case interest:
		return wording{"Interest", ""}
	case cardPaid:
		return wording{"Card statement ", ""}
	case exchanged:
		return wording{"Currency exchange", ""}
	case toDeposit:
		return wording{"To or from own deposit account", ""}
	case sale:
		return wording{"Order ", "A. Archer|B. Baker|C. Cooper|D. Draper|E. Ellis|F. Fisher|G. Glover|H. Hunter|I. Ives|J. Joiner|" +
			"K. Keeper|L. Lorimer|M. Mason|N. Naylor|O. Osler|P. Porter"}
	case payout:
		return wording{"Payout ", "Own account"}
	default:
		return wording{"Card ", "Seaside Hotel|Skyline Tickets|Pixel Forge Software|Old Town Museum Shop|Metro Rides|Cloud Nine Apps"}
	}
}

func dutch(kind what) wording {
	switch kind {
	case salary:
		return wording{"Salaris ", "Havenwerken NV|De Noorderpoort BV|Helder & Dochters"}
	case rent:
		return wording{"Huur ", "Vastgoed De Linde|Woonbeheer Eikenhof"}
	case energy:
		return wording{"Elektriciteit en gas ", "Helderwind Energie|Stroom van de Vallei"}
	case telecom:
		return wording{"Telefoon en internet ", "Leeuwerik Telecom|Glasvezel Noord"}
	case subscription:
		return wording{"Abonnement ", "Filmkorf|Klankwolk|De Dagelijkse Lantaarn|Wolkenkast Opslag"}
	case insurance:
		return wording{"Verzekeringspremie ", "Altijdgroen Onderling|Veilige Haven Verzekeringen"}
	case tax:
		return wording{"Belasting, kwartaal ", "Ontvangkantoor Belastingen"}
	case fee:
		return wording{"Rekeningkosten ", ""}
	case groceries:
		return wording{"Kaart ", "De Groene Mand|Buurtmarkt|Vers & Dichtbij|Kruidenier De Molenaar|Dagoogst|Bakkerij ’t Hoekje"}
	case shop, refund:
		return wording{"Kaart ", "Boekenhoek|De Gereedschapsschuur|Papier & Inkt|Meubelen De Blauwe Deur|Speelgoed Vonkje|" +
			"Apotheek Aan de Leie|Fietsen Pedaal|Naald & Draad"}
	case restaurant:
		return wording{"Kaart ", "De Koperen Ketel|Café Het Zwaantje|Frituur Central|Brasserie De Oude Molen|Theehuis Zonneschijn"}
	case fuel:
		return wording{"Kaart ", "Tankstation Wegster|Onderweg 12|Mijlpaal"}
	case cash:
		return wording{"Geldautomaat ", "Grote Markt|Centraal Station|Stationsplein"}
	case invoice:
		return wording{"Factuur ", "Schrijnwerkerij Elzenhout|Berk & Zonen|Kobalt Ontwerp|Duin Transport|Tandartsen Olmstraat|" +
			"Drukkerij De Valk|Studio Granaat|Reizen De Reiger|Catering Iris"}
	case supplier:
		return wording{"Uw factuur ", "Jeneverbes Groothandel|Torenvalk Gereedschap|Houthandel Lork|Kantoor Esdoorn|Nimbus Hosting|" +
			"Onyx Schoonmaak"}
	case toSavings, fromSavings:
		return wording{"Sparen", ""}
	case interest:
		return wording{"Rente", ""}
	case cardPaid:
		return wording{"Kaartafrekening ", ""}
	case exchanged:
		return wording{"Wissel van valuta", ""}
	case toDeposit:
		return wording{"Van of naar eigen depositorekening", ""}
	case abroad:
		return wording{"Kaart ", english(abroad).parties}
	default:
		return english(kind)
	}
}

func german(kind what) wording {
	switch kind {
	case salary:
		return wording{"Gehalt ", "Hafenbau GmbH|Nordtor Dienste AG|Hell & Töchter"}
	case rent:
		return wording{"Miete ", "Hausverwaltung Lindenhof|Wohnbau Eichengrund"}
	case energy:
		return wording{"Strom und Gas ", "Klarwind Energie|Talstrom"}
	case telecom:
		return wording{"Telefon und Internet ", "Lerche Telekom|Glasfaser Nord"}
	case subscription:
		return wording{"Abo ", "Filmkorb|Klangwolke|Tagesleuchte|Wolkenregal Speicher"}
	case insurance:
		return wording{"Versicherungsbeitrag ", "Immergrün auf Gegenseitigkeit|Sicherer Hafen Versicherung"}
	case tax:
		return wording{"Steuer, Quartal ", "Finanzkasse"}
	case fee:
		return wording{"Kontoführung ", ""}
	case groceries:
		return wording{"Karte ", "Grüner Korb|Markt am Eck|Frisch & Nah|Krämer Müller|Tagesernte|Bäckerei Süß"}
	case shop, refund:
		return wording{"Karte ", "Bücherwinkel|Werkzeugscheune|Papier & Tinte|Möbelhaus Blaue Tür|Spielzeug Fünkchen|Flussapotheke|" +
			"Fahrrad Pedal|Nadel & Faden"}
	case restaurant:
		return wording{"Karte ", "Zum Kupferkessel|Gasthof Alte Mühle|Café Schwänchen|Nudelgasse|Sonnenbäck"}
	case fuel:
		return wording{"Karte ", "Tankstelle Wegstern|Unterwegs 12|Meilenstein"}
	case cash:
		return wording{"Geldautomat ", "Marktplatz|Hauptbahnhof|Rathaus"}
	case invoice:
		return wording{"Rechnung ", "Schreinerei Erlenholz|Birk & Söhne|Kobalt Gestaltung|Düne Spedition|Zahnärzte Ulmenstraße|" +
			"Druckerei Falke|Atelier Granat|Reiher Reisen|Iris Partyservice"}
	case supplier:
		return wording{"Ihre Rechnung ", "Wacholder Großhandel|Turmfalke Werkzeuge|Holz Lärche|Büro Ahorn|Nimbus Hosting|Onyx Reinigung"}
	case toSavings, fromSavings:
		return wording{"Sparen", ""}
	case interest:
		return wording{"Zinsen", ""}
	case cardPaid:
		return wording{"Kartenabrechnung ", ""}
	case exchanged:
		return wording{"Währungstausch", ""}
	case toDeposit:
		return wording{"Umbuchung eigenes Festgeldkonto", ""}
	case abroad:
		return wording{"Karte ", english(abroad).parties}
	default:
		return english(kind)
	}
}

func french(kind what) wording {
	switch kind {
	case salary:
		return wording{"Salaire ", "Travaux du Port SA|Services Porte du Nord|Clair & Filles"}
	case rent:
		return wording{"Loyer ", "Gérance Les Tilleuls|Immobilière du Chêne"}
	case energy:
		return wording{"Électricité et gaz ", "Énergie Vent Clair|Courant de la Vallée"}
	case telecom:
		return wording{"Téléphone et internet ", "Alouette Télécom|Fibre du Nord"}
	case subscription:
		return wording{"Abonnement ", "Ciné-Panier|Nuage de Sons|La Lanterne du Jour|Étagère en Ligne"}
	case insurance:
		return wording{"Prime d’assurance ", "Mutuelle Toujours Verte|Assurances Bon Port"}
	case tax:
		return wording{"Impôt, trimestre ", "Recette des Impôts"}
	case fee:
		return wording{"Frais de compte ", ""}
	case groceries:
		return wording{"Carte ", "Le Panier Vert|Marché du Coin|Frais & Près|Épicerie du Meunier|Récolte du Jour|Boulangerie Béchamel"}
	case shop, refund:
		return wording{"Carte ", "Le Coin des Livres|La Grange à Outils|Papier & Encre|Meubles Porte Bleue|Jouets Étincelle|" +
			"Pharmacie de la Rivière|Cycles Pédale|Fil & Aiguille"}
	case restaurant:
		return wording{"Carte ", "Le Chaudron de Cuivre|Auberge du Vieux Moulin|Café du Cygne|Crêperie Hélène|Salon Soleil"}
	case fuel:
		return wording{"Carte ", "Station Étoile|Relais 12|La Borne"}
	case cash:
		return wording{"Retrait ", "Grand-Place|Gare Centrale|Place du Marché"}
	case invoice:
		return wording{"Facture ", "Menuiserie de l’Aulne|Bouleau & Fils|Cobalt Création|Transports de la Dune|Dentistes Rue des Ormes|" +
			"Imprimerie du Faucon|Atelier Grenat|Voyages du Héron|Traiteur Iris"}
	case supplier:
		return wording{"Votre facture ", "Genévrier Fournitures|Outillage Crécerelle|Bois Mélèze|Bureau Érable|Nimbus Hébergement|" +
			"Onyx Nettoyage"}
	case toSavings, fromSavings:
		return wording{"Épargne", ""}
	case interest:
		return wording{"Intérêts", ""}
	case cardPaid:
		return wording{"Relevé de carte ", ""}
	case exchanged:
		return wording{"Change de devises", ""}
	case toDeposit:
		return wording{"Virement compte à terme propre", ""}
	case abroad:
		return wording{"Carte ", english(abroad).parties}
	default:
		return english(kind)
	}
}

// codeOf is the bank's transaction code: domain, family and sub-family of ISO 20022.
func codeOf(kind what, in bool) string {
	switch kind {
	case groceries, shop, restaurant, fuel, abroad:
		return "PMNT/CCRD/POSD"
	case cash:
		return "PMNT/CCRD/CWDL"
	case rent, energy, telecom, subscription, insurance:
		return "PMNT/RDDT/ESDD"
	case salary:
		return "PMNT/RCDT/SALA"
	case fee:
		return "ACMT/MDOP/CHRG"
	case interest:
		return "ACMT/MCOP/INTR"
	case exchanged:
		return "FORX/SPOT/OTHR"
	case toSavings, fromSavings, toDeposit, cardPaid:
		return "PMNT/ICDT/BOOK"
	}
	if in {
		return "PMNT/RCDT/ESCT"
	}
	return "PMNT/ICDT/ESCT"
}

// accountName is what the bank calls an account.
func accountName(language string, r role, currencyCode string) string {
	names := map[string][5]string{
		"en": {"Current account", "Savings account", "Account in ", "Credit card", "Joint account"},
		"nl": {"Zichtrekening", "Spaarrekening", "Rekening in ", "Kredietkaart", "Gezamenlijke rekening"},
		"de": {"Girokonto", "Sparkonto", "Konto in ", "Kreditkarte", "Gemeinschaftskonto"},
		"fr": {"Compte courant", "Compte d’épargne", "Compte en ", "Carte de crédit", "Compte joint"},
	}
	title := names[language][r]
	if r == foreign {
		title += currencyCode
	}
	return title
}

func personName(language string, key uint64) string {
	first := map[string]string{
		"en": "Ada|Ben|Clara|Dylan|Edith|Frank|Grace|Harvey", "nl": "Anke|Bram|Cato|Dries|Elke|Floris|Griet|Hendrik",
		"de": "Änne|Bernd|Clara|Dörte|Emil|Frieda|Gerd|Hannelore", "fr": "Aimée|Benoît|Céline|Denis|Éloïse|François|Gisèle|Hervé",
	}
	last := map[string]string{
		"en": "Ashdown|Brook|Carver|Dale|Easton|Field", "nl": "Van den Berg|De Wolf|Claes|Dijkstra|Van Elst|Janssen",
		"de": "Ahrens|Böttcher|Claussen|Dürr|Ebert|Förster", "fr": "Aubert|Béranger|Chevalier|Delaunay|Estève|Fournier",
	}
	d := dice(mix(key, 3))
	return choose(first[language], d.roll()) + " " + choose(last[language], d.roll())
}

func companyName(language string, key uint64) string {
	form := map[string]string{"en": "Ltd", "nl": "BV", "de": "GmbH", "fr": "SARL"}
	d := dice(mix(key, 4))
	return choose(english(invoice).parties, d.roll()) + " " + form[language]
}

// choose picks one of the parts between bars.
func choose(parts string, chance uint64) string {
	n := int(chance % uint64(strings.Count(parts, "|")+1))
	for ; n > 0; n-- {
		_, parts, _ = strings.Cut(parts, "|")
	}
	one, _, _ := strings.Cut(parts, "|")
	return one
}
