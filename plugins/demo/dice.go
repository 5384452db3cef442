package demo

import "math/bits"

// hash mixes a key and a text into 64 bits (FNV-1a, then a finisher), the same
// on every machine and for ever.
func hash(key uint64, text string) uint64 {
	h := 0xcbf29ce484222325 ^ key
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 0x100000001b3
	}
	return scramble(h)
}

// mix joins a key and a number into a new key.
func mix(key uint64, n int64) uint64 {
	return scramble(key ^ scramble(uint64(n)+0x9e3779b97f4a7c15))
}

func scramble(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// dice is a source of repeatable chance (splitmix64).
type dice uint64

func (d *dice) roll() uint64 {
	*d += 0x9e3779b97f4a7c15
	return scramble(uint64(*d))
}

// below returns a number from 0 up to n, exclusive.
func (d *dice) below(n int64) int64 {
	hi, _ := bits.Mul64(d.roll(), uint64(n))
	return int64(hi)
}

// between returns a number from low to high, both inclusive.
func (d *dice) between(low, high int64) int64 { return low + d.below(high-low+1) }

// oneIn is true once in n throws.
func (d *dice) oneIn(n int64) bool { return d.below(n) == 0 }

const letters = "abcdefghijkmnpqrstuvwxyz23456789" // 32 that nobody confuses

// appendName writes a key as 13 letters.
func appendName(to []byte, key uint64) []byte {
	for range 13 {
		to = append(to, letters[key&31])
		key >>= 5
	}
	return to
}

func name(prefix string, key uint64) string {
	return string(appendName([]byte(prefix), key))
}
