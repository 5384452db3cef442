package ws

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"net"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// violation is what ends a socket: the code and reason that Odoo's clients get.
type violation struct {
	code   int
	reason string
}

func (v *violation) Error() string { return fmt.Sprintf("websocket: close %d %s", v.code, v.reason) }

func breach(format string, args ...any) error {
	return &violation{websocket.CloseProtocolError, fmt.Sprintf(format, args...)}
}

// Opcodes of RFC 6455.
const (
	opContinue = 0x0
	opText     = 0x1
	opBinary   = 0x2
	opClose    = 0x8
	opPing     = 0x9
	opPong     = 0xA
)

// longestControl is how much a control frame may carry.
const longestControl = 125

// frames reads what a client sends. The library would do it as well; but which
// breach of the protocol is told, and in which words, is part of what clients
// of Odoo know.
type frames struct {
	conn    net.Conn
	in      *bufio.Reader
	longest int64
}

func newFrames(conn net.Conn, longest int64) *frames {
	return &frames{conn: conn, in: bufio.NewReaderSize(conn, 512), longest: longest}
}

// inFrame is one frame as it came, unmasked.
type inFrame struct {
	opcode  byte
	last    bool
	payload []byte
}

// wait returns nil as soon as a frame begins, an error of the network when the
// deadline comes first.
func (f *frames) wait(deadline time.Time) error {
	if err := f.conn.SetReadDeadline(deadline); err != nil {
		return err
	}
	_, err := f.in.Peek(1)
	return err
}

// next reads one frame, which must be whole before the deadline.
func (f *frames) next(deadline time.Time) (inFrame, error) {
	if err := f.conn.SetReadDeadline(deadline); err != nil {
		return inFrame{}, err
	}
	var head [14]byte
	if _, err := io.ReadFull(f.in, head[:2]); err != nil {
		return inFrame{}, err
	}
	frame := inFrame{opcode: head[0] & 0x0F, last: head[0]&0x80 != 0}
	control := frame.opcode >= opClose
	length := int64(head[1] & 0x7F)
	switch {
	case head[1]&0x80 == 0:
		return frame, breach("Frame must be masked")
	case head[0]&0x70 != 0:
		return frame, breach("Reserved bits must be unset")
	case frame.opcode > opBinary && frame.opcode < opClose || frame.opcode > opPong:
		return frame, breach("%d is not a valid Opcode", frame.opcode)
	case control && !frame.last:
		return frame, breach("Control frames cannot be fragmented")
	case control && length > longestControl:
		return frame, breach("Control frames payload must be smaller than 126")
	}
	length, err := f.length(length)
	if err != nil {
		return frame, err
	}
	mask := head[2:6]
	if _, err := io.ReadFull(f.in, mask); err != nil {
		return frame, err
	}
	frame.payload = make([]byte, length)
	if _, err := io.ReadFull(f.in, frame.payload); err != nil {
		return frame, err
	}
	for i := range frame.payload {
		frame.payload[i] ^= mask[i&3]
	}
	return frame, nil
}

// wireFrame is a whole frame as a server sends it: in one piece, unmasked.
func wireFrame(opcode byte, payload []byte) []byte {
	head := append(make([]byte, 0, 10+len(payload)), 0x80|opcode)
	switch n := len(payload); {
	case n <= longestControl:
		head = append(head, byte(n))
	case n <= math.MaxUint16:
		head = binary.BigEndian.AppendUint16(append(head, 126), uint16(n))
	default:
		head = binary.BigEndian.AppendUint64(append(head, 127), uint64(n))
	}
	return append(head, payload...)
}

// length reads the rest of a length that does not fit the first byte.
func (f *frames) length(short int64) (int64, error) {
	var more [8]byte
	size := 0
	switch short {
	case 126:
		size = 2
	case 127:
		size = 8
	}
	if _, err := io.ReadFull(f.in, more[8-size:]); err != nil {
		return 0, err
	}
	if size > 0 {
		short = int64(binary.BigEndian.Uint64(more[:]))
	}
	if short > f.longest || short < 0 {
		return 0, &violation{websocket.CloseMessageTooBig, ""}
	}
	return short, nil
}

// farewell is what a client's closing frame says; 1000 when it says nothing.
func (f inFrame) farewell() (code int, reason string, err error) {
	switch len(f.payload) {
	case 0:
		return websocket.CloseNormalClosure, "", nil
	case 1:
		return 0, "", breach("Malformed closing frame")
	}
	code = int(binary.BigEndian.Uint16(f.payload))
	if !closable(code) {
		return 0, "", breach("Invalid close code: %d", code)
	}
	if err := decodable(f.payload[2:]); err != nil {
		return 0, "", err
	}
	return code, string(f.payload[2:]), nil
}

// closable reports whether a client may close with a code.
func closable(code int) bool {
	switch code {
	case 1004, websocket.CloseNoStatusReceived, websocket.CloseAbnormalClosure, websocket.CloseTLSHandshake:
		return false
	}
	return code >= 1000 && code <= 1014 || code >= 3000 && code <= 4999
}

// decodable refuses text that is not UTF-8, in the words of Python's decoder.
func decodable(text []byte) error {
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size <= 1 {
			return &violation{websocket.CloseInvalidFramePayloadData, undecodable(text, at)}
		}
		at += size
	}
	return nil
}

// undecodable says what is wrong with the bytes at a position.
func undecodable(text []byte, at int) string {
	bytes, why := 1, "invalid start byte"
	if need := followers(text[at]); need > 0 {
		for bytes <= need && at+bytes < len(text) && follows(text[at], text[at+bytes], bytes) {
			bytes++
		}
		why = "invalid continuation byte"
		if at+bytes == len(text) {
			why = "unexpected end of data"
		}
	}
	if bytes == 1 {
		return fmt.Sprintf("'utf-8' codec can't decode byte 0x%02x in position %d: %s", text[at], at, why)
	}
	return fmt.Sprintf("'utf-8' codec can't decode bytes in position %d-%d: %s", at, at+bytes-1, why)
}

// followers is how many bytes must follow a first one; 0 when it is none.
func followers(first byte) int {
	switch {
	case first >= 0xC2 && first <= 0xDF:
		return 1
	case first >= 0xE0 && first <= 0xEF:
		return 2
	case first >= 0xF0 && first <= 0xF4:
		return 3
	}
	return 0
}

// follows reports whether b may be the n-th byte after first.
func follows(first, b byte, n int) bool {
	low, high := byte(0x80), byte(0xBF)
	if n == 1 {
		switch first {
		case 0xE0:
			low = 0xA0
		case 0xED:
			high = 0x9F
		case 0xF0:
			low = 0x90
		case 0xF4:
			high = 0x8F
		}
	}
	return b >= low && b <= high
}
