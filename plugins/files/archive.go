package files

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"path"
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/files/xlsx"
	"github.com/girosync/girosync/plugins/sdk"
)

// zip reads every statement in an archive, or the workbook that it is. What
// else it holds is refused by name; an archive without any statement is
// BadRequest.
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
	left := r.limits.Unpacked
	if xlsx.IsBook(archive.File) {
		return r.book(archive, &left)
	}
	read := 0
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
	unpacked, err := r.unpacked(f, left)
	if err != nil {
		return err
	}
	defer unpacked.Close()
	inner := *r
	inner.name = path.Base(f.Name)
	in := bufio.NewReaderSize(unpacked, bufferSize)
	if magic, _ := in.Peek(len(zipMagic)); bytes.Equal(magic, zipMagic) { // a short file is none
		return inner.memberBook(in, left)
	}
	err = inner.plain(in)
	r.format = inner.format
	return err
}

// memberBook reads a workbook inside an archive; any other archive in an
// archive is no statement.
func (r *reading) memberBook(in io.Reader, left *int64) error {
	spool, size, err := r.spool(in)
	if err != nil {
		return err
	}
	defer os.Remove(spool.Name())
	defer spool.Close()
	archive, err := zip.NewReader(spool, size)
	if err != nil || !xlsx.IsBook(archive.File) {
		return errUnknownFormat("the file")
	}
	return r.book(archive, left)
}

func (r *reading) book(archive *zip.Reader, left *int64) error {
	lib, err := r.words.open()
	if err != nil {
		return err
	}
	a := xlsx.Archive{Files: archive.File, Open: func(f *zip.File) (io.ReadCloser, error) { return r.unpacked(f, left) }}
	emit := r.emit
	if statement.Explains(r.options) {
		emit = statement.Ahead(emit, statement.Choice(statement.FormatChoice, map[string]string{"format": "xlsx"},
			"format: XLSX, an archive with the parts of a workbook"))
	}
	return xlsx.Read(a, r.options, lib, func(b sdk.StatementBatch) error {
		r.format = b.Format
		return emit(b)
	})
}

// unpacked opens a part of an archive; left counts down with what comes out.
func (r *reading) unpacked(f *zip.File, left *int64) (io.ReadCloser, error) {
	unpacked, err := f.Open()
	if err != nil {
		return nil, sdk.Errorf(sdk.BadRequest, "cannot be unpacked: %w", err)
	}
	size := int64(f.CompressedSize64)
	return struct {
		io.Reader
		io.Closer
	}{&limitedReader{src: unpacked, limits: r.limits, left: left, packed: func() int64 { return size }}, unpacked}, nil
}
