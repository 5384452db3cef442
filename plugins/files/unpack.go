package files

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/files/charset"
	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// Limits bound what a compressed file may become.
type Limits struct {
	Packed    int64 // bytes of a zip; default 512 MiB
	Unpacked  int64 // bytes of everything in a zip or gzip; default 4 GiB
	Ratio     int64 // unpacked to packed; default 200
	RatioFrom int64 // bytes that may come out before the ratio counts; default 16 MiB
	Files     int   // in a zip; default 1,000
}

func (l Limits) orDefaults() Limits {
	if l.Packed == 0 {
		l.Packed = 512 << 20
	}
	if l.Unpacked == 0 {
		l.Unpacked = 4 << 30
	}
	if l.Ratio == 0 {
		l.Ratio = 200
	}
	if l.RatioFrom == 0 {
		l.RatioFrom = 16 << 20
	}
	if l.Files == 0 {
		l.Files = 1000
	}
	return l
}

// zipMagic begins an archive.
var zipMagic = []byte("PK\x03\x04")

// reading is the work on one file.
type reading struct {
	limits  Limits
	name    string            // of the file, or of the archive's member being read
	options map[string]string // the user's choices
	words   *wordbook
	emit    func(sdk.StatementBatch) error
	format  string // of the last batch
}

// bufferSize holds the head by which format and encoding are told.
const bufferSize = 64 << 10

// file reads a file that may be packed.
func (r *reading) file(src io.Reader) error {
	in := bufio.NewReaderSize(src, bufferSize)
	magic, err := in.Peek(4)
	if len(magic) == 0 && err == io.EOF {
		return sdk.Errorf(sdk.BadRequest, "the file is empty")
	}
	switch {
	case bytes.HasPrefix(magic, zipMagic):
		return r.zip(in)
	case bytes.HasPrefix(magic, []byte{0x1F, 0x8B}):
		return r.gzip(in)
	case bytes.HasPrefix(magic, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return sdk.Errorf(sdk.BadRequest, "the file is an old workbook (.xls), or one with a password: save it as .xlsx without a "+
			"password, or as CSV")
	}
	return r.plain(in)
}

// plain reads an unpacked file.
func (r *reading) plain(in *bufio.Reader) error {
	l := &looked{name: r.name, head: charset.HeadText(in, r.options["encoding"]), options: r.options, words: r.words}
	format, ok := formatOf(l)
	if !ok {
		if _, err := in.Peek(1); err != nil && err != io.EOF {
			return fmt.Errorf("read file: %w", err)
		}
		if _, err := r.words.open(); err != nil && isText(l.head) {
			return err // a site's words might know it
		}
		if isOrder(l.head) {
			return errOrder()
		}
		if isPage(l.head) {
			return errPage()
		}
		return errUnknownFormat("the file")
	}
	declared := r.options["encoding"]
	if declared == "" {
		declared = format.declared(l.head)
	}
	text := charset.NewReader(in, declared)
	explained := !statement.Explains(r.options)
	return format.read(text, l, func(b sdk.StatementBatch) error {
		if !explained {
			explained = true
			b.Findings = slices.Concat([]sdk.Finding{
				statement.Choice(statement.FormatChoice, map[string]string{"format": b.Format}, "format: %s, %s", format.name, format.why),
				whyEncoding(text.Encoding(), r.options["encoding"], declared)}, explainSources(format.name), b.Findings)
		}
		b.Encoding = text.Encoding()
		r.format = b.Format
		return r.emit(b)
	})
}

// whyEncoding tells the encoding that was found, and why it is that.
func whyEncoding(found, chosen, declared string) sdk.Finding {
	why := "guessed by its letters"
	switch {
	case strings.HasPrefix(found, "utf-16"):
		why = "by its byte order"
	case found == charset.UTF8:
		why = "every byte of it is"
	case chosen != "":
		why = "chosen"
	case declared != "":
		why = "as the file declares, or by its letters"
	}
	return statement.Choice(statement.EncodingChoice, map[string]string{"encoding": found}, "encoding: %s, %s", found, why)
}

func (r *reading) gzip(in *bufio.Reader) error {
	packed := &counter{src: in}
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		return sdk.Errorf(sdk.BadRequest, "the gzip file is damaged: %w", err)
	}
	left := r.limits.Unpacked
	limited := &limitedReader{src: unpacked, limits: r.limits, left: &left, packed: packed.bytes}
	r.name = strings.TrimSuffix(r.name, ".gz")
	return r.plain(bufio.NewReaderSize(limited, bufferSize))
}

// spool copies an archive to a temporary file, since its directory is last.
func (r *reading) spool(in io.Reader) (*os.File, int64, error) {
	file, err := os.CreateTemp("", "girosync-statement-*.zip")
	if err != nil {
		return nil, 0, fmt.Errorf("spool zip file: %w", err)
	}
	size, err := io.Copy(file, io.LimitReader(in, r.limits.Packed+1))
	if err == nil && size > r.limits.Packed {
		err = sdk.Errorf(sdk.BadRequest, "the zip file is larger than %d MiB", r.limits.Packed>>20)
	}
	if err != nil {
		file.Close()
		os.Remove(file.Name())
		return nil, 0, fmt.Errorf("spool zip file: %w", err)
	}
	return file, size, nil
}

// counter counts what it passes on.
type counter struct {
	src io.Reader
	n   int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.src.Read(p)
	c.n += int64(n)
	return n, err
}

func (c *counter) bytes() int64 { return c.n }

// limitedReader fails when more comes out of an archive than a bank's file
// could hold.
type limitedReader struct {
	src    io.Reader
	limits Limits
	left   *int64 // bytes that may still come out of the whole archive
	out    int64  // bytes that came out
	packed func() int64
}

func (l *limitedReader) Read(p []byte) (int, error) {
	n, err := l.src.Read(p)
	*l.left -= int64(n)
	l.out += int64(n)
	if *l.left < 0 || (l.out > l.limits.RatioFrom && l.out/l.limits.Ratio > l.packed()) {
		return 0, sdk.Errorf(sdk.BadRequest, "the file unpacks to more than a statement could be")
	}
	if err != nil && err != io.EOF {
		return n, sdk.Errorf(sdk.BadRequest, "the packed file is damaged: %w", err)
	}
	return n, err
}
