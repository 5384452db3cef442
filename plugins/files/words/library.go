package words

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/girosync/girosync/plugins/files/statement"
)

// Kind is what a word means where it stands.
type Kind uint8

// The kinds; None is any other word.
const (
	None Kind = iota
	Debit
	Credit
	Booked
	Pending
	Rejected
	BookedTitle
	PendingTitle
	Opening
	Closing
	Turnover
	OtherBalance // available, blocked or partial: no movement, and not the booked balance
	BalanceAlone // a balance only where the file proves it; see Tells
	OwnAccount
	SumAlone // a sum only where the rows above come to it
	Yes
	No
	CurrencyAhead // stands before a heading's currency
	CardName
	CardPayment
	ProductName
)

// Library is what all languages know.
type Library struct {
	Languages []*Language
	headings  map[string][]Heading
	signs     map[string]Kind
	states    map[string]Kind
	titles    map[string]Kind
	balances  map[string]Kind
	accounts  map[string]Kind
	sums      map[string]Kind
	answers   map[string]Kind
	ahead     map[string]Kind // what stands before a heading's currency
	cards     map[string]Kind // cards' names and payments
	products  map[string]Kind
	currency  map[string]string   // by a word for it; "" where it stands for several
	months    []*statement.Months // of each language
	allMonths *statement.Months
	layouts   []*Layout
	begins    map[[2]byte]bool // how texts that tell a balance begin
	firsts    map[string]bool  // the letters with which they begin, in full
}

// Heading is one meaning of a heading in one language.
type Heading struct {
	Role     string
	Language int // place in Languages
	Rank     int // 0 is the likeliest of this role
}

//go:embed lang/*.toml
var files embed.FS

// embedded holds what comes with the program, parsed.
var embedded = sync.OnceValues(func() ([]*Language, error) {
	texts, err := read(files, "lang")
	if err != nil {
		return nil, err
	}
	return parseAll(texts, "", nil)
})

// known is the library without a site's own words.
var known = sync.OnceValues(func() (*Library, error) { return Load("", nil) })

// Known returns what the embedded languages know. They are tested, so that an
// error leaves a library that knows no word.
func Known() *Library {
	lib, err := known()
	if err != nil {
		return newLibrary()
	}
	return lib
}

// OfSite is Load for the folder that a site's configuration names: it must be
// there and readable, since a table is read differently without it.
func OfSite(folder string, roles []string) (*Library, error) {
	if _, err := os.ReadDir(folder); err != nil {
		return nil, fmt.Errorf("words of this site: %w", err)
	}
	return Load(folder, roles)
}

// Load returns the embedded languages, and those of a site's folder behind
// them; "" is none, and a folder that does not exist holds nothing. roles are
// what a column may mean; nil leaves them unchecked. What is wrong is told with
// file and key.
func Load(folder string, roles []string) (*Library, error) {
	languages, err := embedded()
	if err != nil {
		return nil, err
	}
	lib := newLibrary()
	for _, l := range languages {
		if err := l.checkRoles(roles); err != nil {
			return nil, fmt.Errorf("%s: %w", l.file, err)
		}
	}
	if err := lib.addAll(languages); err != nil || folder == "" {
		return lib, err
	}
	texts, err := read(os.DirFS(folder), ".")
	if err != nil {
		return nil, fmt.Errorf("words of this site: %w", err)
	}
	own, err := parseAll(texts, folder, roles)
	if err == nil {
		err = lib.addAll(own)
	}
	if err != nil {
		return nil, fmt.Errorf("words of this site: %w", err)
	}
	return lib, nil
}

func newLibrary() *Library {
	return &Library{headings: map[string][]Heading{}, signs: map[string]Kind{}, states: map[string]Kind{}, titles: map[string]Kind{},
		balances: map[string]Kind{}, accounts: map[string]Kind{},
		sums: map[string]Kind{}, answers: map[string]Kind{}, ahead: map[string]Kind{}, cards: map[string]Kind{},
		products:  map[string]Kind{},
		currency:  map[string]string{},
		allMonths: statement.NewMonths(nil), begins: map[[2]byte]bool{}, firsts: map[string]bool{}}
}

func read(from fs.FS, dir string) (map[string]string, error) {
	names, err := fs.Glob(from, path.Join(dir, "*.toml"))
	texts := map[string]string{}
	for _, name := range names {
		text, err := fs.ReadFile(from, name)
		if err != nil {
			return nil, err
		}
		texts[path.Base(name)] = string(text)
	}
	return texts, err
}

// parseAll parses files in the order of their names, English first.
func parseAll(texts map[string]string, folder string, roles []string) ([]*Language, error) {
	names := slices.SortedFunc(maps.Keys(texts), func(a, b string) int {
		if (a == "en.toml") != (b == "en.toml") {
			if a == "en.toml" {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	var list []*Language
	for _, name := range names {
		l, err := Parse(path.Join(folder, name), texts[name], roles)
		if err != nil {
			return nil, err
		}
		list = append(list, l)
	}
	return list, nil
}

// addAll adds files, whose layouts go before those that are known already.
func (lib *Library) addAll(list []*Language) error {
	var layouts []*Layout
	for _, l := range list {
		if err := lib.add(l); err != nil {
			return fmt.Errorf("%s: %w", l.file, err)
		}
		layouts = append(layouts, l.Layouts...)
	}
	lib.layouts = append(layouts, lib.layouts...)
	return nil
}

// add adds a language. A word that another one has with the opposite meaning is an error.
func (lib *Library) add(l *Language) error {
	if l.Language == "" {
		return nil // it holds layouts alone
	}
	at := len(lib.Languages)
	lib.Languages = append(lib.Languages, l)
	for role, names := range l.Headings {
		for rank, name := range names {
			lib.headings[key(name)] = append(lib.headings[key(name)], Heading{Role: role, Language: at, Rank: rank})
		}
	}
	lib.addMonths(l)
	for code, names := range l.Currencies {
		for _, name := range names {
			if other, known := lib.currency[key(name)]; known && other != code {
				lib.currency[key(name)] = ""
				continue
			}
			lib.currency[key(name)] = code
		}
	}
	for _, g := range l.groups() {
		table := lib.table(g.kind)
		for _, word := range g.words {
			if other := table[key(word)]; other != None && other != g.kind {
				return fmt.Errorf("%s: %q means something else in another language, or in another list", g.name, word)
			}
			table[key(word)] = g.kind
			if g.kind >= Opening && g.kind <= BalanceAlone {
				lib.begins[[2]byte{key(word)[0], key(word)[1]}] = true
				lib.firsts[letters(key(word))] = true
			}
		}
	}
	return nil
}

func (lib *Library) addMonths(l *Language) {
	own := statement.NewMonths(lib.allMonths)
	for i, begins := range l.Months {
		for _, begin := range begins {
			own.Add(begin, time.Month(i+1))
			lib.allMonths.Add(begin, time.Month(i+1))
		}
	}
	lib.months = append(lib.months, own)
}

// Months knows the names of months, those of a language, by its place, before
// others; -1 is no language.
func (lib *Library) Months(language int) *statement.Months {
	if language < 0 {
		return lib.allMonths
	}
	return lib.months[language]
}

// CurrencyWord returns the code of a currency that a folded word stands for; ""
// and true where it stands for several.
func (lib *Library) CurrencyWord(folded string) (code string, ok bool) {
	code, ok = lib.currency[folded]
	return code, ok
}

// IsBeforeCurrency reports whether a folded word stands before a heading's currency.
func (lib *Library) IsBeforeCurrency(folded string) bool { return lib.ahead[folded] == CurrencyAhead }

func (lib *Library) table(kind Kind) map[string]Kind {
	switch kind {
	case Debit, Credit:
		return lib.signs
	case Booked, Pending, Rejected:
		return lib.states
	case BookedTitle, PendingTitle:
		return lib.titles
	case OwnAccount:
		return lib.accounts
	case SumAlone:
		return lib.sums
	case Yes, No:
		return lib.answers
	case CurrencyAhead:
		return lib.ahead
	case CardName, CardPayment:
		return lib.cards
	case ProductName:
		return lib.products
	}
	return lib.balances
}

// Layouts returns the tables without headings that are known, a site's own first.
func (lib *Library) Layouts() []*Layout { return lib.layouts }

// Headings returns what a folded heading may mean.
func (lib *Library) Headings(folded string) []Heading { return lib.headings[folded] }

// Sign returns Debit, Credit or None for a word of a column of signs.
func (lib *Library) Sign(word string) Kind { return lib.signs[key(word)] }

// IsDebit reports whether a word, beside an amount, says that it is a debit.
func (lib *Library) IsDebit(word string) bool { return lib.Sign(word) == Debit }

// NamesDebit reports whether one of several words of a text, of four letters or
// more, is that of a debit.
func (lib *Library) NamesDebit(text string) bool {
	parts := strings.Fields(key(text))
	return len(parts) > 1 && slices.ContainsFunc(parts, func(word string) bool { return len(word) > 3 && lib.signs[word] == Debit })
}

// State returns Booked, Pending, Rejected or None for a text of a column of states.
func (lib *Library) State(word string) Kind { return lib.states[key(word)] }

// Answer returns Yes, No or None for a text below a heading that names a state.
func (lib *Library) Answer(word string) Kind { return lib.answers[key(word)] }

// NamesState returns Pending, Rejected or None for a text that tells a state beside
// other words: in its first word or its last, or in brackets.
func (lib *Library) NamesState(text string) Kind {
	folded := key(text)
	first, _, _ := strings.Cut(folded, " ")
	last := folded[strings.LastIndexByte(folded, ' ')+1:]
	_, inside, _ := strings.Cut(text, "(")
	inside, _, _ = strings.Cut(inside, ")")
	for _, word := range []string{first, last, key(inside)} {
		if kind := lib.states[word]; kind == Pending || kind == Rejected {
			return kind
		}
	}
	return None
}

// IsCard reports whether a heading says that a table is of a card.
func (lib *Library) IsCard(heading string) bool { return lib.cards[key(heading)] == CardName }

// BeginsCard reports whether a line above a table begins with words that say so.
func (lib *Library) BeginsCard(line string) bool {
	for folded := key(line); folded != ""; folded = folded[:max(0, strings.LastIndexByte(folded, ' '))] {
		if lib.cards[folded] == CardName {
			return true
		}
	}
	return false
}

// PaysCard reports whether a text says, before or behind other words, that what a
// card owes was paid.
func (lib *Library) PaysCard(text string) bool {
	parts := strings.Fields(key(text))
	for from := range parts {
		for to := from + 1; to <= len(parts) && to-from <= longestPayment; to++ {
			if lib.cards[strings.Join(parts[from:to], " ")] == CardPayment {
				return true
			}
		}
	}
	return false
}

// IsOfCardPayment reports whether a word is one of those that tell a card's payment.
func (lib *Library) IsOfCardPayment(word string) bool {
	folded := key(word)
	for phrase, kind := range lib.cards {
		if kind == CardPayment && slices.Contains(strings.Fields(phrase), folded) {
			return true
		}
	}
	return false
}

// longestPayment is how many words of a text are looked up together.
const longestPayment = 4

// IsProduct reports whether a text names a kind of account.
func (lib *Library) IsProduct(text string) bool { return lib.products[key(text)] == ProductName }

// Title returns BookedTitle, PendingTitle or None for a line above a table.
func (lib *Library) Title(text string) Kind { return lib.titles[key(text)] }

// IsAccount reports whether a text is what stands before the own account's number.
func (lib *Library) IsAccount(text string) bool { return lib.accounts[key(text)] == OwnAccount }

// IsSum reports whether a text, with or without a day or a number behind it, is a
// word for a sum that may as well be a payee's name.
func (lib *Library) IsSum(text string) bool {
	if len(text) < 2 || len(text) > longestBalance {
		return false
	}
	folded := key(text)
	return lib.sums[folded] == SumAlone || lib.sums[strings.TrimRight(folded, "0123456789 ")] == SumAlone
}
