package plaid

import (
	"context"
	"errors"
	"slices"

	"github.com/girosync/girosync/plugins/sdk"
)

// institution is a bank, as Plaid lists it.
type institution struct {
	ID        string   `json:"institution_id"`
	Name      string   `json:"name"`
	Countries []string `json:"country_codes"`
	Products  []string `json:"products"`
	Routing   []string `json:"routing_numbers"`
}

const transactions = "transactions" // the product that is used

// institution asks for one; BadRequest when there is none of that id.
func (s *session) institution(ctx context.Context, id string) (institution, error) {
	if id == "" {
		return institution{}, sdk.FieldErrorf("institution", "%s", say(s.call.Language, textNoBank))
	}
	var told struct {
		Institution institution `json:"institution"`
	}
	_, err := s.read(ctx, "institutions/get_by_id", map[string]any{"institution_id": id, "country_codes": s.config.countries}, &told)
	return told.Institution, err
}

// in are those of the configuration's countries in which the bank is; all of them
// when it says nothing.
func (i institution) in(configured []string) []string {
	both := slices.DeleteFunc(slices.Clone(configured), func(code string) bool { return !slices.Contains(i.Countries, code) })
	if len(both) == 0 {
		return configured
	}
	return both
}

// Bounds of the catalogue.
const (
	institutionsPage = 500 // the most that Plaid gives at once
	mostInstitutions = 200 * institutionsPage
	mostPauses       = 20
)

// ListInstitutions implements sdk.InstitutionLister. Plaid lets ask for few pages
// in a minute, so that a whole catalogue may take pauses. Without an account at
// Plaid in the configuration there are no institutions.
func (p *Provider) ListInstitutions(ctx context.Context, call sdk.Call, emit func([]sdk.Institution) error) error {
	if !configured(call.Config) {
		return nil
	}
	s, err := p.begin(call)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	pauses := 0
	for offset := 0; offset < mostInstitutions; {
		list, total, err := s.institutions(ctx, offset)
		if limited(err) && pauses < mostPauses {
			pauses++
			err := emit(nil) // a sign of life
			if err == nil {
				err = p.sleep(ctx, limitTime)
			}
			if err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		page := make([]sdk.Institution, 0, len(list))
		for _, i := range list {
			if i.ID != "" && i.Name != "" && !seen[i.ID] { // the catalogue may move while it is read
				seen[i.ID] = true
				page = append(page, i.convert())
			}
		}
		if err := emit(page); err != nil {
			return err
		}
		if offset += institutionsPage; offset >= total {
			return nil
		}
	}
	return nil
}

func limited(err error) bool {
	var e *sdk.Error
	return errors.As(err, &e) && e.Kind == sdk.RateLimited
}

// institutions asks for a page. It may be shorter than was asked for, and not be
// the last: those that lack the product are left out after they were counted.
func (s *session) institutions(ctx context.Context, offset int) ([]institution, int, error) {
	var told struct {
		Institutions []institution `json:"institutions"`
		Total        int           `json:"total"`
	}
	_, err := s.read(ctx, "institutions/get", map[string]any{"count": institutionsPage, "offset": offset,
		"country_codes": s.config.countries, "options": map[string]any{"products": []string{transactions}}}, &told)
	return told.Institutions, told.Total, err
}

func (i institution) convert() sdk.Institution {
	known := slices.DeleteFunc(slices.Clone(i.Countries), func(code string) bool { return !slices.Contains(countries(), code) })
	return sdk.Institution{ID: i.ID, Name: i.Name, Countries: known, Status: sdk.Stable, AutoSyncAllowed: true,
		AccountKinds: []sdk.AccountKind{sdk.Checking, sdk.Savings, sdk.CreditCard, sdk.Loan}}
}
