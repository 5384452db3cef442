package apply

import (
	"slices"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// parties are the partners that entries may be about.
type parties struct {
	byNumber, byName map[string]int64
}

// partiesOf finds the partners of a chunk of entries with two queries: by the
// number of their bank account, and by their exact name.
func partiesOf(env *orm.Env, company int64, entries []*importing.Entry) (parties, error) {
	numbers, names := map[string]bool{}, map[string]bool{}
	for _, e := range entries {
		if e.Counter != "" {
			numbers[base.SanitizeAccountNumber(e.Counter)] = true
		}
		if e.Partner != "" {
			names[e.Partner] = true
		}
	}
	byNumber, err := partnersOf(env, company, numbers)
	if err != nil {
		return parties{}, err
	}
	byName, err := partnersNamed(env, company, names)
	return parties{byNumber, byName}, err
}

// of is the partner of an entry; 0 when none is certain. The bank account
// counts before the name.
func (p parties) of(e *importing.Entry) int64 {
	if e.Counter != "" {
		if id := p.byNumber[base.SanitizeAccountNumber(e.Counter)]; id != 0 {
			return id
		}
	}
	return p.byName[strings.ToLower(e.Partner)]
}

// PartnerOf is the partner whom an entry is about; 0 when none is certain.
func PartnerOf(env *orm.Env, company int64, e *importing.Entry) (int64, error) {
	p, err := partiesOf(env, company, []*importing.Entry{e})
	if err != nil {
		return 0, err
	}
	return p.of(e), nil
}

// partnersNamed maps names, in lower case, to the partners that a company
// knows under them; only names that one partner alone has. Banks write names
// in capitals: case does not count, as far as a name is written as told, in
// capitals, in small letters or with initial capitals.
func partnersNamed(env *orm.Env, company int64, names map[string]bool) (map[string]int64, error) {
	if len(names) == 0 {
		return nil, nil
	}
	title := cases.Title(language.Und)
	var written []any
	for name := range names {
		forms := []string{name, strings.ToUpper(name), strings.ToLower(name), title.String(name)}
		slices.Sort(forms)
		for _, form := range slices.Compact(forms) {
			written = append(written, form)
		}
	}
	own, err := env.Sudo().Read("res.company", []int64{company}, "partner_id")
	if err != nil {
		return nil, err
	}
	where := domain.All(domain.Where("name", domain.In, written),
		domain.Or{domain.Where("company_id", domain.Eq, nil), domain.Where("company_id", domain.Eq, company)})
	if own.Len() > 0 {
		where = domain.All(where, domain.Where("id", domain.Ne, own.At(0).Ref("partner_id")))
	}
	rows, err := env.Sudo().SearchRead("res.partner", where, []string{"name"}, orm.SearchOptions{Order: "id"})
	if err != nil {
		return nil, err
	}
	found := make(map[string]int64, rows.Len())
	for row := range rows.All() {
		name := strings.ToLower(row.Str("name"))
		if _, twice := found[name]; twice {
			found[name] = 0
			continue
		}
		found[name] = row.ID()
	}
	return found, nil
}

// partnersOf maps counterparties' account numbers, sanitised, to partners that a
// company knows; only those that belong to exactly one of them.
func partnersOf(env *orm.Env, company int64, numbers map[string]bool) (map[string]int64, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	list := make([]any, 0, len(numbers))
	for n := range numbers {
		list = append(list, n)
	}
	known := func(field string) domain.Node {
		return domain.Or{domain.Where(field, domain.Eq, nil), domain.Where(field, domain.Eq, company)}
	}
	rows, err := env.Sudo().SearchRead("res.partner.bank", domain.All(domain.Where("sanitized_acc_number", domain.In, list),
		known("company_id"), known("partner_id.company_id")),
		[]string{"sanitized_acc_number", "partner_id"}, orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	found := make(map[string]int64, rows.Len())
	for row := range rows.All() {
		number, partner := row.Str("sanitized_acc_number"), row.Ref("partner_id")
		if known, twice := found[number]; twice && known != partner {
			partner = 0
		}
		found[number] = partner
	}
	return found, nil
}
