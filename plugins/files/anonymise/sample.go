package anonymise

import (
	"bufio"
	"bytes"
	"cmp"
	"io"

	"github.com/girosync/girosync/plugins/files"
	"github.com/girosync/girosync/plugins/files/charset"
	"github.com/girosync/girosync/plugins/sdk"
)

// Options say how a sample is made.
type Options struct {
	Filename string
	// Options are those of a reading, see sdk.ReadRequest.
	Options map[string]string
	// Config are the settings of the provider "files".
	Config map[string]string
	// Key decides what stands for what: random bytes that nobody else knows.
	Key []byte
}

// MostBytes bounds the file that a sample is made of.
const MostBytes = 32 << 20

// tries is how many moves of the days are tried until the sample is read alike.
const tries = 12

// Sample returns a sample of a file. A file in a format for which there is no
// anonymiser, or of which no sample is read alike, is BadRequest.
func Sample(raw []byte, o Options) ([]byte, error) {
	lib, err := files.Words(o.Config)
	if err != nil {
		return nil, err
	}
	if len(raw) > MostBytes {
		return nil, sdk.Errorf(sdk.BadRequest, "the file is larger than %d MiB: make a sample of a part of it", MostBytes>>20)
	}
	was, err := read(raw, o)
	if err != nil {
		return nil, err
	}
	write, err := writerOf(was.format)
	if err != nil {
		return nil, err
	}
	text, encode, err := decode(raw, was.encoding, o.Options["encoding"])
	if err != nil {
		return nil, err
	}
	difference := ""
	for try := range tries {
		s := &scribe{source: text, veil: newVeil(o.Key, lib, text), lib: lib, was: was}
		s.shift = shiftOf(s.veil, try)
		write(s)
		sample, err := encode(s.result())
		if err != nil {
			return nil, err
		}
		is, err := read(sample, o)
		if err != nil {
			return nil, err
		}
		if difference = was.differs(is); difference == "" {
			return sample, nil
		}
	}
	return nil, sdk.Errorf(sdk.BadRequest, "no sample of this file is read as the file is: %s", difference)
}

// fourYears keep the day and the month of a date.
const fourYears = 4*365 + 1

// shiftOf is by how many days all dates are moved. The later tries keep day and
// month, by which readers tell the order of a date's parts.
func shiftOf(v *veil, try int) int {
	random := v.random("days", "", byte(try))
	if try < tries/2 {
		return -(60 + random(1500))
	}
	return -fourYears * (1 + (try-tries/2)%5)
}

func writerOf(format string) (func(*scribe), error) {
	switch format {
	case "csv":
		return (*scribe).table, nil
	case "mt940", "mt942":
		return (*scribe).mt940, nil
	case "ofx":
		return (*scribe).ofx, nil
	case "qif":
		return (*scribe).qif, nil
	case "camt.052", "camt.053", "camt.054":
		return (*scribe).camt, nil
	case "":
		return nil, sdk.Errorf(sdk.BadRequest, "the file is in no known format, so nobody can say which parts of it are somebody's data")
	case "xlsx", "html", "spreadsheetml":
		return nil, sdk.Errorf(sdk.BadRequest, "no sample can be made of a workbook or a web page: save the table as CSV")
	}
	return nil, sdk.Errorf(sdk.BadRequest, "no sample can be made of files in the format %s yet", format)
}

// decode returns a file's text, and what turns text into its encoding again.
func decode(raw []byte, encoding, declared string) (text string, encode func(string) ([]byte, error), err error) {
	all, err := io.ReadAll(charset.NewReader(bufio.NewReaderSize(bytes.NewReader(raw), 64<<10), cmp.Or(declared, encoding)))
	if err != nil {
		return "", nil, err
	}
	encode = func(text string) ([]byte, error) { return charset.Encode(text, encoding, raw) }
	back, err := encode(string(all))
	if err != nil || !bytes.Equal(back, raw) {
		return "", nil, sdk.Errorf(sdk.BadRequest, "the file is written in several encodings at once, which a sample could not be")
	}
	return string(all), encode, nil
}
