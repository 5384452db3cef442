package onlinesync

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

// holderOf is who owns an account of a company, as its bank may name them.
func holderOf(env *orm.Env, company int64, number string) (importing.Holder, error) {
	h := importing.Holder{Number: base.SanitizeAccountNumber(number)}
	rows, err := env.Read("res.company", []int64{company}, "name")
	if err != nil || rows.Len() == 0 {
		return h, err
	}
	h.Names = []string{rows.At(0).Str("name")}
	return h, nil
}

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
