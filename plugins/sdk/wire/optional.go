package wire

import (
	"slices"

	"github.com/girosync/girosync/plugins/sdk"
)

// Full is a provider with every optional interface.
type Full interface {
	sdk.Provider
	sdk.InstitutionLister
	sdk.Refresher
	sdk.Revoker
	sdk.WebhookHandler
	sdk.StatementReader
}

// capabilities are those of this protocol version; the place of each is its
// bit in [Offer].
var capabilities = []sdk.Capability{
	sdk.CanListInstitutions,
	sdk.CanRefresh,
	sdk.CanRevoke,
	sdk.CanHandleWebhook,
	sdk.CanReadStatements,
}

// CapabilitiesOf tells which optional interfaces a provider implements.
func CapabilitiesOf(p sdk.Provider) []sdk.Capability {
	var can []sdk.Capability
	for _, c := range capabilities {
		if implements(p, c) {
			can = append(can, c)
		}
	}
	return can
}

func implements(p sdk.Provider, c sdk.Capability) (ok bool) {
	switch c {
	case sdk.CanListInstitutions:
		_, ok = p.(sdk.InstitutionLister)
	case sdk.CanRefresh:
		_, ok = p.(sdk.Refresher)
	case sdk.CanRevoke:
		_, ok = p.(sdk.Revoker)
	case sdk.CanHandleWebhook:
		_, ok = p.(sdk.WebhookHandler)
	case sdk.CanReadStatements:
		_, ok = p.(sdk.StatementReader)
	}
	return ok
}

// The short names keep the table of Offer readable.
type (
	base    = sdk.Provider
	list    = sdk.InstitutionLister
	refresh = sdk.Refresher
	revoke  = sdk.Revoker
	webhook = sdk.WebhookHandler
	read    = sdk.StatementReader
)

// Offer returns p with just the optional interfaces that can names, so that an
// assertion tells what the provider announced. Unknown capabilities are ignored.
func Offer(p Full, can []sdk.Capability) sdk.Provider {
	bits := 0
	for i, c := range capabilities {
		if slices.Contains(can, c) {
			bits |= 1 << i
		}
	}
	return offers(p, bits)
}

// offers has a line for every set of capabilities: Go has no other way to
// build a method set at run time.
func offers(p Full, bits int) sdk.Provider {
	switch bits {
	case 0b00000:
		return struct{ base }{p}
	case 0b00001:
		return struct {
			base
			list
		}{p, p}
	case 0b00010:
		return struct {
			base
			refresh
		}{p, p}
	case 0b00011:
		return struct {
			base
			list
			refresh
		}{p, p, p}
	case 0b00100:
		return struct {
			base
			revoke
		}{p, p}
	case 0b00101:
		return struct {
			base
			list
			revoke
		}{p, p, p}
	case 0b00110:
		return struct {
			base
			refresh
			revoke
		}{p, p, p}
	case 0b00111:
		return struct {
			base
			list
			refresh
			revoke
		}{p, p, p, p}
	case 0b01000:
		return struct {
			base
			webhook
		}{p, p}
	case 0b01001:
		return struct {
			base
			list
			webhook
		}{p, p, p}
	case 0b01010:
		return struct {
			base
			refresh
			webhook
		}{p, p, p}
	case 0b01011:
		return struct {
			base
			list
			refresh
			webhook
		}{p, p, p, p}
	case 0b01100:
		return struct {
			base
			revoke
			webhook
		}{p, p, p}
	case 0b01101:
		return struct {
			base
			list
			revoke
			webhook
		}{p, p, p, p}
	case 0b01110:
		return struct {
			base
			refresh
			revoke
			webhook
		}{p, p, p, p}
	case 0b01111:
		return struct {
			base
			list
			refresh
			revoke
			webhook
		}{p, p, p, p, p}
	case 0b10000:
		return struct {
			base
			read
		}{p, p}
	case 0b10001:
		return struct {
			base
			list
			read
		}{p, p, p}
	case 0b10010:
		return struct {
			base
			refresh
			read
		}{p, p, p}
	case 0b10011:
		return struct {
			base
			list
			refresh
			read
		}{p, p, p, p}
	case 0b10100:
		return struct {
			base
			revoke
			read
		}{p, p, p}
	case 0b10101:
		return struct {
			base
			list
			revoke
			read
		}{p, p, p, p}
	case 0b10110:
		return struct {
			base
			refresh
			revoke
			read
		}{p, p, p, p}
	case 0b10111:
		return struct {
			base
			list
			refresh
			revoke
			read
		}{p, p, p, p, p}
	case 0b11000:
		return struct {
			base
			webhook
			read
		}{p, p, p}
	case 0b11001:
		return struct {
			base
			list
			webhook
			read
		}{p, p, p, p}
	case 0b11010:
		return struct {
			base
			refresh
			webhook
			read
		}{p, p, p, p}
	case 0b11011:
		return struct {
			base
			list
			refresh
			webhook
			read
		}{p, p, p, p, p}
	case 0b11100:
		return struct {
			base
			revoke
			webhook
			read
		}{p, p, p, p}
	case 0b11101:
		return struct {
			base
			list
			revoke
			webhook
			read
		}{p, p, p, p, p}
	case 0b11110:
		return struct {
			base
			refresh
			revoke
			webhook
			read
		}{p, p, p, p, p}
	default:
		return p
	}
}
