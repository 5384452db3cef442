package sdk

import (
	"reflect"
	"slices"
)

// power is an optional interface, and the name by which it is announced.
type power struct {
	name Capability
	is   reflect.Type
}

// powers lists every optional interface, in the order of [Capabilities]. A new
// one takes an interface, a capability and a line here; the tests of sdk/wire
// and of plugins/host tell when what stands for a provider lacks its method.
func powers() []power {
	return []power{
		{CanListInstitutions, reflect.TypeFor[InstitutionLister]()},
		{CanRefresh, reflect.TypeFor[Refresher]()},
		{CanRevoke, reflect.TypeFor[Revoker]()},
		{CanHandleWebhook, reflect.TypeFor[WebhookHandler]()},
		{CanReadStatements, reflect.TypeFor[StatementReader]()},
	}
}

// As returns a provider as T, one of the optional interfaces such as
// [Refresher]; false when the provider lacks that power. A type assertion will
// not do: a provider that stands for another program shows by As alone what
// that program can (see [Offer]).
func As[T any](p Provider) (T, bool) {
	if o, ok := p.(offered); ok {
		if !o.offers(reflect.TypeFor[T]()) {
			var none T
			return none, false
		}
		return As[T](o.Provider)
	}
	power, ok := p.(T)
	return power, ok
}

// Offer returns p with just those optional interfaces that can names, so that
// one type with all methods may stand for any provider. It adds none that p
// lacks; unknown capabilities are ignored.
func Offer(p Provider, can []Capability) Provider {
	return offered{Provider: p, can: slices.Clone(can)}
}

// offered hides the optional methods of a provider; As finds them.
type offered struct {
	Provider
	can []Capability
}

// offers reports whether an optional interface is among those named.
func (o offered) offers(t reflect.Type) bool {
	return slices.ContainsFunc(powers(), func(w power) bool { return w.is == t && slices.Contains(o.can, w.name) })
}

// Capabilities lists every capability that this version of the protocol knows.
func Capabilities() []Capability {
	all := make([]Capability, 0, len(powers()))
	for _, w := range powers() {
		all = append(all, w.name)
	}
	return all
}

// CapabilitiesOf tells which optional interfaces As finds in a provider.
func CapabilitiesOf(p Provider) []Capability {
	if o, ok := p.(offered); ok {
		return slices.DeleteFunc(CapabilitiesOf(o.Provider), func(c Capability) bool { return !slices.Contains(o.can, c) })
	}
	var can []Capability
	for _, w := range powers() {
		if reflect.TypeOf(p).Implements(w.is) {
			can = append(can, w.name)
		}
	}
	return can
}
