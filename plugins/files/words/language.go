package words

import (
	"fmt"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/girosync/girosync/plugins/files/statement"
)

// Language is one file: what tables in a language say.
type Language struct {
	Language string `toml:"language"`
	Name     string `toml:"name"` // in English, for people
	// DayFirst says that tables with these headings write the day before the month.
	DayFirst bool `toml:"day_first"`
	// YearFirst says that a date of six digits in them begins with the year.
	YearFirst bool `toml:"year_first"`
	// Months are how the names of the twelve begin, by as many letters as tell one from others.
	Months [][]string `toml:"months"`
	// Currencies are words for a currency, by its code.
	Currencies map[string][]string `toml:"currencies"`
	// BeforeCurrency stands between a heading's word and its currency, as in "Umsatz in EUR".
	BeforeCurrency []string `toml:"before_currency"`
	// Headings are what stands above a column, by what the column means; the likelier first.
	Headings map[string][]string `toml:"headings"`
	Signs    struct {
		Debit  []string `toml:"debit"`
		Credit []string `toml:"credit"`
	} `toml:"signs"`
	// States are what a row says of itself; Yes and No answer a heading that names one.
	States struct {
		Booked   []string `toml:"booked"`
		Pending  []string `toml:"pending"`
		Rejected []string `toml:"rejected"`
		Yes      []string `toml:"yes"`
		No       []string `toml:"no"`
	} `toml:"states"`
	// Titles stand above a part of a table and tell the state of its rows.
	Titles struct {
		Booked  []string `toml:"booked"`
		Pending []string `toml:"pending"`
	} `toml:"titles"`
	// Balances are texts of rows that tell a balance or a turnover, not a movement.
	// Other are not the booked balance; Alone and Total may stand for anything else, too.
	Balances struct {
		Opening  []string `toml:"opening"`
		Closing  []string `toml:"closing"`
		Turnover []string `toml:"turnover"`
		Other    []string `toml:"other"`
		Alone    []string `toml:"alone"`
		Total    []string `toml:"total"`
	} `toml:"balances"`
	// Accounts are what stands before the own account's number above a table.
	Accounts []string `toml:"accounts"`
	// Cards are headings and lines above a table that say that it is of a card;
	// CardPayments are texts of rows that pay what one owes.
	Cards        []string `toml:"cards"`
	CardPayments []string `toml:"card_payments"`
	// Products are what banks call the kinds of account of which one table may tell several.
	Products []string  `toml:"products"`
	Examples []Example `toml:"example"`
	// Layouts are tables without headings. A file may hold them alone.
	Layouts []*Layout `toml:"layout"`

	file string
}

// Example is a table and what must be read in it: a line for each statement,
// transaction and refusal, as the tests show them.
type Example struct {
	Name  string   `toml:"name"`
	Text  string   `toml:"text"`
	Lines []string `toml:"lines"`
	Asks  string   `toml:"asks"` // the option that is asked for instead
}

// Parse reads a language's file. roles are what a column may mean. What is
// wrong is told with the file's name.
func Parse(name, text string, roles []string) (*Language, error) {
	l := &Language{file: name}
	meta, err := toml.Decode(text, l)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("%s: %s is no key of a language's file", name, unknown[0])
	}
	if err := l.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := l.checkRoles(roles); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return l, nil
}

// checkRoles finds a role that no column can have; nil roles are any.
func (l *Language) checkRoles(roles []string) error {
	isOne := func(role string) bool { return roles == nil || slices.Contains(roles, role) }
	for role := range l.Headings {
		if !isOne(role) {
			return fmt.Errorf("headings: %q is nothing that a column can mean (%s)", role, strings.Join(roles, ", "))
		}
	}
	for i, y := range l.Layouts {
		for role := range y.Roles {
			if !isOne(role) {
				return fmt.Errorf("layout %d: roles: %q is nothing that a column can mean (%s)", i+1, role, strings.Join(roles, ", "))
			}
		}
	}
	return nil
}

// check finds what is wrong in itself, and prepares the layouts.
func (l *Language) check() error {
	for i, y := range l.Layouts {
		if err := y.check(); err != nil {
			return fmt.Errorf("layout %d: %w", i+1, err)
		}
	}
	if l.Language == "" && len(l.Layouts) > 0 && !l.hasWords() {
		return nil
	}
	if l.Language == "" {
		return fmt.Errorf("language is missing")
	}
	if len(l.Examples) == 0 {
		return fmt.Errorf("an example is missing: a table with these words, and what must be read in it")
	}
	for role, names := range l.Headings {
		if err := checkList("headings."+role, names); err != nil {
			return err
		}
	}
	if err := l.checkMonths(); err != nil {
		return err
	}
	for code, names := range l.Currencies {
		if statement.Currency(code) != code {
			return fmt.Errorf("currencies: %q is no code of a currency", code)
		}
		if err := checkList("currencies."+code, names); err != nil {
			return err
		}
	}
	for _, group := range l.groups() {
		if err := checkList(group.name, group.words); err != nil {
			return err
		}
	}
	return nil
}

func (l *Language) hasWords() bool {
	return len(l.Headings) > 0 || len(l.Examples) > 0 || len(l.Months) > 0 || len(l.Currencies) > 0 ||
		slices.ContainsFunc(l.groups(), func(g group) bool { return len(g.words) > 0 })
}

// group is a list of words of one meaning.
type group struct {
	name  string
	kind  Kind
	words []string
}

func (l *Language) groups() []group {
	return []group{
		{"signs.debit", Debit, l.Signs.Debit}, {"signs.credit", Credit, l.Signs.Credit},
		{"states.booked", Booked, l.States.Booked}, {"states.pending", Pending, l.States.Pending},
		{"states.rejected", Rejected, l.States.Rejected}, {"states.yes", Yes, l.States.Yes}, {"states.no", No, l.States.No},
		{"titles.booked", BookedTitle, l.Titles.Booked}, {"titles.pending", PendingTitle, l.Titles.Pending},
		{"balances.opening", Opening, l.Balances.Opening}, {"balances.closing", Closing, l.Balances.Closing},
		{"balances.turnover", Turnover, l.Balances.Turnover}, {"balances.other", OtherBalance, l.Balances.Other},
		{"balances.alone", BalanceAlone, l.Balances.Alone}, {"balances.total", SumAlone, l.Balances.Total},
		{"accounts", OwnAccount, l.Accounts}, {"before_currency", CurrencyAhead, l.BeforeCurrency},
		{"cards", CardName, l.Cards}, {"card_payments", CardPayment, l.CardPayments}, {"products", ProductName, l.Products},
	}
}

// checkMonths finds a list of months that is not one of twelve.
func (l *Language) checkMonths() error {
	if len(l.Months) != 0 && len(l.Months) != 12 {
		return fmt.Errorf("months: want a list for each of the twelve")
	}
	for i, begins := range l.Months {
		if err := checkList(fmt.Sprintf("months, the list %d", i+1), begins); err != nil {
			return err
		}
	}
	return nil
}

// checkList finds a word that could never match, or stands twice.
func checkList(name string, list []string) error {
	seen := map[string]bool{}
	for _, word := range list {
		folded := key(word)
		switch {
		case folded == "":
			return fmt.Errorf("%s: %q has neither a letter nor a digit", name, word)
		case len(folded) < 2 && strings.HasPrefix(name, "balances."):
			return fmt.Errorf("%s: %q is too short to tell a balance", name, word)
		case seen[folded]:
			return fmt.Errorf("%s: %q stands twice", name, word)
		}
		seen[folded] = true
	}
	return nil
}

// key is a word as it is compared; a sign alone stays.
func key(word string) string {
	if word = strings.TrimSpace(word); word == "+" || word == "-" {
		return word
	}
	return statement.Fold(word)
}
