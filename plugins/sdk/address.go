package sdk

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
)

// Address is a service that a provider must reach.
type Address struct {
	Host string // a name, or an IP address without brackets
	Port int    // 1 to 65535
	TLS  bool
}

// String is host:port, as the standard library dials it.
func (a Address) String() string { return net.JoinHostPort(a.Host, strconv.Itoa(a.Port)) }

// ParseAddress reads one of [Description].Addresses: host:port, or a URL of
// scheme http or https, of which path and query are left out. Without a scheme,
// port 80 alone is without TLS. The error says what is wrong and what is wanted.
func ParseAddress(text string) (Address, error) {
	if u, err := url.Parse(text); err == nil && u.Host != "" {
		return addressOf(text, u)
	}
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return Address{}, fmt.Errorf("address %.100q: want host:port, such as api.example.com:443, or a URL", text)
	}
	if host == "" {
		return Address{}, fmt.Errorf("address %.100q has no host", text)
	}
	number, err := portNumber(text, port)
	return Address{Host: host, Port: number, TLS: number != 80}, err
}

// AddressesFor are the addresses that the provider must reach with its configuration.
// Where a setting whose Default is one of Addresses leads elsewhere, its own address
// takes the place of that one. What cannot be read as an address changes nothing.
func (d Description) AddressesFor(config map[string]string) []string {
	list := slices.Clone(d.Addresses)
	for _, f := range d.Settings {
		standard, err := ParseAddress(f.Default)
		own, err2 := ParseAddress(config[f.Name])
		if err != nil || err2 != nil || own == standard {
			continue
		}
		is := func(a Address) func(string) bool {
			return func(text string) bool { other, err := ParseAddress(text); return err == nil && other == a }
		}
		if !slices.ContainsFunc(list, is(standard)) {
			continue
		}
		list = slices.DeleteFunc(list, is(standard))
		if !slices.ContainsFunc(list, is(own)) {
			list = append(list, config[f.Name])
		}
	}
	return list
}

func addressOf(text string, u *url.URL) (Address, error) {
	a := Address{Host: u.Hostname(), Port: 443, TLS: true}
	switch u.Scheme {
	case "https":
	case "http":
		a.Port, a.TLS = 80, false
	default:
		return Address{}, fmt.Errorf("address %.100q: the scheme is %q, want https or http", text, u.Scheme)
	}
	if u.User != nil {
		return Address{}, fmt.Errorf("the address of %.100q holds a user's name or password: leave it out", u.Host)
	}
	if a.Host == "" {
		return Address{}, fmt.Errorf("address %.100q has no host", text)
	}
	var err error
	if u.Port() != "" {
		a.Port, err = portNumber(text, u.Port())
	}
	return a, err
}

func portNumber(text, port string) (int, error) {
	number, err := strconv.Atoi(port)
	if err != nil || number < 1 || number > 65535 {
		return 0, fmt.Errorf("address %.100q: the port is %.20q, want a number from 1 to 65535", text, port)
	}
	return number, nil
}
