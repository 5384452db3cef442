package demo

func overseas() []country { return append(pacific(), elsewhere()...) }

func pacific() []country {
	return []country{
		{"US", "USD", "en", "", 10,
			"% Community Credit Union|First National Bank of %|% Federal Credit Union|% Savings & Loan|% State Bank|" +
				"Farmers & Merchants Bank of %|% Teachers Credit Union|Citizens Bank of %|% Trust Company|Peoples Bank of %|" +
				"% Employees Credit Union|% County Bank|Heritage Bank of %|% Firefighters Credit Union",
			"Springfield|Portland|Madison|Austin|Boulder|Savannah|Tucson|Fresno|Omaha|Duluth|Spokane|Peoria|Mobile|Albany|San José|" +
				"Cañon City|Lincoln|Dayton",
			"Cedar |Maple |Oak |Pine |River|Lake|Spring|Fair|Green|Clear|Silver |Eagle |Stone|Mill|Sun|Harbor ",
			"Falls|view|Grove|ville|Creek|wood|Ridge|field|Point|brook|Rapids|side|Valley|port"},
		{"CA", "CAD", "en", "", 3,
			"% Credit Union|Caisse Populaire de %|% Savings Bank|% Trust|Prairie Bank of %|% Community Credit Union|" +
				"Coopérative de Crédit de %|% Fishermen’s Credit Union|Provincial Bank of %|% Mutual",
			"Toronto|Montréal|Québec|Trois-Rivières|Vancouver|Calgary|Winnipeg|Halifax|Regina|Lévis|Victoria|Saint-Jérôme|Kingston|Moncton",
			"Saint-|Lac-|Cedar |North |South |Moose |Fort |Grande-|Maple |Trout ",
			"Hubert|Félix|Bay|Lake|Rivière|Landing|Hill|Prairie|Anse|Falls"},
		{"AU", "AUD", "en", "", 2,
			"% Credit Union|% Building Society|Bank of %|% Mutual Bank|% Community Bank|% Teachers Mutual|Rural Bank of %|% Permanent",
			"Sydney|Melbourne|Brisbane|Perth|Adelaide|Hobart|Darwin|Cairns|Geelong|Ballarat|Bendigo|Newcastle|Wollongong|Dubbo",
			"Wagga |Mount |Port |Gum|Wattle |Bulla|Cooma|Kanga|Coral |Black", "wool|Isaac|Creek|gong|dale|roo|Ridge|jin|bah|Bay"},
		{"NZ", "NZD", "en", "", 1,
			"% Credit Union|% Savings Bank|% Building Society|Bank of %|% Farmers Co-operative|% Permanent|% Community Trust Bank|% Mutual",
			"Auckland|Wellington|Christchurch|Dunedin|Hamilton|Tauranga|Whangārei|Rotorua|Nelson|Napier|Taupō|Invercargill",
			"Wai|Roto|Manga|Puke|Whaka|Te |Tau|Kai", "kato|rua|nui|kohe|tāne|iti|ranga|moana"},
		{"JP", "JPY", "en", "", 3,
			"% Shinkin Ginkō|% Shin’yō Kumiai|% Chihō Ginkō|% Nōgyō Kumiai|% Shōkō Ginkō|% Rōdō Kinko|% Gyogyō Kumiai|% Shimin Ginkō",
			"Tōkyō|Ōsaka|Kyōto|Kōbe|Nagoya|Sapporo|Sendai|Hiroshima|Fukuoka|Kōchi|Ōita|Nagano|Kanazawa|Naha",
			"Kita|Minami|Higashi|Nishi|Shin|Kami|Shimo|Ō|Matsu|Taka", "yama|kawa|shima|mura|ura|hashi|no|saki|moto|hara"},
		{"SG", "SGD", "en", "", 1,
			"% Savings Bank|Bank of %|% Traders Bank|% Co-operative|% Merchant Bank|% Thrift & Loan",
			"Orchard|Bedok|Tampines|Jurong|Woodlands|Katong|Serangoon|Punggol|Clementi|Changi",
			"Bukit |Tanjong |Kampong |Pulau |Telok ", "Timah|Merah|Melaka|Panjang|Ayer|Batok|Ubin"},
	}
}

func elsewhere() []country {
	return []country{
		{"AE", "AED", "en", "19n", 1,
			"% National Bank|% Islamic Bank|% Commercial Bank|% Investment House|% Savings Bank|% Traders Bank",
			"Dubai|Abu Dhabi|Sharjah|Ajman|Fujairah|Al Ain|Dibba|Khor Fakkan|Ras Al Khaimah|Umm Al Quwain",
			"Al |Umm |Ras |Jebel |Bani ", "Nakheel|Marjan|Safa|Barsha|Yas|Rashid|Noor|Khail"},
		{"KW", "KWD", "en", "4a22c", 1,
			"% National Bank|% Finance House|% Commercial Bank|% Savings Bank|% Islamic Bank|% Traders Bank",
			"Kuwait City|Hawalli|Salmiya|Jahra|Ahmadi|Farwaniya|Fahaheel|Mangaf|Sabah Al Salem|Mubarak",
			"Al |Umm |Bayt |Dar |Khor ", "Noor|Salam|Bahar|Wafa|Rawda|Qasr"},
		{"BH", "BHD", "en", "4a14c", 1,
			"% National Bank|% Islamic Bank|% Commercial Bank|% Savings House|% Investment Bank|% Traders Bank",
			"Manama|Muharraq|Riffa|Isa Town|Sitra|Hamad Town|Budaiya|Zallaq|Askar|Jidhafs",
			"Al |Umm |Ras |Bu |Dar ", "Hidd|Noor|Qalat|Lulu|Sanabis|Nakhl"},
		{"BR", "BRL", "en", "23n1a1c", 3,
			"Caixa Econômica de %|Cooperativa de Crédito de %|Banco Popular de %|Banco Agrícola de %|Crédito Rural de %|" +
				"Banco do Comércio de %|Caixa dos Servidores de %|Banco Mútuo de %",
			"São Paulo|Brasília|Belém|Goiânia|Florianópolis|Maceió|São Luís|Cuiabá|Macapá|Vitória|Niterói|Curitiba|Maringá|Recife",
			"São |Santa |Nova |Porto |Vila |Monte |Campo |Ribeirão |Barra |Pedra ",
			"José|Fé|Esperança|Alegre|Velha|Verde|Grande|Bonito|Mansa|Branca"},
		{"MX", "MXN", "en", "", 2,
			"Caja Popular de %|Banco Regional de %|Caja de Ahorro de %|Unión de Crédito de %|Banco Agrícola de %|Cooperativa de %|" +
				"Banco del Comercio de %|Monte de Piedad de %",
			"México|Guadalajara|Monterrey|Mérida|León|Querétaro|San Luis Potosí|Cancún|Mazatlán|Torreón|Culiacán|Tepic|Oaxaca|Xalapa",
			"San |Santa |Villa |Puerto |Ciudad |Nuevo |Valle de |Cerro ", "Andrés|Inés|Hidalgo|Ángel|Jiménez|León|Juárez|Azul|Nicolás"},
		{"ZA", "ZAR", "en", "", 1,
			"% Mutual Bank|% Building Society|Bank of %|% Co-operative Bank|% Savings Bank|% Volkskas|% Farmers Bank|% Stokvel Bank",
			"Johannesburg|Kaapstad|Durban|Pretoria|Bloemfontein|Kimberley|Polokwane|Stellenbosch|Paarl|Knysna|Upington|George",
			"Bloem|Groot|Klein|Wit|Ry|Stein|Vrede|Kroon|Koppies|Mossel", "fontein|bosch|stad|rivier|burg|berg|dorp|baai|hoek|kloof"},
		{"IN", "INR", "en", "", 3,
			"% Sahakari Bank|% Grameena Bank|% Urban Co-operative Bank|% Nagarik Bank|% Mercantile Bank|% Janata Bank|% Vikas Bank|" +
				"% Mahila Bank",
			"Mumbai|Delhi|Pune|Chennai|Kolkata|Bengaluru|Jaipur|Lucknow|Indore|Kochi|Surat|Nagpur|Patna|Bhopal",
			"Ram|Krishna|Chandra|Raj|Surya|Dev|Nava|Maha|Sita|Hari", "pur|nagar|garh|abad|kot|gaon|palli|ganj|puram|wadi"},
		{"KE", "KES", "en", "", 1,
			"% Sacco|% Farmers Sacco|Bank of %|% Teachers Sacco|% Traders Bank|% Tea Growers Sacco|% Community Bank|% Savings Bank",
			"Nairobi|Mombasa|Kisumu|Nakuru|Eldoret|Thika|Nyeri|Meru|Kericho|Malindi|Kitale|Lamu",
			"Ka|Nya|Mu|Ki|Ru|Ma|Nga|Ol ", "mburu|ndarua|rang’a|tui|kuyu|chakos|rok|bondo"},
		{"IL", "ILS", "en", "19n", 1,
			"Bank Amami %|Kupat Milve %|Bank HaKfar shel %|Bank Ezrahi %|Bank HaHaklaut %|Bank Mis’hari %|Agudat Ashrai %|Bank Otsar %",
			"Jerusalem|Tel Aviv|Haifa|Be’er Sheva|Netanya|Ashdod|Eilat|Tiberias|Nazareth|Akko|Rehovot|Hadera",
			"Kfar |Giv’at |Beit |Ramat |Neve |Ein ", "Shalom|Tikva|Oren|Ilan|Yarok|Hadar|Alon|Shemesh"},
	}
}
