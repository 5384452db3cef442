package words

import (
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
)

// Bounds on the texts that are looked at, in bytes.
const (
	longestBalance = 60
	longestPhrase  = 80
)

// Balance returns Opening, Closing, Turnover or OtherBalance for the text of a
// table's row that tells one, with or without a day or a number behind it; else
// None. A table proves nothing by itself, so BalanceAlone is None here.
func (lib *Library) Balance(text string) Kind {
	if len(text) < 2 || len(text) > longestBalance {
		return None
	}
	if !lib.mayTell(text) {
		return None
	}
	folded := key(text)
	kind := lib.balances[folded]
	if kind == None {
		kind = lib.balances[strings.TrimRight(folded, "0123456789 ")]
	}
	if kind == None {
		kind = lib.beforeDay(folded)
	}
	if kind == BalanceAlone {
		return None
	}
	return kind
}

// beforeDay is the kind of the words that stand before a day whose month is a name.
func (lib *Library) beforeDay(folded string) Kind {
	at := strings.IndexAny(folded, "0123456789")
	if at < 2 {
		return None
	}
	kind := lib.balances[strings.TrimSpace(folded[:at])]
	if kind != None && !lib.allMonths.IsDay(folded[at:]) {
		return None
	}
	return kind
}

// Tells is Balance for formats that can prove what a row is, by an id that it
// lacks or by the rows beside it: BalanceAlone counts, and figures may stand
// anywhere beside the words. Any other word makes the row a movement: None.
func (lib *Library) Tells(text string) Kind {
	if len(text) < 4 || len(text) > longestPhrase {
		return None
	}
	var room [96]byte
	phrase, plain := appendPhrase(room[:0], text)
	if !plain {
		phrase = foldedPhrase(text)
	}
	if len(phrase) < 4 || !lib.begins[[2]byte{phrase[0], phrase[1]}] && isLetter(phrase[1]) {
		return None
	}
	return lib.balances[string(phrase)]
}

// foldedPhrase is appendPhrase for a text beyond ASCII.
func foldedPhrase(text string) []byte {
	figures := func(word string) bool { return strings.Trim(word, "0123456789") == "" }
	parts := slices.DeleteFunc(strings.Fields(statement.Fold(text)), figures)
	return []byte(strings.Join(parts, " "))
}

// IsBalance reports whether a kind is one of a balance, not of a turnover.
func (k Kind) IsBalance() bool {
	return k == Opening || k == Closing || k == OtherBalance || k == BalanceAlone
}

// appendPhrase appends the words of text, in lower case with one space between
// them and without those that are figures. It is not plain when text holds more
// than ASCII.
func appendPhrase(to []byte, text string) (phrase []byte, plain bool) {
	word, figures := 0, true // where the word at the end began
	closeWord := func() {
		if figures {
			to = to[:word]
		}
	}
	gap := true
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= 0x80 {
			return nil, false
		}
		letter, digit := isLetter(c|0x20), c >= '0' && c <= '9'
		if !letter && !digit {
			if !gap {
				closeWord()
			}
			gap = true
			continue
		}
		if gap {
			gap, figures, word = false, true, len(to)
			if len(to) > 0 {
				to = append(to, ' ')
			}
		}
		if letter {
			figures = false
			c |= 0x20
		}
		to = append(to, c)
	}
	if !gap {
		closeWord()
	}
	return to, true
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' }

// mayTell looks at the letters at the beginning alone, since most texts need not
// be folded.
func (lib *Library) mayTell(text string) bool {
	var room [longestBalance]byte
	word := room[:0]
	for i := 0; i < len(text); i++ {
		c := text[i] | 0x20
		if c >= 0x80 {
			return true
		}
		if !isLetter(c) {
			break
		}
		word = append(word, c)
	}
	return len(word) > 0 && lib.firsts[string(word)]
}

// letters returns those at the beginning of a folded text.
func letters(folded string) string {
	return folded[:len(folded)-len(strings.TrimLeft(folded, "abcdefghijklmnopqrstuvwxyz"))]
}
