package enablebanking

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/rest"
)

// bankName is a bank, as the service names it.
type bankName struct {
	Name    string `json:"name"`
	Country string `json:"country"`
}

// id is the institution's: country and name, since the service has no id.
func (b bankName) id() string { return b.Country + ":" + b.Name }

// bankNameFrom reads what id made.
func bankNameFrom(id string) (bankName, bool) {
	code, name, ok := strings.Cut(id, ":")
	return bankName{Name: name, Country: code}, ok && name != "" && country.MatchString(code)
}

// aspsp is a bank and what it can do.
type aspsp struct {
	bankName
	Logo     string   `json:"logo"`
	PSUTypes []string `json:"psu_types"`
	Methods  []method `json:"auth_methods"`
	Validity int64    `json:"maximum_consent_validity"` // seconds
	Beta     bool     `json:"beta"`
	BIC      string   `json:"bic"`
	Headers  []string `json:"required_psu_headers"`
}

// method is a way to authorise.
type method struct {
	Name        string       `json:"name"`
	Title       string       `json:"title"`
	PSUType     string       `json:"psu_type"`
	Approach    string       `json:"approach"`
	Hidden      bool         `json:"hidden_method"`
	Credentials []credential `json:"credentials"`
}

// credential is something that a user may type in beforehand.
type credential struct {
	Name        string `json:"name"`
	Title       string `json:"title"`
	Required    bool   `json:"required"`
	Description string `json:"description"`
	Template    string `json:"template"` // a regular expression of Perl's
}

// banks asks for the banks of a country; "" for all.
func (s *session) banks(ctx context.Context, of string) ([]aspsp, error) {
	query := url.Values{"service": {"AIS"}}
	if of != "" {
		query.Set("country", of)
	}
	var list struct {
		Banks []aspsp `json:"aspsps"`
	}
	err := s.client.JSON(ctx, rest.Request{Path: "aspsps", Query: query}, &list)
	return list.Banks, err
}

// bank asks for one; BadRequest when there is none of that name.
func (s *session) bank(ctx context.Context, id string) (aspsp, error) {
	unknown := sdk.FieldErrorf("institution", "%s", sayf(s.call.Language, textNoBank, id))
	name, ok := bankNameFrom(id)
	if !ok {
		return aspsp{}, unknown
	}
	list, err := s.banks(ctx, name.Country)
	if err != nil {
		return aspsp{}, err
	}
	i := slices.IndexFunc(list, func(b aspsp) bool { return b.bankName == name })
	if i < 0 {
		return aspsp{}, unknown
	}
	return list[i], nil
}

// ListInstitutions implements sdk.InstitutionLister. Without an application in
// the configuration there are none.
func (p *Provider) ListInstitutions(ctx context.Context, call sdk.Call, emit func([]sdk.Institution) error) error {
	if !configured(call.Config) {
		return nil
	}
	s, err := p.application(call)
	if err != nil {
		return err
	}
	countries := s.config.countries
	if len(countries) == 0 {
		countries = []string{""}
	}
	for _, of := range countries {
		list, err := s.banks(ctx, of)
		if err != nil {
			return err
		}
		page := make([]sdk.Institution, 0, len(list))
		for _, b := range list {
			if b.Name != "" && country.MatchString(b.Country) {
				page = append(page, b.institution())
			}
		}
		if err := emit(page); err != nil {
			return err
		}
	}
	return nil
}

func (b aspsp) institution() sdk.Institution {
	i := sdk.Institution{ID: b.id(), Name: b.Name, Countries: []string{b.Country}, BIC: b.BIC, LogoURL: b.Logo, Status: sdk.Stable,
		AutoSyncAllowed: true, AccountKinds: accountKinds()}
	if b.Beta {
		i.Status = sdk.Beta
	}
	for _, holder := range []sdk.Holder{sdk.Personal, sdk.Business} {
		if slices.Contains(b.PSUTypes, string(holder)) {
			i.Holders = append(i.Holders, holder)
		}
	}
	return i
}
