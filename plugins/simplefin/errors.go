package simplefin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

// judge says what statuses mean in the protocol, and who has to act: 402 the
// user, who owes the server money, and no new token helps; 403 the user, who gets
// a new token, because the old one was taken back or disabled; 400 this provider,
// which asked for too many days (see fetch.window).
func judge(a rest.Answer) *sdk.Error {
	kind, text := sdk.Internal, textCount
	switch a.Status {
	case http.StatusPaymentRequired:
		kind, text = sdk.NeedsUser, textUnpaid
	case http.StatusForbidden, http.StatusUnauthorized:
		kind, text = sdk.ConsentExpired, textRevoked
	default:
		if !refused(a.Status) {
			return nil
		}
		text = textRefused
	}
	return &sdk.Error{Kind: kind, Message: withWords(a.Language, text, wordsOf(a.Body))}
}

// refused reports whether a status says that the request was wrong.
func refused(status int) bool {
	return status == http.StatusBadRequest || status == http.StatusUnprocessableEntity ||
		status == http.StatusRequestedRangeNotSatisfiable
}

// wordsOf is what the server says in the body of a refusal; "" for nothing.
func wordsOf(body []byte) string {
	var set accountSet
	if json.Unmarshal(body, &set) != nil {
		return ""
	}
	words := []string{}
	for _, p := range set.problems() {
		words = append(words, p.text)
	}
	return strings.Join(words, " ")
}

// withWords is a sentence of ours, and what the server said.
func withWords(language string, t text, words string) string {
	if words == "" {
		return say(language, t)
	}
	return say(language, t) + " " + fmt.Sprintf(say(language, textServerSays), words)
}

// problem is an error that a server tells beside an answer, or in place of one.
type problem struct {
	code       string // of version 2, such as "act.failed"; "" for a mere text
	text       string // tidied: it is shown to users
	connection string
	account    string
}

// is reports whether a problem has a code, or one that refines it: codes may
// become more, and their beginning says how to take them.
func (p problem) is(code string) bool {
	return p.code == code || strings.HasPrefix(p.code, strings.TrimSuffix(code, ".")+".")
}

// What servers say in words of their own, since the protocol has no codes for it.
var (
	tooMany = regexp.MustCompile(`(?i)too many requests|rate.?limit|quota|requests? (allowed )?(per|a|each|today)|limit of \d+ requests`)
	tooLong = regexp.MustCompile(`(?i)(date.?range|range of|start.?date|\bdays?\b).*(limit|exceed|cut|capped|too (long|large|big)|maximum|at most)` +
		`|(limit|exceed|cut|capped|maximum|at most).*(date.?range|\bdays\b)`)
	ofDays = regexp.MustCompile(`(?i)\b(\d{1,3})[ -]days?\b`)
)

// tooOften reports whether a problem is a warning of too many requests.
func (p problem) tooOften() bool {
	return (p.code == "" || p.is("gen.")) && tooMany.MatchString(p.text)
}

// tooLong reports whether a problem says that a request was about too many days.
// most is how many the server takes, 0 when it does not say.
func (p problem) tooLong() (most int, ok bool) {
	if p.code != "" && !p.is("gen.") || p.tooOften() || !tooLong.MatchString(p.text) {
		return 0, false
	}
	if number := ofDays.FindStringSubmatch(p.text); number != nil {
		most, _ = strconv.Atoi(number[1]) // of three digits at most
	}
	return most, true
}

// quietTime is how long a server is not asked after it warned of too many
// requests: a quarter of the day's requests have come back by then.
const quietTime = 6 * time.Hour

// quiet is the error in place of asking while a warning holds.
func quiet(call sdk.Call, s secret) *sdk.Error {
	err := sdk.Errorf(sdk.RateLimited, "%s", withWords(call.Language, textTooMany, s.Warning))
	err.Until = s.Quiet
	return err
}
