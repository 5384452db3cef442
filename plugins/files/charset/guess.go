package charset

import "unicode/utf8"

// wide returns the UTF-16 that head is in, or "".
func wide(head []byte) string {
	switch {
	case len(head) < 2:
		return ""
	case head[0] == 0xFF && head[1] == 0xFE:
		return UTF16LE
	case head[0] == 0xFE && head[1] == 0xFF:
		return UTF16BE
	case len(head) < 4:
		return ""
	case head[0] != 0 && head[1] == 0 && head[2] != 0 && head[3] == 0:
		return UTF16LE
	case head[0] == 0 && head[1] != 0 && head[2] == 0 && head[3] != 0:
		return UTF16BE
	}
	return ""
}

// guess says which single-byte encoding the bytes of head that are not UTF-8
// look like: DOS (cp850) puts the letters of Western Europe where Windows-1252
// has rare signs, and the other way round.
func guess(head []byte) string {
	dos, windows := 0, 0
	for i := 0; i < len(head); {
		c := head[i]
		if c < utf8.RuneSelf {
			i++
			continue
		}
		if _, n := utf8.DecodeRune(head[i:]); n > 1 {
			i += n
			continue
		}
		switch {
		case c == 0xE1: // ß in one, á in the other
		case c >= 0xC0 || c == 0xA7 || c == 0xB0:
			windows++
		case isDOSLetter(c):
			dos++
		}
		i++
	}
	if dos > windows {
		return CP850
	}
	return Windows1252
}

// isDOSLetter reports whether c is a letter in cp437 and cp850 that is a rare
// sign, or nothing, in Windows-1252.
func isDOSLetter(c byte) bool {
	switch c {
	case 0x80, 0x85, 0x91, 0x92, 0x93, 0x96: // €, …, quotes and dash there
		return false
	}
	return c >= 0x81 && c <= 0xA5 && c != 0x9B && c != 0x9C && c != 0x9D && c != 0x9E && c != 0x9F
}
