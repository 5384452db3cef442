package rest

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/girosync/girosync/plugins/sdk"
)

// Text makes a text of a service's fit to be shown: on one line, without control
// characters, markup and what turns the direction of writing, and not longer
// than a number of bytes.
func Text(s string, most int) string {
	s = strings.ToValidUTF8(withoutTags(s), "\uFFFD")
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r): // invisible: joins, marks of direction
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= most {
		return s
	}
	cut := max(0, most-len("…"))
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strings.TrimSpace(s[:cut]) + "…"
}

// withoutTags drops what looks like a tag of HTML: "<", a letter, "/" or "!",
// up to the next ">". Other angle brackets stay.
func withoutTags(s string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '<')
		if open < 0 || open+1 == len(s) {
			break
		}
		shut := strings.IndexByte(s[open:], '>')
		next := rune(s[open+1])
		if shut < 0 || next != '/' && next != '!' && !unicode.IsLetter(next) {
			b.WriteString(s[:open+1])
			s = s[open+1:]
			continue
		}
		b.WriteString(s[:open])
		b.WriteByte(' ')
		s = s[open+shut+1:]
	}
	b.WriteString(s)
	return b.String()
}

// text names a sentence that users may read. {service}, {host} and others stand
// for what it is about.
type text int

const (
	textBadBase text = iota
	textBadCertificate
	textBadRequest
	textUnreadable
	textTooLarge
	textElsewhere
	textSentOn
	textRefused
	textTooMany
	textTrouble
	textUnexpected
	textUnknownName
	textNoNames
	textClosed
	textNoWay
	textSilent
	textSlow
	textBroken
	textProxy
	textNoTLS
	textStranger
	textOtherName
	textOutdated
	textNotShown
	textClientRefused
	textGrantEnded
	textNotSaved
	textCount // how many there are
)

// say is a sentence in the language of the call: Dutch, or else English. values
// are names and what stands for them.
func (c *Client) say(t text, values ...string) string {
	language := inEnglish
	if sdk.Speaks(c.call.Language, "nl") {
		language = inDutch
	}
	pairs := []string{"{service}", c.service.o.Name, "{host}", c.host(), "{time}", c.service.o.AttemptTime.String()}
	for i := 0; i+1 < len(values); i += 2 {
		pairs = append(pairs, "{"+values[i]+"}", values[i+1])
	}
	return strings.NewReplacer(pairs...).Replace(language[t])
}

var inEnglish = [textCount]string{
	textBadBase: "The address of {service} in the configuration cannot be used: it has to begin with https:// and to hold no user, " +
		"query or fragment.",
	textBadCertificate: "The certificate or key for {service} in the configuration cannot be used.",
	textBadRequest:     "A request to {service} could not be made.",
	textUnreadable:     "{service} gave an answer that cannot be read.",
	textTooLarge:       "{service} gave an answer that is larger than is taken.",
	textElsewhere:      "{service} sends on to another host, {other}, which is refused. Check the address in the configuration.",
	textSentOn:         "{service} sends on to another address (status {status}). Check the address in the configuration.",
	textRefused:        "{service} refuses the credentials (status {status}).",
	textTooMany:        "{service} was asked too often.",
	textTrouble:        "{service} has trouble of its own (status {status}).",
	textUnexpected:     "{service} gave an answer that was not expected (status {status}).",
	textUnknownName: "{service} cannot be reached: the name {name} is not known. Check the DNS of this host, and the address in the " +
		"configuration.",
	textNoNames:   "{service} cannot be reached: no name server answers for {name}. Check the DNS of this host.",
	textClosed:    "{service} cannot be reached: {host} takes no connections. Check the address, and that no firewall blocks it.",
	textNoWay:     "{service} cannot be reached: there is no way to {host}. Check the network of this host and its firewall.",
	textSilent:    "{service} cannot be reached: {host} does not answer. Check that no firewall blocks it.",
	textSlow:      "{service} did not answer within {time}.",
	textBroken:    "The connection to {service} at {host} broke.",
	textProxy:     "{service} cannot be reached: the proxy of this host does not let through to {host}. Check plugins.proxy.",
	textNoTLS:     "{service} cannot be reached: {host} makes no secure connection (TLS). Check the address in the configuration.",
	textStranger:  "{service} cannot be trusted: nobody whom this host trusts vouches for the certificate of {host}. Check plugins.ca_file.",
	textOtherName: "{service} cannot be trusted: the certificate of {host} is made out to another name.",
	textOutdated: "{service} cannot be trusted: the certificate of {host} has expired, or is not valid yet. Check the clock of this " +
		"host.",
	textNotShown:      "{service} refuses the certificate that this host shows. Check certificate and key in the configuration.",
	textClientRefused: "{service} does not know this host's client id and secret. Check them in the configuration.",
	textGrantEnded:    "{service} no longer lets this connection in. Renew it.",
	textNotSaved:      "The new credentials for {service} could not be kept.",
}

var inDutch = [textCount]string{
	textBadBase: "Het adres van {service} in de configuratie is niet bruikbaar: het moet met https:// beginnen en mag geen gebruiker, " +
		"query of fragment bevatten.",
	textBadCertificate: "Het certificaat of de sleutel voor {service} in de configuratie is niet bruikbaar.",
	textBadRequest:     "Een verzoek aan {service} kon niet worden gemaakt.",
	textUnreadable:     "{service} gaf een antwoord dat niet te lezen is.",
	textTooLarge:       "{service} gaf een antwoord dat groter is dan wordt aangenomen.",
	textElsewhere:      "{service} verwijst door naar een andere host, {other}; dat wordt geweigerd. Controleer het adres in de configuratie.",
	textSentOn:         "{service} verwijst door naar een ander adres (status {status}). Controleer het adres in de configuratie.",
	textRefused:        "{service} weigert de inloggegevens (status {status}).",
	textTooMany:        "{service} is te vaak bevraagd.",
	textTrouble:        "{service} heeft zelf een storing (status {status}).",
	textUnexpected:     "{service} gaf een onverwacht antwoord (status {status}).",
	textUnknownName: "{service} is niet bereikbaar: de naam {name} is onbekend. Controleer de DNS van deze host en het adres in de " +
		"configuratie.",
	textNoNames:   "{service} is niet bereikbaar: geen naamserver antwoordt voor {name}. Controleer de DNS van deze host.",
	textClosed:    "{service} is niet bereikbaar: {host} neemt geen verbindingen aan. Controleer het adres, en of een firewall het blokkeert.",
	textNoWay:     "{service} is niet bereikbaar: er is geen weg naar {host}. Controleer het netwerk van deze host en zijn firewall.",
	textSilent:    "{service} is niet bereikbaar: {host} antwoordt niet. Controleer of een firewall het blokkeert.",
	textSlow:      "{service} antwoordde niet binnen {time}.",
	textBroken:    "De verbinding met {service} op {host} werd verbroken.",
	textProxy:     "{service} is niet bereikbaar: de proxy van deze host laat niet door naar {host}. Controleer plugins.proxy.",
	textNoTLS:     "{service} is niet bereikbaar: {host} maakt geen beveiligde verbinding (TLS). Controleer het adres in de configuratie.",
	textStranger:  "{service} is niet te vertrouwen: niemand die deze host vertrouwt staat in voor het certificaat van {host}. Controleer plugins.ca_file.",
	textOtherName: "{service} is niet te vertrouwen: het certificaat van {host} staat op een andere naam.",
	textOutdated: "{service} is niet te vertrouwen: het certificaat van {host} is verlopen of nog niet geldig. Controleer de klok van deze " +
		"host.",
	textNotShown:      "{service} weigert het certificaat dat deze host toont. Controleer certificaat en sleutel in de configuratie.",
	textClientRefused: "{service} kent het client-id en geheim van deze host niet. Controleer ze in de configuratie.",
	textGrantEnded:    "{service} laat deze koppeling niet meer toe. Vernieuw haar.",
	textNotSaved:      "De nieuwe inloggegevens voor {service} konden niet worden bewaard.",
}
