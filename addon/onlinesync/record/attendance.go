package record

import (
	"net/netip"

	"github.com/girosync/girosync/addon/orm"
)

// Attendance says whether a user waits for what a provider is asked, and where.
// The zero value is nobody. Banks take a request with the user's address for the
// user's own, which other limits hold for.
type Attendance struct {
	Present bool
	// Address is the user's on the internet; "" when it is not known.
	Address string
}

// Attended is the attendance of a user who called a method.
func Attended(env *orm.Env) Attendance {
	return Attendance{Present: true, Address: PublicAddress(env.Caller().Address)}
}

// shared is what carriers give out behind their own translation (RFC 6598).
var shared = netip.MustParsePrefix("100.64.0.0/10")

// PublicAddress is an address as a bank would know it; "" for one of a machine's
// or a network's own, which says nothing to a bank.
func PublicAddress(text string) string {
	address, err := netip.ParseAddr(text)
	if err != nil {
		return ""
	}
	address = address.Unmap().WithZone("")
	if !address.IsGlobalUnicast() || address.IsPrivate() || shared.Contains(address) {
		return ""
	}
	return address.String()
}
