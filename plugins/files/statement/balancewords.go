package statement

// Telling is what a row's words say of its amount.
type Telling int

// The tellings.
const (
	AMovement Telling = iota // nothing but a movement, as far as words go
	AnOpening                // the balance before the rows that follow
	ABalance                 // the balance behind other rows, or of a day
	ATurnover                // what rows add up to
)

// Tells reports whether a row's text says nothing but that its amount is a
// balance or a turnover, in one of the languages of the lists below. Dates and
// figures beside the words do not count; any other word makes it a movement.
func Tells(text string) Telling {
	if len(text) < 4 || len(text) > 80 {
		return AMovement
	}
	var room [96]byte
	phrase, plain := appendPhrase(room[:0], text)
	if !plain {
		phrase, _ = appendPhrase(room[:0], Fold(text))
	}
	return telling(string(phrase))
}

// appendPhrase appends the words of text, in lower case with one space between
// them and without those that are figures. It is not plain when text holds more
// than ASCII.
func appendPhrase(to []byte, text string) (phrase []byte, plain bool) {
	word, figures := 0, true // where the word at the end began
	closeWord := func() {
		if figures {
			to = to[:word]
		}
	}
	gap := true
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= 0x80 {
			return nil, false
		}
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && !isDigitByte(c) {
			if !gap {
				closeWord()
			}
			gap = true
			continue
		}
		if gap {
			gap, figures, word = false, true, len(to)
			if len(to) > 0 {
				to = append(to, ' ')
			}
		}
		if letter {
			figures = false
			c |= 0x20
		}
		to = append(to, c)
	}
	if !gap {
		closeWord()
	}
	return to, true
}

func isDigitByte(c byte) bool { return c >= '0' && c <= '9' }

// telling looks folded words up: English, Dutch, German, French, Italian,
// Spanish and Portuguese, Polish, Scandinavian, Finnish, Turkish, Hungarian,
// Czech and Slovak.
func telling(phrase string) Telling {
	switch phrase {
	case "opening balance", "opening balances", "beginning balance", "starting balance", "start balance", "initial balance",
		"previous balance", "balance brought forward", "brought forward", "balance b f", "opening bal", "beginsaldo",
		"openingssaldo", "vorig saldo", "oud saldo", "openingsbalans", "anfangssaldo", "anfangsbestand", "eroffnungssaldo",
		"eroffnungsbilanz", "saldovortrag", "alter saldo", "alter kontostand", "anfangsstand", "solde initial", "solde d ouverture",
		"solde de depart", "solde precedent", "ancien solde", "solde anterieur", "solde reporte", "solde d overture",
		"saldo iniziale", "saldo precedente", "saldo di apertura", "saldo d apertura", "saldo inicial", "saldo anterior",
		"saldo de apertura", "saldo de abertura", "saldo do dia anterior", "saldo mes anterior", "saldo ant", "saldo poczatkowe",
		"bilans otwarcia", "saldo otwarcia", "primosaldo", "startsaldo", "indgaende saldo", "inngaende saldo", "ingaende saldo",
		"ingaende balans", "apningsbalanse", "abningssaldo", "ibsaldo", "alkusaldo", "acilis bakiyesi", "devreden bakiye",
		"onceki bakiye", "nyito egyenleg", "pocatecni zustatek", "pocatecny zostatok":
		return AnOpening
	case "balance", "closing balance", "ending balance", "end balance", "final balance", "current balance", "available balance",
		"balance carried forward", "carried forward", "new balance", "balance c f", "daily balance", "ledger balance", "eindsaldo",
		"nieuw saldo", "slotsaldo", "huidig saldo", "endsaldo", "schlusssaldo", "abschlusssaldo", "neuer saldo", "neuer kontostand",
		"kontostand", "tagessaldo", "schlussbestand", "endbestand", "solde", "solde final", "solde de cloture", "nouveau solde",
		"solde du jour", "solde actuel", "solde crediteur", "solde debiteur", "saldo", "saldo finale", "saldo contabile",
		"saldo disponibile", "saldo di chiusura", "saldo final", "saldo do dia", "saldo dia", "saldo atual", "saldo actual",
		"saldo disponivel", "saldo disponible", "saldo em conta", "saldo total", "saldo total disponivel dia",
		"saldo total disponivel", "saldo final do dia", "saldo parcial", "saldo bloqueado", "s a l d o", "saldo de cierre",
		"saldo final disponivel", "sdo cta apl automaticas", "saldo aplic aut mais", "saldo conta corrente", "saldo em c corrente",
		"saldo koncowe", "saldo zamkniecia", "bilans zamkniecia", "saldo dzienne", "ultimosaldo", "slutsaldo", "udgaende saldo",
		"utgaende saldo", "utgaende balans", "loppusaldo", "kapanis bakiyesi", "bakiye", "zaro egyenleg", "egyenleg",
		"konecny zustatek", "konecny zostatok":
		return ABalance
	case "turnover", "total credits", "total debits", "total credit", "total debit", "total deposits", "total withdrawals",
		"total credit amount", "total debit amount", "omzet", "totaal bij", "totaal af", "summe soll",
		"summe haben", "umsatzsumme", "gesamtumsatz", "gesamtsumme", "umsatze gesamt", "total des credits",
		"total des debits", "total des mouvements", "total des operations", "totale entrate", "totale uscite",
		"totale movimenti", "totale avere", "totale dare", "total de creditos", "total de debitos", "total creditos",
		"total debitos", "total entradas", "total saidas", "total de entradas", "total de saidas", "total abonos", "total cargos",
		"total do dia", "obroty", "suma obciazen", "suma uznan":
		return ATurnover
	}
	return AMovement
}
