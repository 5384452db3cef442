package postgres

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"time"

	"github.com/girosync/girosync/addon/orm/dialect"
	"github.com/jackc/pgx/v5/pgtype"
)

// amount is ten-thousandths on their way into a numeric column.
type amount int64

// NumericValue implements pgtype.NumericValuer.
func (a amount) NumericValue() (pgtype.Numeric, error) {
	return pgtype.Numeric{Int: big.NewInt(int64(a)), Exp: -dialect.MoneyScale, Valid: true}, nil
}

func jsonText(s string) json.RawMessage { return json.RawMessage(s) }

// PostgreSQL counts days and microseconds from here.
const epochSeconds = 946_684_800 // 2000-01-01 UTC

func decodeInt(raw []byte) (int64, error) {
	switch len(raw) {
	case 8:
		return int64(binary.BigEndian.Uint64(raw)), nil
	case 4:
		return int64(int32(binary.BigEndian.Uint32(raw))), nil
	case 2:
		return int64(int16(binary.BigEndian.Uint16(raw))), nil
	}
	return 0, fmt.Errorf("an integer of %d bytes", len(raw))
}

func decodeFloat(raw []byte) (float64, error) {
	switch len(raw) {
	case 8:
		return math.Float64frombits(binary.BigEndian.Uint64(raw)), nil
	case 4:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(raw))), nil
	}
	return 0, fmt.Errorf("a float of %d bytes", len(raw))
}

func decodeDate(raw []byte) (time.Time, error) {
	if len(raw) != 4 {
		return time.Time{}, fmt.Errorf("a date of %d bytes", len(raw))
	}
	days := int64(int32(binary.BigEndian.Uint32(raw)))
	return time.Unix(epochSeconds+days*86_400, 0).UTC(), nil
}

func decodeTimestamp(raw []byte) (time.Time, error) {
	if len(raw) != 8 {
		return time.Time{}, fmt.Errorf("a timestamp of %d bytes", len(raw))
	}
	micros := int64(binary.BigEndian.Uint64(raw))
	return time.UnixMicro(epochSeconds*1_000_000 + micros).UTC(), nil
}

// decodeMoney reads a numeric as ten-thousandths. Its digits are to the base
// 10,000 around the decimal point, so that one digit stands for them.
func decodeMoney(raw []byte) (int64, error) {
	const headLen, negative, positive = 8, 0x4000, 0
	if len(raw) < headLen {
		return 0, fmt.Errorf("a numeric of %d bytes", len(raw))
	}
	count := int(binary.BigEndian.Uint16(raw))
	weight := int(int16(binary.BigEndian.Uint16(raw[2:])))
	sign := binary.BigEndian.Uint16(raw[4:])
	if len(raw) < headLen+2*count || sign != negative && sign != positive {
		return 0, fmt.Errorf("a numeric that is no number")
	}
	var n uint64
	place := weight
	for i := range count {
		digit := uint64(binary.BigEndian.Uint16(raw[headLen+2*i:]))
		place = weight - i
		if place < -1 {
			if digit != 0 {
				return 0, fmt.Errorf("a numeric with more than %d decimals", dialect.MoneyScale)
			}
			continue
		}
		if n > (math.MaxInt64-digit)/10_000 {
			return 0, dialect.ErrTooLarge
		}
		n = n*10_000 + digit
	}
	for ; count > 0 && place > -1; place-- {
		if n > math.MaxInt64/10_000 {
			return 0, dialect.ErrTooLarge
		}
		n *= 10_000
	}
	if sign == negative {
		return -int64(n), nil
	}
	return int64(n), nil
}
