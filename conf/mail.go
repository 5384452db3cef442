package conf

import (
	"net/mail"
	"net/netip"
	"strings"
	"unicode"
)

// mailbox is an e-mail address, with or without a name; "" for none.
func mailbox(key string, to *string) setting {
	return setting{key: key, form: text, want: `an address such as "Books <books@example.com>"`,
		set: one(to, func(s string) (string, error) {
			if s == "" {
				return "", nil
			}
			if _, err := mail.ParseAddress(s); err != nil {
				return "", errNotWanted
			}
			return s, nil
		})}
}

// word is a name without spaces and control characters; "" for none.
func word(key, want string, to *string) setting {
	return setting{key: key, form: text, want: want, set: one(to, func(s string) (string, error) {
		if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
			return "", errNotWanted
		}
		return s, nil
	})}
}

// check finds what does not go together.
func (m *Mail) check() error {
	switch {
	case m.Host == "":
		return nil
	case m.From == "":
		return Mistakes{{"mail.from", "the configuration", "is needed where mail.host is given"}}
	case m.Security == "none" && !ownMachine(m.Host):
		return Mistakes{{"mail.security", "the configuration", "may be \"none\" only for a server on this machine, such as 127.0.0.1"}}
	case m.User != "" && m.PasswordFile == "":
		return Mistakes{{"mail.password_file", "the configuration", "is needed where mail.user is given"}}
	}
	return nil
}

// ownMachine reports whether a host is this machine, whatever a resolver says.
func ownMachine(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// PortOrUsual is the port of the mail server, where none is given the usual one.
func (m Mail) PortOrUsual() int {
	switch {
	case m.Port != 0:
		return m.Port
	case m.Security == "tls":
		return 465
	case m.Security == "none":
		return 25
	}
	return 587
}
