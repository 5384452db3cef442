package table

import (
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
)

// heading is what banks write above a column: names as statement.Fold gives
// them, parted by "|", the likelier first. English ones apart, since a table
// with the others writes the day before the month.
type heading struct {
	role    Role
	english string
	others  string
}

// headings is the table that columns are known by. Where two roles could have
// a name, what stands below the heading decides (see fits).
func headings() []heading {
	return []heading{
		{Date, "booking date|posting date|post date|posted date|date posted|posted|entry date|date|completed date|date completed|" +
			"transaction date|transactiondate|operation date|created",
			"boekdatum|boekingsdatum|datum|transactiedatum|uitvoeringsdatum|datum verrichting|buchungstag|buchungsdatum|buchung|" +
				"belegdatum|date de comptabilisation|date comptable|" +
				"date operation|date d operation|date de l operation|date transaction|fecha contable|fecha|fecha operacion|" +
				"fecha de operacion|f operacion|data contabile|data operazione|data movimento|" +
				"data|data mov|data lancamento|data da operacao|data ksiegowania|data operacji|bokforingsdag|bokforingsdatum|" +
				"bogforingsdato|bokfort dato|dato|kirjauspaiva"},
		{ValueDate, "value date|valuedate|effective date",
			"rentedatum|valutadatum|valuta|wertstellung|wertstellungstag|date valeur|date de valeur|fecha valor|f valor|data valuta|" +
				"data valor|valutadag|rentedag"},
		{Amount, "amount|transaction amount|net amount|value|sum",
			"bedrag|transactiebedrag|mutatiebedrag|betrag|umsatz|montant|importe|importo|valor|kwota|kwota operacji|belopp|belob|belop"},
		{Debit, "debit|debits|debit amount|withdrawal|withdrawals|money out|paid out|outflow|out",
			"af|debet|soll|depenses|cargo|cargos|debe|uscite|addebiti|dare|debito|obciazenia|uttag|ut"},
		{Credit, "credit|credits|credit amount|deposit|deposits|money in|paid in|inflow|in",
			"bij|haben|recettes|abono|abonos|haber|entrate|accrediti|avere|credito|uznania|insattning|inn"},
		{Sign, "debit credit|credit debit|dr cr|cr dr|d c|c d|sign|direction|transaction type|type",
			"af bij|bij af|debet credit|soll haben|s h|sens|signe|signo|segno"},
		{Currency, "currency|currency code|ccy|cur", "munt|muntsoort|valuta|wahrung|waehrung|devise|divisa|moneda|waluta|moeda"},
		{Balance, "balance|running balance|runningbalance|balance after|balance after transaction|account balance",
			"saldo na mutatie|saldo na trn|saldo na boeking|saldo nach buchung|saldo|eindsaldo|solde|kontostand|saldo po operacji"},
		{Counterparty, "counterparty name|counterparty|partner name|payee|payee name|beneficiary name|beneficiary|payer|merchant|name",
			"naam tegenpartij|naam omschrijving|tegenpartij naam|tegenpartij|naam tegenrekening|naam|begunstigter zahlungspflichtiger|" +
				"beguenstigter zahlungspflichtiger|" +
				"auftraggeber begunstigter|auftraggeber beguenstigter|name zahlungsbeteiligter|zahlungsempfanger|empfanger|auftraggeber|" +
				"contrepartie|beneficiaire|tiers|nom|beneficiario|ordenante|controparte|nadawca odbiorca|odbiorca|mottagare"},
		{CounterNumber, "counterparty account|counterparty iban|counterparty account number|partner account|beneficiary account|" +
			"bank account",
			"tegenrekening iban bban|tegenrekening|iban tegenpartij|rekening tegenpartij|rekeningnummer tegenpartij|tegenpartij rekening|" +
				"kontonummer iban|iban zahlungsbeteiligter|kontonummer|" +
				"compte contrepartie|iban contrepartie|compte beneficiaire|cuenta destino|conto controparte"},
		{Reference, "description|original description|transaction description|additional description|memo|narrative|details|particulars|" +
			"payment reference|remittance information|reference|label|notes|note|message|desc|text",
			"omschrijving|omschrijving 1|omschrijving 2|omschrijving 3|omschrijving mededelingen|mededelingen|mededeling|" +
				"betalingskenmerk|verwendungszweck|vwz|libelle|libelle operation|motif|communication|" +
				"communications|concepto|descripcion|observaciones|causale|descrizione|descrizione operazione|tytul|opis|opis operacji|" +
				"meddelande|rubrik|tekst|beschrijving"},
		{ID, "transaction id|transactionid|id|fitid|unique id|transaction reference|bank reference",
			"volgnr|volgnummer|transactiereferentie|transactienummer|numero operation|id transazione|id operacji"},
		{Account, "account number|accountnumber|account iban|iban bban|iban|account|account name|own account",
			"rekening|rekeningnummer|auftragskonto|iban auftragskonto|konto|compte|numero de compte|cuenta|conto|rachunek"},
		{Status, "status|state", "statut|estado|stato"},
		{Code, "code|transaction code|transaction type|type", "mutatiesoort|transactiesoort|buchungstext|mutationcode|umsatztyp"},
		{EndToEnd, "end to end id|end to end reference", "kundenreferenz end to end|kundenreferenz"},
		{OriginalAmount, "original amount|foreign amount|amount currency",
			"oorspr bedrag|oorspronkelijk bedrag|ursprungsbetrag|montant d origine"},
		{OriginalCurrency, "original currency|foreign currency", "oorspr munt|oorspronkelijke munt|devise d origine"},
		{Rate, "exchange rate|rate", "koers|kurs|taux de change"},
		{MandateID, "mandate reference|mandate id|mandate", "machtigingskenmerk|mandatsreferenz|reference mandat"},
		{CreditorID, "creditor id", "incassant id|glaubiger id|glaeubiger id"},
		{BIC, "counterparty bic|bic swift code|bic", "bic tegenpartij"},
		{Category, "category", "categorie|kategorie|categoria"},
	}
}

// plainHeading is a heading as it is looked up: folded, without the currency
// that may stand behind it.
func plainHeading(text string) string {
	words := strings.Fields(statement.Fold(text))
	for len(words) > 1 && isCurrencyWord(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return strings.Join(words, " ")
}

func isCurrencyWord(word string) bool {
	switch word {
	case "eur", "euro", "euros", "usd", "gbp", "chf", "pln", "sek", "nok", "dkk", "czk", "huf", "cad", "aud", "en":
		return true
	}
	return false
}

// currencyOf returns the currency that a heading names, as in "Bedrag (EUR)".
func currencyOf(text string) string {
	words := strings.Fields(statement.Fold(text))
	if len(words) < 2 {
		return ""
	}
	switch last := words[len(words)-1]; {
	case last == "euro" || last == "euros":
		return "EUR"
	case len(last) == 3 && isCurrencyWord(last):
		return statement.Currency(last)
	}
	return ""
}
