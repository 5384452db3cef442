package standin

import (
	"encoding/binary"
	"encoding/json"
	"hash/fnv"
	"io"
	"net/http"
)

// WriteJSON answers with a status and a value.
func WriteJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // the client has gone
}

// Dice is a number from 0 to below most that follows from what it is about, so
// that an invented world needs no memory; 0 when most is not positive.
func Dice(most int64, id string, about ...int) int64 {
	if most <= 0 {
		return 0
	}
	h := fnv.New64a()
	_, _ = io.WriteString(h, id) // a hash takes everything
	for _, n := range about {
		_, _ = h.Write(binary.BigEndian.AppendUint32(nil, uint32(n)))
	}
	mixed := h.Sum64() * 0x9e3779b97f4a7c15
	return int64((mixed ^ mixed>>29) >> 1 % uint64(most))
}
