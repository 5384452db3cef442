package table

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/words"
	"github.com/girosync/girosync/plugins/sdk"
)

// Role is what a column means.
type Role string

// The roles. Of all but Reference a table has one column.
const (
	Date             Role = "date"
	ValueDate        Role = "value_date"
	Amount           Role = "amount"
	Debit            Role = "debit"  // amounts that leave the account
	Credit           Role = "credit" // amounts that come in
	Sign             Role = "sign"   // says which way Amount goes
	Currency         Role = "currency"
	Counterparty     Role = "counterparty"
	CounterNumber    Role = "counter_number"
	Reference        Role = "reference"
	ID               Role = "id"
	Account          Role = "account"
	Balance          Role = "balance" // after the transaction
	Status           Role = "status"
	Code             Role = "code"
	EndToEnd         Role = "end_to_end"
	OriginalAmount   Role = "original_amount"
	OriginalCurrency Role = "original_currency"
	Rate             Role = "rate"
	MandateID        Role = "mandate_id"
	CreditorID       Role = "creditor_id"
	BIC              Role = "counterparty_bic"
	Category         Role = "category"
	Payer            Role = "payer" // of a table that tells both sides
	Payee            Role = "payee"
	Fee              Role = "fee"          // taken from the account beside Amount
	Gross            Role = "gross"        // before a fee; Amount is what is left
	Net              Role = "net"          // after it; Amount, where nothing else is
	PayerNumber      Role = "payer_number" // of a table that tells the accounts of both sides
	PayeeNumber      Role = "payee_number"
	Product          Role = "product" // of a bank that tells several accounts in one table
)

// roles returns all, in the order in which headings are given to them.
func roles() []Role {
	return []Role{Date, ValueDate, Net, Gross, Amount, Debit, Credit, Sign, Fee, Currency, Balance, Payer, Payee, PayerNumber, PayeeNumber,
		Counterparty, Account, CounterNumber, Product, Reference, ID, Status, Code, EndToEnd, OriginalAmount, OriginalCurrency, Rate,
		MandateID, CreditorID, BIC, Category}
}

// RoleNames returns what a column may mean, for words.Load.
func RoleNames() []string {
	var names []string
	for _, role := range roles() {
		names = append(names, string(role))
	}
	return names
}

// library returns the mapping's words.
func (m *Mapping) library() *words.Library {
	if m.Words == nil {
		m.Words = words.Known()
	}
	return m.Words
}

// Mapping says how a table is to be read; zero fields are found out.
type Mapping struct {
	// Columns name the columns of each role, by heading or by number from 1.
	Columns    map[Role][]string
	SkipRows   int  // before the headings
	NoHeadings bool // the first row is a transaction
	DateOrder  statement.DateOrder
	Mark       statement.Mark
	Invert     bool           // positive amounts leave the account
	AsWritten  bool           // they do not, whatever a column of balances says
	DebitWords []string       // of Sign; every other word is a credit
	Limit      int            // rows to read; 0 is all
	Words      *words.Library // nil: those that come with the program
	Explain    bool           // tell what was taken for what, and why
}

// maxSkipped bounds the rows before the headings.
const maxSkipped = headRows / 2

// ParseMapping reads the options of a reading: "columns" (a JSON object of
// role to a heading, a number, or a list of them), "skip_rows", "headings"
// ("no" when there are none), "date_order", "decimal", "invert" ("yes"),
// "debit_words" (parted by commas), "limit", "explain" ("yes"). A wrong one is BadRequest with its
// name in Field.
func ParseMapping(options map[string]string) (Mapping, error) {
	var m Mapping
	var err error
	if m.Columns, err = parseColumns(options["columns"]); err != nil {
		return m, wrongOption("columns", err)
	}
	if m.DateOrder, err = statement.ParseOrder(options["date_order"]); err != nil {
		return m, wrongOption("date_order", err)
	}
	if m.Mark, err = statement.ParseMark(options["decimal"]); err != nil {
		return m, wrongOption("decimal", err)
	}
	if m.SkipRows, err = count(options["skip_rows"], maxSkipped); err != nil {
		return m, wrongOption("skip_rows", err)
	}
	if m.Limit, err = count(options["limit"], 1<<30); err != nil {
		return m, wrongOption("limit", err)
	}
	m.NoHeadings, m.Explain = isNo(options["headings"]), statement.Explains(options)
	m.Invert, m.AsWritten = isYes(options["invert"]), isNo(options["invert"])
	for _, word := range strings.Split(options["debit_words"], ",") {
		if word = signWord(word); word != "" {
			m.DebitWords = append(m.DebitWords, word)
		}
	}
	return m, nil
}

func wrongOption(name string, err error) error {
	return &sdk.Error{Kind: sdk.BadRequest, Field: name, Message: fmt.Sprintf("option %s: %v", name, err)}
}

func count(text string, most int) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > most {
		return 0, fmt.Errorf("%q is no number from 0 to %d", statement.Clip(text, 20), most)
	}
	return n, nil
}

func isYes(text string) bool {
	switch strings.ToLower(text) {
	case "yes", "true", "1":
		return true
	}
	return false
}

func isNo(text string) bool {
	switch strings.ToLower(text) {
	case "no", "false", "0":
		return true
	}
	return false
}

// parseColumns reads the JSON of "columns".
func parseColumns(text string) (map[Role][]string, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var given map[string]any
	if err := json.Unmarshal([]byte(text), &given); err != nil {
		return nil, fmt.Errorf("want a JSON object of what a column means to its heading or number: %v", err)
	}
	columns := map[Role][]string{}
	for name, value := range given {
		role := Role(name)
		if !isRole(role) {
			return nil, fmt.Errorf("%q is nothing that a column can mean", statement.Clip(name, 40))
		}
		list, isList := value.([]any)
		if !isList {
			list = []any{value}
		}
		for _, v := range list {
			switch v := v.(type) {
			case string:
				if strings.TrimSpace(v) != "" {
					columns[role] = append(columns[role], v)
				}
			case float64:
				columns[role] = append(columns[role], strconv.Itoa(int(v)))
			case nil, bool:
			default:
				return nil, fmt.Errorf("%s: want a heading or a number", name)
			}
		}
		if len(columns[role]) > 1 && role != Reference {
			return nil, fmt.Errorf("%s: only one column can be it", name)
		}
	}
	return columns, nil
}

func isRole(role Role) bool {
	for _, known := range roles() {
		if role == known {
			return true
		}
	}
	return false
}
