package files

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/girosync/girosync/plugins/files/charset"
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

// reading is the work on one file.
type reading struct {
	limits   Limits
	encoding string // the user's word for it
	emit     func(sdk.StatementBatch) error
	format   string // of the last batch
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
	case bytes.HasPrefix(magic, []byte("PK\x03\x04")):
		return r.zip(in)
	case bytes.HasPrefix(magic, []byte{0x1F, 0x8B}):
		return r.gzip(in)
	}
	return r.plain(in)
}

// plain reads an unpacked file.
func (r *reading) plain(in *bufio.Reader) error {
	head := charset.Head(in)
	format, ok := formatOf(head)
	if !ok {
		if _, err := in.Peek(1); err != nil && err != io.EOF {
			return fmt.Errorf("read file: %w", err)
		}
		return errUnknownFormat("the file")
	}
	declared := r.encoding
	if declared == "" {
		declared = format.declared(head)
	}
	text := charset.NewReader(in, declared)
	return format.read(text, func(b sdk.StatementBatch) error {
		b.Encoding = text.Encoding()
		r.format = b.Format
		return r.emit(b)
	})
}

func (r *reading) gzip(in *bufio.Reader) error {
	packed := &counter{src: in}
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		return sdk.Errorf(sdk.BadRequest, "the gzip file is damaged: %w", err)
	}
	limited := &limitedReader{src: unpacked, limits: r.limits, left: r.limits.Unpacked, packed: packed.bytes}
	return r.plain(bufio.NewReaderSize(limited, bufferSize))
}

// zip reads every statement in an archive. What else it holds is refused by
// name; an archive without any statement is BadRequest.
func (r *reading) zip(in io.Reader) error {
	spool, size, err := r.spool(in)
	if err != nil {
		return err
	}
	defer os.Remove(spool.Name())
	defer spool.Close()
	archive, err := zip.NewReader(spool, size)
	if err != nil {
		return sdk.Errorf(sdk.BadRequest, "the zip file is damaged: %w", err)
	}
	if len(archive.File) > r.limits.Files {
		return sdk.Errorf(sdk.BadRequest, "the zip file holds more than %d files", r.limits.Files)
	}
	left, read := r.limits.Unpacked, 0
	var strangers []sdk.Refusal
	for _, f := range archive.File {
		if f.FileInfo().IsDir() || isHidden(f.Name) {
			continue
		}
		err := r.member(f, &left)
		if errors.Is(err, errStranger) {
			strangers = append(strangers, sdk.Refusal{Reason: path.Base(f.Name) + " is not a statement"})
			continue
		}
		if err != nil {
			return inMember(path.Base(f.Name), err)
		}
		read++
	}
	if read == 0 {
		return errUnknownFormat("what the zip file holds")
	}
	if len(strangers) == 0 {
		return nil
	}
	return r.emit(sdk.StatementBatch{Format: r.format, Refused: strangers})
}

// isHidden reports whether a member is an operating system's, not the bank's.
func isHidden(name string) bool {
	return strings.HasPrefix(path.Base(name), ".") || strings.HasPrefix(name, "__MACOSX/")
}

// member reads one file of an archive; left is what all may still unpack to.
func (r *reading) member(f *zip.File, left *int64) error {
	unpacked, err := f.Open()
	if err != nil {
		return sdk.Errorf(sdk.BadRequest, "cannot be unpacked: %w", err)
	}
	defer unpacked.Close()
	size := int64(f.CompressedSize64)
	limited := &limitedReader{src: unpacked, limits: r.limits, left: *left, packed: func() int64 { return size }}
	err = r.plain(bufio.NewReaderSize(limited, bufferSize))
	*left = limited.left
	return err
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
	left   int64 // bytes that may still come out
	out    int64 // bytes that came out
	packed func() int64
}

func (l *limitedReader) Read(p []byte) (int, error) {
	n, err := l.src.Read(p)
	l.left -= int64(n)
	l.out += int64(n)
	if l.left < 0 || (l.out > l.limits.RatioFrom && l.out/l.limits.Ratio > l.packed()) {
		return 0, sdk.Errorf(sdk.BadRequest, "the file unpacks to more than a statement could be")
	}
	if err != nil && err != io.EOF {
		return n, sdk.Errorf(sdk.BadRequest, "the packed file is damaged: %w", err)
	}
	return n, err
}
