package qif

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// Is reports whether a file that begins with head is QIF: its first line that
// is neither empty nor a remark is a header.
func Is(head []byte) bool {
	for len(head) > 0 {
		line, rest, _ := cutLine(head)
		head = rest
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' || line[0] == '^' {
			continue
		}
		lower := strings.ToLower(string(line[:min(len(line), 16)]))
		for _, begin := range []string{"!type:", "!account", "!option:", "!clear:"} {
			if strings.HasPrefix(lower, begin) {
				return true
			}
		}
		return false
	}
	return false
}

func cutLine(text []byte) (line, rest []byte, whole bool) {
	end := bytes.IndexAny(text, "\r\n")
	if end < 0 {
		return text, nil, false
	}
	return text[:end], text[end+1:], true
}

// survey completes the options with what the beginning of a file shows.
func survey(head []byte, o Options) (Options, error) {
	days := statement.Days{Months: o.Words.Months(-1)}
	var marks statement.Marks
	in, split := transactions, false
	for len(head) > 0 {
		line, rest, whole := cutLine(head)
		if head = rest; !whole && len(rest) > 0 || len(line) == 0 {
			continue
		}
		value := string(line[1:])
		switch line[0] {
		case '!':
			in, split = sectionOf(string(line)), false
		case '^':
			split = false
		case 'S':
			split = true
		case 'D':
			if in == transactions && !split {
				days.Add(value)
			}
		case 'T', 'U', '$':
			if in == transactions {
				marks.Add(value)
			}
		}
	}
	if o.DateOrder == statement.AnyOrder {
		order, ok := days.Order()
		if !ok && days.MayBeYearFirst() {
			return o, ask("date_order", "the date "+days.Doubtful+" can be read with the year, the day or the month first, and no other "+
				"date decides: choose the order of dates (ymd, dmy or mdy)")
		}
		if !ok {
			return o, ask("date_order", "the date "+days.Doubtful+" can be read as day/month or as month/day, and no other date decides: "+
				"choose the order of dates (dmy or mdy)")
		}
		o.DateOrder = order
	}
	if o.Mark == statement.NoMark {
		mark, ok := marks.Mark()
		if !ok {
			return o, ask("decimal",
				fmt.Sprintf("the amount %s can be read with decimals or with thousands, and no other amount decides: choose the decimal "+
					"separator", marks.Doubtful))
		}
		o.Mark = mark
	}
	return o, nil
}

// ask refuses a file until the user chooses.
func ask(option, question string) error {
	return &sdk.Error{Kind: sdk.BadRequest, Field: option, Message: "QIF file: " + question}
}
