package postman

import (
	"net/netip"
	"slices"
)

// apart are the networks that are no part of the public internet, or lead around it
// to addresses that are not checked (IPv4 inside IPv6).
var apart = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
	"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16",
	"fc00::/7", "fe80::/9", "ff00::/8",
)

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}

// reachable reports whether a webhook may be sent to an address: one of the public
// internet, or of a network that the operator allows.
func (r *Runner) reachable(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	in := func(p netip.Prefix) bool { return p.Contains(ip) }
	return slices.ContainsFunc(r.opt.Networks, in) || ip.IsGlobalUnicast() && !slices.ContainsFunc(apart, in)
}
