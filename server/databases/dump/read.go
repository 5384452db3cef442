package dump

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/girosync/girosync/addon/fault"
)

// Reader reads a dump: the header at once, the rows by Fill.
type Reader struct {
	Header Header

	unpacked *gzip.Reader
	lines    *bufio.Reader
	sum      hash.Hash
	line     []byte // the current one
}

// The longest that a line may be, so that a hostile file cannot take the
// host's memory.
const (
	longestHeader = 8 << 20
	longestLine   = 128 << 20
)

// Open reads the header of a dump. What is no dump, and what a newer program
// wrote, is refused with a fault of kind User.
func Open(r io.Reader) (*Reader, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	if start, _ := in.Peek(2); bytes.Equal(start, []byte("PK")) {
		return nil, fault.Say(fault.User, "dump.zip", nil)
	}
	unpacked, err := gzip.NewReader(in)
	if err != nil {
		return nil, fault.Say(fault.User, "dump.none", nil).Because(err)
	}
	unpacked.Multistream(false)
	d := &Reader{unpacked: unpacked, lines: bufio.NewReaderSize(unpacked, 1<<16), sum: sha256.New()}
	if err := d.next(longestHeader); err != nil {
		return nil, fault.Say(fault.User, "dump.none", nil).Because(err)
	}
	if err := json.Unmarshal(d.line, &d.Header); err != nil || d.Header.Format < 1 {
		return nil, fault.Say(fault.User, "dump.none", nil).Because(err)
	}
	if d.Header.Format > formatVersion {
		return nil, newer(fmt.Sprintf("format %d", d.Header.Format))
	}
	return d, nil
}

// newer refuses what a newer program wrote.
func newer(what string) error {
	return fault.Say(fault.User, "dump.newer", fault.Args{"what": what})
}

// damaged refuses a dump that is not as it was written.
func damaged(format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	return fault.Say(fault.User, "dump.damaged", fault.Args{"what": err.Error()}).Because(err)
}

// next reads a line, without its newline, into d.line.
func (d *Reader) next(longest int) error {
	d.line = d.line[:0]
	for {
		part, err := d.lines.ReadSlice('\n')
		d.line = append(d.line, part...)
		switch {
		case len(d.line) > longest:
			return errors.New("a line is too long")
		case err == nil:
			d.line = d.line[:len(d.line)-1]
			return nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return errors.New("it ends early")
		default:
			return err
		}
	}
}

// counted notes the current line as one before the end.
func (d *Reader) counted() {
	d.sum.Write(d.line)
	d.sum.Write([]byte{'\n'})
}

// finish checks the last line, which must be the current one, and that nothing follows.
func (d *Reader) finish(rows int64) error {
	var last end
	if err := json.Unmarshal(d.line, &last); err != nil || !last.End {
		return errors.New("its end is missing")
	}
	if last.Rows != rows || last.SHA256 != hex.EncodeToString(d.sum.Sum(nil)) {
		return errors.New("its checksum is wrong")
	}
	if _, err := d.lines.ReadByte(); !errors.Is(err, io.EOF) { // this also checks gzip's own sum
		return errors.New("something follows its end")
	}
	return nil
}
