package demo

import "slices"

func european() []country {
	return slices.Concat(western(), southern(), northern(), central(), southeastern())
}

func western() []country {
	return []country{
		{"BE", "EUR", "nl", "12n", 2,
			"Spaarbank %|Volkskas %|Landbouwkrediet %|Caisse d’Épargne de %|Crédit Populaire de %|Banque Communale de %|" +
				"Middenstandskas %|Coöperatieve Bank %|Bank van de Streek %|Kredietkas %",
			"Antwerpen|Gent|Brugge|Leuven|Mechelen|Liège|Namur|Charleroi|Mons|Tournai|Hasselt|Kortrijk|Oostende|Genk|Aalst|Wavre",
			"Ooster|Wester|Nieuw|Oud|Sint-Jans|Sint-Pieters|Groot|Klein|Hoog|Neder", "zele|gem|kerke|hove|beek|berg|daal|rode|molen|velde"},
		{"NL", "EUR", "nl", "4a10n", 3,
			"Spaarbank %|Boerenleenbank %|Volkskrediet %|Coöperatieve Bank %|Gemeentebank %|Onderlinge Bank %|Nutsspaarbank %|" +
				"Hanzebank %|Polderbank %|Ondernemersbank %",
			"Amsterdam|Rotterdam|Utrecht|Den Haag|Eindhoven|Groningen|Tilburg|Breda|Nijmegen|Arnhem|Haarlem|Zwolle|Leiden|Maastricht|" +
				"Dordrecht|Middelburg",
			"Noorder|Zuider|Ooster|Wester|Nieuwe|Oude|Heer|Graven|Water|Zand", "dijk|dam|wijk|broek|veen|hoorn|meer|haven|kerk|polder"},
		{"LU", "EUR", "fr", "3n13c", 1,
			"Caisse Rurale de %|Banque Populaire de %|Épargne Mutuelle de %|Spuerkeess-Veräin %|Raiffeisenverein %|Crédit Foncier de %|" +
				"Banque des Artisans de %|Union Bancaire de %",
			"Luxembourg|Esch-sur-Alzette|Differdange|Dudelange|Ettelbruck|Diekirch|Echternach|Wiltz|Remich|Vianden|Mersch|Clervaux",
			"Nieder|Ober|Heider|Walfer|Betten|Stein|Roden|Hoschei|Kayl|Mamer", "dange|burg|dorf|scheid|ange|brück|feld|born|bach"},
		{"DE", "EUR", "de", "18n", 6,
			"Sparkasse %|Volksbank %|Raiffeisenkasse %|Bürgerbank %|Kreissparkasse %|Genossenschaftsbank %|Handwerkerbank %|Landbank %|" +
				"Gewerbebank %|VR-Verein %|Stadtbank %|Spar- und Darlehnskasse %",
			"Köln|Bonn|Münster|Würzburg|Göttingen|Tübingen|Düsseldorf|Lübeck|Fürth|Görlitz|Nürnberg|Jülich|Aachen|Trier|Passau|Weimar|" +
				"Mölln|Höxter",
			"Ober|Unter|Neu|Alt|Groß|Klein|Hohen|Nieder|Schön|Grün|König|Wald|Stein|Bären",
			"bach|stadt|hausen|dorf|feld|brück|münde|berg|heim|tal|kirchen|au|ried|furt"},
		{"AT", "EUR", "de", "16n", 2,
			"Sparkasse %|Volksbank %|Raiffeisenkasse %|Bürgerkasse %|Landesbank %|Gewerbekasse %|Bauernkasse %|Marktbank %",
			"Wien|Graz|Linz|Salzburg|Innsbruck|Klagenfurt|Villach|Wels|Sankt Pölten|Dornbirn|Steyr|Krems|Leoben|Kufstein",
			"Ober|Unter|Sankt Veit-|Bad Neu|Maria |Groß|Hoch|Alpen|Enns|Mürz", "dorf|tal|kirchen|brunn|stein|zell|eck|ach|reith|leiten"},
		{"CH", "CHF", "de", "5n12c", 2,
			"Kantonalkasse %|Raiffeisenverein %|Spar- und Leihkasse %|Ersparniskasse %|Banque Régionale de %|Caisse d’Épargne de %|" +
				"Banca Popolare di %|Bezirkskasse %",
			"Zürich|Genève|Basel|Bern|Lausanne|Winterthur|Luzern|Lugano|Neuchâtel|Fribourg|Sion|Chur|Thun|Bellinzona",
			"Ober|Unter|Nieder|Hinter|Vorder|Brun|Wald|Alt|Matt|Rüti", "wil|ikon|stetten|dorf|bühl|matt|egg|wald|bach|berg"},
		{"LI", "CHF", "de", "5n12c", 1,
			"Landeskasse %|Privatbank %|Talkasse %|Spar- und Leihkasse %|Gewerbebank %|Vermögensbank %",
			"Vaduz|Schaan|Balzers|Triesen|Eschen|Mauren|Ruggell|Gamprin|Triesenberg|Planken",
			"Ober|Unter|Hinter|Vorder|Hoch", "land|gass|bühel|ried|halda|egg"},
		{"FR", "EUR", "fr", "10n11c2n", 5,
			"Crédit Rural de %|Caisse Mutuelle de %|Banque Coopérative de %|Caisse d’Épargne de %|Crédit Maritime de %|" +
				"Banque Populaire de %|Crédit Communal de %|Société Bancaire de %|Caisse Agricole de %|Épargne et Crédit de %|" +
				"Banque des Artisans de %",
			"Paris|Orléans|Besançon|Nîmes|Angoulême|Périgueux|Béziers|Évreux|Alençon|Châlons|Mâcon|Saint-Étienne|Bézenac|Sète|Lyon|" +
				"Nantes|Lille|Rennes",
			"Saint-|Sainte-Mère-de-|Bourg-|Villeneuve-|Mont-|Château-|Pont-|Belle-|Roche-|Val-de-|Port-|La Ferté-",
			"Aubin|Rémy|Éloi|Hélène|Brévin|l’Abbé|Valéry|la-Forêt|du-Lac|les-Pins|sur-Loire|en-Bresse"},
		{"MC", "EUR", "fr", "10n11c2n", 1,
			"Banque de %|Crédit Mobilier de %|Caisse de %|Gestion Privée %|Comptoir de %|Compagnie Bancaire de %",
			"Monte-Carlo|Fontvieille|La Condamine|Larvotto|Les Moneghetti|La Rousse|Saint-Roman|Les Révoires|Sainte-Dévote|Saint-Michel",
			"Port |Cap |Rocher |Jardin |Villa ", "Hercule|d’Azur|Sainte-Lucie|des Fleurs|du Palais|Marin"},
	}
}

func southern() []country {
	return []country{
		{"IT", "EUR", "en", "1a10n12c", 4,
			"Banca Popolare di %|Cassa Rurale di %|Credito Cooperativo di %|Cassa di Risparmio di %|Banca Agricola di %|" +
				"Credito Artigiano di %|Monte dei Pegni di %|Banca del Popolo di %|Banca Mutua di %|Istituto Bancario di %",
			"Milano|Torino|Bologna|Firenze|Verona|Padova|Bergamo|Brescia|Forlì|Cantù|Siena|Lucca|Bari|Napoli|Palermo|Trento",
			"Castel|Monte|San |Santa Maria |Villa|Borgo |Campo|Rocca|Ponte|Torre ",
			"nuovo|rosso|Donà|Niccolò|franca|vecchio|bello|alta|lungo|fiorita"},
		{"SM", "EUR", "en", "1a10n12c", 1,
			"Banca di %|Cassa Rurale di %|Credito di %|Cassa di Risparmio di %|Banca Artigiana di %|Istituto di Credito di %",
			"San Marino|Serravalle|Borgo Maggiore|Domagnano|Fiorentino|Acquaviva|Faetano|Chiesanuova|Montegiardino|Dogana",
			"Monte|Castel|Rocca|Ca’ |Fonte ", "bello|chiaro|Rino|Giannino|dell’Ovo|vecchia"},
		{"ES", "EUR", "en", "20n", 4,
			"Caja Rural de %|Banco Popular de %|Caja de Ahorros de %|Crédito Agrícola de %|Banca Cooperativa de %|Monte de Piedad de %|" +
				"Caja Laboral de %|Caixa Popular de %|Banco Mutuo de %|Caja de Ingenieros de %",
			"Madrid|Barcelona|Cádiz|Córdoba|Málaga|Ávila|León|Almería|Jaén|Cáceres|La Coruña|Logroño|Gijón|Alcalá|Mérida|Zaragoza",
			"Villa|San |Santa |Puebla de |Torre|Castillo de |Fuente|Monte|Valle de |Puerto ",
			"nueva|Martín|Lucía|blanca|Peña|rubia|Ramírez|del Río|mayor|Íñigo"},
		{"AD", "EUR", "en", "8n12c", 1,
			"Crèdit de %|Banc Agrícol de %|Caixa de %|Banca Privada de %|Mútua de %|Estalvi de %",
			"Andorra la Vella|Escaldes|Encamp|Sant Julià de Lòria|La Massana|Ordino|Canillo|Pas de la Casa|Arinsal|Soldeu",
			"Sant |Santa |Pont de |Font |Vall de ", "Romà|Coloma|Miquel|Blanca|Pere|Bartomeu"},
		{"PT", "EUR", "en", "21n", 2,
			"Caixa Agrícola de %|Banco Popular de %|Crédito Mútuo de %|Caixa Económica de %|Montepio de %|Banco Comercial de %|" +
				"Caixa dos Pescadores de %|Banco da Lavoura de %",
			"Lisboa|Porto|Évora|Guimarães|Setúbal|Bragança|Santarém|Portimão|Covilhã|Leiria|Coimbra|Aveiro|Olhão|Lousã",
			"Vila |Santo |São |Monte|Póvoa de |Ponte de |Castelo |Ribeira |Porto |Serra de ",
			"Nova|António|João|Real|Santo|Sôr|Branco|Velho|das Flores|Ourém"},
	}
}

func northern() []country {
	return []country{
		{"IE", "EUR", "en", "4a14n", 2,
			"% Credit Union|% Savings Bank|First Bank of %|% Farmers’ Bank|% Building Society|% Co-operative Bank|% Provident|" +
				"% Traders Bank",
			"Dublin|Cork|Galway|Limerick|Waterford|Dún Laoghaire|Kilkenny|Sligo|Tralee|Ennis|Dundalk|Athlone|Letterkenny|Naas",
			"Bally|Kil|Dun|Knock|Clon|Castle|Rath|Innis|Carrick|Glen", "more|roe|duff|keen|bracken|mullen|derry|dara|garvan|leary"},
		{"GB", "GBP", "en", "4a14n", 5,
			"% Building Society|% Savings Bank|% & District Bank|The % Bank|% Credit Union|% Mutual|% County Bank|% Co-operative Bank|" +
				"% Trustee Savings Bank|% Provincial Bank|% Merchants’ Bank|% Friendly Society",
			"London|Leeds|Bristol|Cardiff|Aberdeen|Norwich|Exeter|Swansea|Inverness|York|Durham|Chester|Carlisle|Truro|Belfast|Perth",
			"Ash|Black|Brad|Chip|East|Hart|Kings|Marl|North|Stan|Thorn|West",
			"bury|combe|dale|field|ford|ham|hurst|ley|mouth|stead|ton|wick"},
		{"DK", "DKK", "en", "14n", 2,
			"Sparekassen %|% Andelskasse|% Bank|Landbobanken i %|Folkekassen %|% Handelsbank|Håndværkerbanken %|% Sparekasse",
			"København|Århus|Odense|Ålborg|Esbjerg|Randers|Kolding|Vejle|Roskilde|Helsingør|Næstved|Køge|Sønderborg|Holbæk",
			"Nørre|Sønder|Vester|Øster|Ny|Gammel|Høj|Skov|Strand|Mølle", "by|borg|rup|sted|lund|købing|bæk|ager|holm|høje"},
		{"SE", "SEK", "en", "20n", 2,
			"% Sparbank|Folkbanken i %|% Jordbrukskassa|Sparbanken %|% Handelskassa|Lantbruksbanken %|% Hypotek|% Medlemsbank",
			"Stockholm|Göteborg|Malmö|Uppsala|Västerås|Örebro|Linköping|Norrköping|Jönköping|Umeå|Gävle|Växjö|Borås|Luleå",
			"Norr|Söder|Öster|Väster|Ny|Gamla|Björk|Älv|Sjö|Sten", "köping|by|torp|vik|hamn|berga|ås|sund|ryd|måla"},
		{"NO", "NOK", "en", "11n", 2,
			"% Sparebank|Sparebanken %|% Bygdebank|Landkreditt %|% Fiskerbank|Folkebanken %|% Handelsbank|% Kredittlag",
			"Oslo|Bergen|Trondheim|Stavanger|Tromsø|Bodø|Ålesund|Drammen|Tønsberg|Hamar|Lillehammer|Molde|Førde|Røros",
			"Nord|Sør|Øst|Vest|Ny|Stor|Bjørke|Elve|Fjell|Sjø", "vik|dal|nes|øy|heim|stad|sund|fjord|ås|moen"},
		{"FI", "EUR", "en", "14n", 2,
			"% Osuuskassa|% Säästöpankki|Kansanpankki %|% Maatalouspankki|% Yhteispankki|Paikallispankki %|% Kauppapankki|Työväenpankki %",
			"Helsinki|Espoo|Tampere|Jyväskylä|Hämeenlinna|Oulu|Lahti|Kuopio|Pori|Vaasa|Mikkeli|Seinäjoki|Rovaniemi|Kemijärvi",
			"Ylä|Ala|Uusi|Vanha|Iso|Pikku|Kivi|Mäntä|Vesi|Koivu", "järvi|mäki|lahti|joki|niemi|koski|saari|kylä|ranta|pelto"},
		{"IS", "ISK", "en", "22n", 1,
			"Sparisjóður %|% Landsbanki|Bændabanki %|Útvegsbanki %|% Samvinnubanki|Alþýðubanki %",
			"Reykjavík|Akureyri|Kópavogur|Hafnarfjörður|Ísafjörður|Selfoss|Egilsstaðir|Húsavík|Akranes|Vík",
			"Norður|Suður|Stór|Hvíta|Breiða|Djúpi|Eyja", "vík|fjörður|nes|dalur|vogur|staðir|hólmur"},
		{"EE", "EUR", "en", "16n", 1,
			"% Hoiuühistu|% Rahvapank|% Maapank|% Krediidipank|Ühispank %|% Talupank|% Kaupmeeste Pank|% Hoiukassa",
			"Tallinn|Tartu|Pärnu|Võru|Viljandi|Rakvere|Kuressaare|Põlva|Jõhvi|Haapsalu|Paide|Valga",
			"Uus|Vana|Suure|Väike|Põhja|Lõuna|Kivi|Kase|Mõisa|Järve", "küla|mäe|saare|vere|metsa|oja|välja|nurme"},
		{"LV", "EUR", "en", "4a13c", 1,
			"% Krājbanka|% Tautas Banka|% Krājaizdevu Sabiedrība|% Zemes Banka|% Tirdzniecības Banka|% Hipotēku Banka|% Lauku Kase|" +
				"% Amatnieku Banka",
			"Rīga|Daugavpils|Liepāja|Jelgava|Jūrmala|Ventspils|Rēzekne|Cēsis|Valmiera|Ogre|Sigulda|Kuldīga",
			"Jaun|Vec|Liel|Maz|Ziemeļ|Dienvid|Ozol|Bērz|Pils|Ezer", "kalns|muiža|pils|mala|ciems|birze|upe|krasts"},
		{"LT", "EUR", "en", "16n", 1,
			"% Taupomasis Bankas|% Kredito Unija|% Ūkio Bankas|% Liaudies Bankas|% Žemės Bankas|% Prekybos Bankas|% Amatininkų Bankas|" +
				"% Miesto Kasa",
			"Vilnius|Kaunas|Klaipėda|Šiauliai|Panevėžys|Alytus|Marijampolė|Utena|Mažeikiai|Kėdainiai|Telšiai|Palanga",
			"Nauja|Sena|Did|Maž|Šiaurės |Pietų |Ąžuol|Berž|Upyn|Ežer", "miestis|kaimis|pilis|ynė|ėnai|upiai|iškės|kalnis"},
	}
}

func central() []country {
	return []country{
		{"PL", "PLN", "en", "24n", 3,
			"Bank Spółdzielczy w %|Kasa Oszczędności %|Bank Ludowy %|Bank Rolniczy %|Bank Kupiecki %|Kasa Rzemieślnicza %|" +
				"Bank Komunalny %|Towarzystwo Kredytowe %|Bank Mieszczański %|Kasa Ziemska %",
			"Warszawa|Kraków|Łódź|Wrocław|Poznań|Gdańsk|Toruń|Rzeszów|Częstochowa|Zielona Góra|Bielsko|Świdnica|Płock|Sącz",
			"Nowa |Stara |Wielka |Mała |Biało|Czarno|Górna |Dolna |Zielona |Święta ",
			"Wieś|brzeg|Łąka|pole|Góra|Dąbrowa|Wola|Sól|Brzoza|Ruda"},
		{"CZ", "CZK", "en", "20n", 2,
			"Spořitelna %|Lidová Záložna %|Družstevní Banka %|Městská Banka %|Živnostenská Záložna %|Rolnická Banka %|Občanská Banka %|" +
				"Kampelička %",
			"Praha|Brno|Plzeň|Olomouc|Liberec|České Budějovice|Hradec Králové|Ústí|Zlín|Jihlava|Kroměříž|Třebíč|Český Krumlov|Tábor",
			"Nový |Starý |Horní |Dolní |Velký |Malý |Červený |Bílý |Hrubý |Suchý ", "Týn|Dvůr|Hrad|Újezd|Brod|Potok|Kámen|Důl|Vrch|Rybník"},
		{"SK", "EUR", "en", "20n", 1,
			"Sporiteľňa %|Ľudová Banka %|Družstevná Záložňa %|Mestská Banka %|Roľnícka Banka %|Živnostenská Banka %|Občianska Záložňa %|" +
				"Úverová Kasa %",
			"Bratislava|Košice|Prešov|Žilina|Banská Bystrica|Nitra|Trnava|Trenčín|Martin|Poprad|Zvolen|Levoča",
			"Nový |Starý |Horný |Dolný |Veľký |Malý |Biely |Červený ", "Hrad|Dvor|Potok|Kameň|Brod|Vrch|Mlyn|Háj|Kút"},
		{"HU", "HUF", "en", "24n", 2,
			"% Takarékszövetkezet|% Népbank|% Kereskedelmi Bank|% Hitelszövetkezet|% Földhitelintézet|% Polgári Bank|% Iparbank|" +
				"% Gazdabank",
			"Budapest|Debrecen|Szeged|Pécs|Győr|Székesfehérvár|Kecskemét|Sopron|Eger|Veszprém|Szombathely|Nyíregyháza|Érd|Gödöllő",
			"Kis|Nagy|Új|Ó|Alsó|Felső|Kő|Tó|Fehér|Vörös", "vár|hegyes|falu|szeg|kút|háza|telek|erdő|patak|mező"},
		{"SI", "EUR", "en", "15n", 1,
			"Hranilnica %|Ljudska Banka %|Kmečka Banka %|Mestna Hranilnica %|Zadružna Banka %|Obrtna Banka %|Posojilnica %|Deželna Banka %",
			"Ljubljana|Maribor|Celje|Kranj|Koper|Velenje|Novo Mesto|Ptuj|Škofja Loka|Jesenice|Črnomelj|Postojna",
			"Nova |Stara |Gornja |Dolnja |Velika |Mala |Zgornja |Spodnja ", "Vas|Gora|Reka|Loka|Dolina|Polana|Šentvid|Kočna"},
		{"HR", "EUR", "en", "17n", 1,
			"Štedionica %|Pučka Banka %|Zadružna Banka %|Gradska Banka %|Seljačka Banka %|Obrtnička Banka %|Ribarska Banka %|" +
				"Kreditna Unija %",
			"Zagreb|Split|Rijeka|Osijek|Zadar|Šibenik|Dubrovnik|Varaždin|Čakovec|Požega|Karlovac|Pula",
			"Novi |Stari |Gornji |Donji |Veliki |Mali |Crni |Bijeli ", "Grad|Dvor|Brijeg|Otok|Potok|Vrh|Lug|Kamen|Žumberak"},
	}
}

func southeastern() []country {
	return []country{
		{"RO", "RON", "en", "4a16c", 2,
			"Casa de Economii %|Banca Populară %|Banca Agricolă %|Cooperativa de Credit %|Banca Meșteșugarilor %|Banca Orășenească %|" +
				"Ajutor Reciproc %|Banca Țărănească %",
			"București|Cluj|Timișoara|Iași|Constanța|Brașov|Ploiești|Galați|Sibiu|Târgu Mureș|Bacău|Pitești|Piatra Neamț|Alba Iulia",
			"Valea |Satu |Poiana |Baia |Târgu |Câmpu |Piatra |Gura ", "Lungă|Nou|Mare|Mică|Frumoasă|Roșie|Albă|Ursului|Vadului|Măgura"},
		{"BG", "EUR", "en", "4a6n8c", 1,
			"Narodna Kasa %|Zemedelska Banka %|Gradska Banka %|Popularna Banka %|Kooperativna Kasa %|Zanayatchiyska Banka %|" +
				"Spestovna Kasa %|Targovska Banka %",
			"Sofia|Plovdiv|Varna|Burgas|Ruse|Pleven|Sliven|Dobrich|Shumen|Haskovo|Gabrovo|Vidin",
			"Nova |Stara |Gorna |Dolna |Golyama |Malka |Byala |Cherna ", "Reka|Polyana|Gora|Voda|Slatina|Cherkva|Banya|Livada"},
		{"GR", "EUR", "en", "7n16c", 2,
			"Synetairistikí Trápeza %|Agrotikí Trápeza %|Laikí Trápeza %|Tamieftírio %|Emporikí Kása %|Nafpigikí Trápeza %|" +
				"Viotechnikí Trápeza %|Pistotikí Énosi %",
			"Athína|Thessaloníki|Pátra|Irákleio|Lárisa|Vólos|Ioánnina|Kavála|Chaniá|Ródos|Kérkyra|Sérres|Xánthi|Trípoli",
			"Néa |Palaiá |Áno |Káto |Megáli |Mikrí |Agía |Lefkí ", "Chóra|Pétra|Kóme|Vrýsi|Paralía|Eléni|Marína|Ráchi|Skála"},
		{"CY", "EUR", "en", "8n16c", 1,
			"Co-operative Bank of %|% Savings Bank|People’s Bank of %|% Farmers Credit|% Popular Bank|% Traders Bank|Mutual of %|" +
				"% Provident Fund Bank",
			"Nicosia|Limassol|Larnaca|Paphos|Famagusta|Kyrenia|Polis|Protaras|Lefkara|Troodos",
			"Agios |Agia |Pano |Kato |Nea |Palea ", "Petros|Napa|Lefkara|Varvara|Paphos|Dimitrios|Ora|Kivides"},
		{"MT", "EUR", "en", "4a5n18c", 1,
			"Bank ta’ %|% Savings Bank|% Co-operative Bank|% Farmers’ Bank|% Mutual|Kaxxa ta’ %|% Fishermen’s Bank|% Trade Bank",
			"Valletta|Mdina|Sliema|Birżebbuġa|Ħamrun|Żejtun|Għargħur|Mosta|Qormi|Rabat|Gżira|Victoria",
			"Bir|San |Santa |Marsa |Ħal |Wied ", "kbir|Ġwann|Luċija|Xlokk|Għaxaq|il-Għajn|Safi|Żebbuġ"},
		{"TR", "TRY", "en", "16n6c", 2,
			"% Halk Sandığı|% Esnaf Bankası|% Çiftçi Bankası|% Ticaret Bankası|% Tasarruf Sandığı|% Kredi Kooperatifi|% Şehir Bankası|" +
				"% Emlak Sandığı",
			"İstanbul|Ankara|İzmir|Bursa|Eskişehir|Muğla|Çanakkale|Diyarbakır|Şanlıurfa|Kütahya|Niğde|Iğdır|Düzce|Antalya",
			"Yeni|Eski|Büyük|Küçük|Ak|Kara|Yeşil|Göl|Taş|Çam", "köy|şehir|dere|pınar|hisar|tepe|kaya|ova|bahçe|su"},
	}
}
