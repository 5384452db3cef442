package httpd

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"

	"golang.org/x/text/language"

	"github.com/girosync/girosync/addon/fault"
)

// Return is what becomes of a user who comes back from a bank.
type Return struct {
	// Next is where they go on, on this host.
	Next string
	// Bank, User and Company say whose connection it is, to a browser of which that is
	// not known; Next is "" then, and nothing has been done yet.
	Bank, User, Company string
}

// mostReturned bounds what a bank may send a user back with, in bytes.
const mostReturned = 64 << 10

//go:embed callback.html
var callbackHTML string

var callbackTemplate = template.Must(template.New("callback").Parse(callbackHTML))

// returned is what the page of a return shows.
type returned struct {
	Return
	Words callbackWords
	Query map[string]string
}

type callbackWords struct{ Language, Title, Lead, Bank, User, Company, Warning, Go string }

// callback brings a user back from a bank into the flow that sent them there.
// Nothing of the query is logged: it may hold an authorisation code.
func (d Doors) callback(w http.ResponseWriter, r *http.Request) {
	query := map[string]string{}
	if len(r.URL.RawQuery) <= mostReturned {
		for key, values := range r.URL.Query() {
			query[key] = values[0]
		}
	}
	d.back(w, r, query, false)
}

// confirm is the answer of who was asked whether the connection is theirs.
func (d Doors) confirm(w http.ResponseWriter, r *http.Request) {
	query := map[string]string{}
	r.Body = http.MaxBytesReader(w, r.Body, 2*mostReturned)
	if err := r.ParseForm(); err == nil {
		for key, values := range r.PostForm {
			query[key] = values[0]
		}
	}
	d.back(w, r, query, true)
}

func (d Doors) back(w http.ResponseWriter, r *http.Request, query map[string]string, agreed bool) {
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Cache-Control", "no-store")
	back, err := d.Callback(r, query, agreed)
	switch {
	case fault.Is(err, fault.Denied):
		reply(w, http.StatusForbidden, "This connection was begun by somebody else. Open this address in the browser of who began it.")
	case err != nil:
		reply(w, http.StatusBadRequest, "This link belongs to no connection in progress, or was used already. "+
			"Go back to girosync and start again.")
	case back.Next != "":
		http.Redirect(w, r, back.Next, http.StatusSeeOther)
	default:
		d.ask(w, r, back, query)
	}
}

// ask lets a browser that nobody is logged in with say whether the connection is its
// user's.
func (d Doors) ask(w http.ResponseWriter, r *http.Request, back Return, query map[string]string) {
	var out bytes.Buffer
	if err := callbackTemplate.Execute(&out, returned{back, callbackWordsFor(r.Header.Get("Accept-Language")), query}); err != nil {
		d.Log.Error("page of a return from a bank", "error", err)
		reply(w, http.StatusInternalServerError, "the page cannot be shown")
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Frame-Options", "DENY")
	_, _ = out.WriteTo(w) // a client that is gone needs no answer
}

func callbackWordsFor(accept string) callbackWords {
	if tags, _, err := language.ParseAcceptLanguage(accept); err == nil && len(tags) > 0 {
		if base, _ := tags[0].Base(); base.String() == "nl" {
			return callbackWords{"nl", "Hoort deze bankverbinding bij u?",
				"U komt terug van uw bank. In deze browser is niemand ingelogd die met deze verbinding is begonnen.",
				"Bank", "Begonnen door", "Bedrijf",
				"Ga alleen verder als u dit zelf bent, of dit bedrijf uw bankgegevens mag lezen. Sluit anders dit venster: " +
					"dan wordt er niets verbonden.", "Verdergaan"}
		}
	}
	return callbackWords{"en", "Is this bank connection yours?",
		"You come back from your bank. Nobody who began this connection is logged in with this browser.",
		"Bank", "Begun by", "Company",
		"Go on only if this is you, or if this company may read your bank data. Otherwise close this window: nothing is connected then.",
		"Go on"}
}
