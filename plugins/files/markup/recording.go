package markup

// recording keeps the bytes of the source from a mark on, up to a bound.
type recording struct {
	on    bool
	max   int
	from  int    // in the buffer
	saved []byte // what the buffer holds no more
}

// Mark begins a recording at the token just returned, of at most max bytes.
func (s *Scanner) Mark(max int) {
	s.rec = recording{on: true, max: max, from: s.begun, saved: s.rec.saved[:0]}
}

// Recorded ends the recording and returns a copy of the source from the mark
// to the end of the token just returned, cut at the bound.
func (s *Scanner) Recorded() []byte {
	s.rec.keep(s.buf, s.pos)
	s.rec.on = false
	return append([]byte(nil), s.rec.saved...)
}

// keep saves what lies before pos; the buffer is about to move it away.
func (r *recording) keep(buf []byte, pos int) {
	if !r.on {
		return
	}
	room := max(0, r.max-len(r.saved))
	upTo := min(pos, r.from+room)
	if r.from < upTo {
		r.saved = append(r.saved, buf[r.from:upTo]...)
	}
	r.from = 0
}
