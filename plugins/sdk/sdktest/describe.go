package sdktest

import (
	"reflect"
	"regexp"
	"slices"

	"github.com/girosync/girosync/plugins/sdk"
)

var (
	machineName = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,62}$`)
	country     = regexp.MustCompile(`^[A-Z]{2}$`)
	version     = regexp.MustCompile(`^\d+\.\d+\.\d+`)
)

func (r *run) describe() {
	first, err := r.provider.Describe(r.ctx)
	if err != nil {
		r.problem("it fails: %v", err)
		return
	}
	second, err := r.provider.Describe(r.ctx)
	if err != nil || !reflect.DeepEqual(first, second) {
		r.problem("asked twice, it answers differently (%v)", err)
	}
	r.description = first
	if !machineName.MatchString(first.Name) {
		r.problem("name %q: want small letters, digits, - and _", first.Name)
	}
	if first.DisplayName == "" {
		r.problem("the display name is missing")
	}
	if !version.MatchString(first.Version) {
		r.problem("version %q: want a semantic version such as 1.0.0", first.Version)
	}
	for _, c := range first.Regions {
		if !country.MatchString(c) {
			r.problem("region %q: want ISO 3166-1 alpha-2", c)
		}
	}
	for _, a := range first.Addresses {
		if _, err := sdk.ParseAddress(a); err != nil {
			r.problem("%v", err)
		}
	}
	if first.LookBack < 0 || first.UnattendedPerDay < 0 || first.RefreshesPerDay < 0 || first.HistoryDays < 0 {
		r.problem("look-back, unattended calls, refreshes or days of history are negative")
	}
	r.accountKinds("the description", first.AccountKinds)
	r.fields(first.Settings)
}

// fields checks inputs of a form, or settings.
func (r *run) fields(fields []sdk.Field) {
	seen := map[string]bool{}
	kinds := []sdk.FieldKind{sdk.TextField, sdk.SecretField, sdk.OTPField, sdk.ChoiceField, sdk.BooleanField, sdk.PhoneField}
	for _, f := range fields {
		if f.Name == "" || seen[f.Name] {
			r.problem("field %q: a name is needed, once", f.Name)
		}
		seen[f.Name] = true
		if !slices.Contains(kinds, f.Kind) {
			r.problem("field %q is of kind %q", f.Name, f.Kind)
		}
		if (f.Kind == sdk.ChoiceField) != (len(f.Choices) > 0) {
			r.problem("field %q: choices belong to a choice field, and only there", f.Name)
		}
		if f.Label == "" {
			r.problem("field %q has no label", f.Name)
		}
	}
}

func (r *run) institutions() {
	p, ok := sdk.As[sdk.InstitutionLister](r.provider)
	if !ok {
		r.skip("it lists no institutions")
		return
	}
	seen := map[string]bool{}
	err := p.ListInstitutions(r.ctx, r.call(), func(page []sdk.Institution) error {
		for _, i := range page {
			if i.ID == "" || i.Name == "" || seen[i.ID] {
				r.problem("institution %q, %q: an id, once, and a name are needed", i.ID, i.Name)
			}
			seen[i.ID] = true
			if !slices.Contains([]sdk.Status{sdk.Stable, sdk.Beta, sdk.Disabled}, i.Status) {
				r.problem("institution %q has status %q", i.ID, i.Status)
			}
			if i.HistoryDays < 0 || i.RefreshesPerDay < 0 {
				r.problem("institution %q has negative limits", i.ID)
			}
			for _, c := range i.Countries {
				if !country.MatchString(c) {
					r.problem("institution %q is in %q: want ISO 3166-1 alpha-2", i.ID, c)
				}
			}
		}
		return nil
	})
	if err != nil {
		r.failed(err)
	}
	if want := r.suite.Institution; want != "" && !seen[want] {
		r.problem("the institution to connect to, %q, is not listed", want)
	}
}
