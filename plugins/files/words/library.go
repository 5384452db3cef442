package words

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
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
	OwnAccount
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
	begins    map[[2]byte]bool // how texts that tell a balance begin
}

// Heading is one meaning of a heading in one language.
type Heading struct {
	Role     string
	Language int // place in Languages
	Rank     int // 0 is the likeliest of this role
}

//go:embed lang/*.toml
var files embed.FS

// embedded holds the languages' files without a site's own.
var embedded = sync.OnceValues(func() (map[string]string, error) { return read(files, "lang") })

// Load returns the embedded languages, and those of a site's folder behind
// them; "" is none, and a folder that does not exist holds nothing. roles are
// what a column may mean.
func Load(folder string, roles []string) (*Library, error) {
	texts, err := embedded()
	if err != nil {
		return nil, err
	}
	lib := newLibrary()
	if err := lib.addAll(texts, "", roles); err != nil {
		return nil, err
	}
	if folder == "" {
		return lib, nil
	}
	own, err := read(os.DirFS(folder), ".")
	if err != nil {
		return nil, fmt.Errorf("words of this site: %w", err)
	}
	return lib, lib.addAll(own, folder, roles)
}

func newLibrary() *Library {
	return &Library{headings: map[string][]Heading{}, signs: map[string]Kind{}, states: map[string]Kind{}, titles: map[string]Kind{},
		balances: map[string]Kind{}, accounts: map[string]Kind{}, begins: map[[2]byte]bool{}}
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

// addAll adds files in the order of their names, English first.
func (lib *Library) addAll(texts map[string]string, folder string, roles []string) error {
	names := make([]string, 0, len(texts))
	for name := range texts {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if (a == "en.toml") != (b == "en.toml") {
			if a == "en.toml" {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	for _, name := range names {
		l, err := Parse(path.Join(folder, name), texts[name], roles)
		if err != nil {
			return err
		}
		if err := lib.add(l); err != nil {
			return fmt.Errorf("%s: %w", path.Join(folder, name), err)
		}
	}
	return nil
}

// add adds a language. A word that another one has with the opposite meaning is an error.
func (lib *Library) add(l *Language) error {
	at := len(lib.Languages)
	lib.Languages = append(lib.Languages, l)
	for role, names := range l.Headings {
		for rank, name := range names {
			lib.headings[key(name)] = append(lib.headings[key(name)], Heading{Role: role, Language: at, Rank: rank})
		}
	}
	for _, g := range l.groups() {
		table := lib.table(g.kind)
		for _, word := range g.words {
			if other := table[key(word)]; other != None && other != g.kind {
				return fmt.Errorf("%s: %q means something else in another language, or in another list", g.name, word)
			}
			table[key(word)] = g.kind
			if g.kind >= Opening && g.kind <= Turnover {
				lib.begins[[2]byte{key(word)[0], key(word)[1]}] = true
			}
		}
	}
	return nil
}

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
	}
	return lib.balances
}

// Headings returns what a folded heading may mean.
func (lib *Library) Headings(folded string) []Heading { return lib.headings[folded] }

// Sign returns Debit, Credit or None for a word of a column of signs.
func (lib *Library) Sign(word string) Kind { return lib.signs[key(word)] }

// State returns Booked, Pending, Rejected or None for a text of a column of states.
func (lib *Library) State(word string) Kind { return lib.states[key(word)] }

// Title returns BookedTitle, PendingTitle or None for a line above a table.
func (lib *Library) Title(text string) Kind { return lib.titles[key(text)] }

// IsAccount reports whether a text is what stands before the own account's number.
func (lib *Library) IsAccount(text string) bool { return lib.accounts[key(text)] == OwnAccount }

// longestBalance bounds the texts that are looked at, in bytes.
const longestBalance = 60

// Balance returns Opening, Closing or Turnover for the text of a row that tells
// one, with or without a day or a number behind it; else None.
func (lib *Library) Balance(text string) Kind {
	if len(text) < 2 || len(text) > longestBalance {
		return None
	}
	// Most texts need not be folded.
	if a, b := text[0]|0x20, text[1]|0x20; a < 0x80 && (!isLetter(a) || isLetter(b) && !lib.begins[[2]byte{a, b}]) {
		return None
	}
	folded := key(text)
	if kind := lib.balances[folded]; kind != None {
		return kind
	}
	return lib.balances[strings.TrimRight(folded, "0123456789 ")]
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' }
