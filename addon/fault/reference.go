package fault

import "crypto/rand"

// referenceLetters leaves out what is misread: 0 and O, 1, I and L, U (as V).
const referenceLetters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewReference returns the name of one failure, such as "GS-7K3M-Q2FD": short
// enough to be told over the phone, with about 39 random bits (S32).
func NewReference() string {
	var (
		name = make([]byte, 0, 12)
		raw  [16]byte
	)
	name = append(name, "GS"...)
	for letters := 0; letters < 8; {
		_, _ = rand.Read(raw[:]) // never fails: crypto/rand ends the process instead
		for _, b := range raw {
			at := int(b & 31)
			if at >= len(referenceLetters) || letters == 8 {
				continue
			}
			if letters%4 == 0 {
				name = append(name, '-')
			}
			name = append(name, referenceLetters[at])
			letters++
		}
	}
	return string(name)
}

// WithReference names the failure err. An error that has a name keeps it, so
// that user and log always see the same one. Kind and message stay; nil stays
// nil.
func WithReference(err error, reference string) error {
	if err == nil || ReferenceOf(err) != "" {
		return err
	}
	named := &Error{Kind: KindOf(err), Message: MessageOf(err), Reference: reference, Cause: err}
	if e, ok := As(err); ok {
		named.Message, named.ID, named.Args = e.Message, e.ID, e.Args
	}
	return named
}

// ReferenceOf returns the name of the failure, "" if it has none.
func ReferenceOf(err error) string {
	for {
		e, ok := As(err)
		if !ok || e.Reference != "" {
			if ok {
				return e.Reference
			}
			return ""
		}
		err = e.Cause
	}
}
