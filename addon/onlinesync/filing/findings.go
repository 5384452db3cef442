package filing

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/plugins/sdk"
)

// Finding is what a file proves or denies, or what was left out of it.
type Finding struct {
	Kind   string            `json:"kind"` // doubt, proof, choice
	Code   string            `json:"code"`
	Text   string            `json:"text"` // in the language of whoever asks
	Values map[string]string `json:"values,omitempty"`
}

// mostFindings of each kind are kept; proofs never keep doubts out.
const mostFindings = 100

// counts are the values that are added up when findings are told as one.
var counts = [...]string{"statements", "entries", "rows"}

// Findings gathers what a reader found out. The zero value is ready for use.
type Findings struct {
	list  []sdk.Finding
	at    map[string]int
	kinds map[sdk.FindingKind]int
	// More counts those that are not kept.
	More int
}

// Take adds findings. Those that say the same of several statements become one.
func (f *Findings) Take(list ...sdk.Finding) {
	if f.at == nil {
		f.at, f.kinds = map[string]int{}, map[sdk.FindingKind]int{}
	}
	for _, one := range list {
		key := keyOf(&one)
		if at, known := f.at[key]; known {
			f.list[at] = joined(f.list[at], one)
			continue
		}
		if f.kinds[one.Kind] >= mostFindings {
			f.More++
			continue
		}
		f.kinds[one.Kind]++
		f.at[key] = len(f.list)
		f.list = append(f.list, one)
	}
}

// keyOf is the same for findings that differ in their counts alone.
func keyOf(one *sdk.Finding) string {
	key := string(one.Kind) + "\x00" + one.Code
	for _, name := range slices.Sorted(maps.Keys(one.Values)) {
		if slices.Contains(counts[:], name) && number(one.Values[name]) > 0 {
			key += "\x00" + name
		} else {
			key += "\x00" + name + "=" + one.Values[name]
		}
	}
	if !slices.ContainsFunc(counts[:], func(name string) bool { return number(one.Values[name]) > 0 }) {
		key += "\x00" + one.Text
	}
	return key
}

func joined(a, b sdk.Finding) sdk.Finding {
	a.Values = maps.Clone(a.Values)
	for _, name := range counts {
		if n, more := number(a.Values[name]), number(b.Values[name]); n > 0 && more > 0 {
			a.Values[name] = strconv.Itoa(n + more)
		}
	}
	return a
}

// number reads a count; 0 for what is none.
func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 1<<40 {
		return 0
	}
	return n
}

// Told says the findings in a language: doubts first, then proofs and choices.
func (f *Findings) Told(lang string) []Finding {
	told := make([]Finding, 0, len(f.list))
	for _, one := range f.list {
		told = append(told, Finding{Kind: string(one.Kind), Code: one.Code, Text: sayFinding(one, lang), Values: one.Values})
	}
	order := map[string]int{string(sdk.FindingProof): 1, string(sdk.FindingChoice): 2}
	slices.SortStableFunc(told, func(a, b Finding) int { return cmp.Compare(order[a.Kind], order[b.Kind]) })
	return told
}

// sayFinding has words for the codes that the catalogue knows; for any other, and
// where a value is missing, it gives the reader's own text.
func sayFinding(f sdk.Finding, lang string) string {
	args := fault.Args{}
	for name, value := range f.Values {
		args[name] = record.Tidy(value)
	}
	text := record.Tidy(f.Text)
	if f.Kind != sdk.FindingChoice {
		text = upper(text)
	}
	return fault.Localize(&fault.Error{Kind: fault.User, Message: text, Args: args,
		ID: "sync.finding_" + string(f.Kind) + "_" + f.Code}, lang)
}

// upper makes a sentence of a reader's text.
func upper(text string) string {
	if text == "" {
		return text
	}
	first, size := utf8.DecodeRuneInString(text)
	text = string(unicode.ToUpper(first)) + text[size:]
	if strings.HasSuffix(text, ".") {
		return text
	}
	return text + "."
}

// PendingRows tells of transactions that are left out until they are booked.
func PendingRows(n int) sdk.Finding {
	return sdk.Finding{Kind: sdk.FindingChoice, Code: "pending_rows", Values: map[string]string{"rows": strconv.Itoa(n)},
		Text: strconv.Itoa(n) + " pending rows are left out until they are booked"}
}

// doubtsOf are the words of the doubts.
func doubtsOf(told []Finding) (texts []string) {
	for _, f := range told {
		if f.Kind == string(sdk.FindingDoubt) {
			texts = append(texts, f.Text)
		}
	}
	return texts
}
