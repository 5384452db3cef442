package demo

// stream is the ledger of a bulk account: so many movements a year, evenly,
// all booked at the end of their day and never changed. Any 365 days in a row
// have exactly perYear.
//
// Movements come in blocks: fifteen sales, then a payout of their sum, so that
// a balance is known without adding up all that came before.
type stream struct {
	account *account
	perYear int64
}

const (
	bulkDays  = 365
	blockSize = 16
)

// before returns how many movements happen before d.
func (s *stream) before(d day) int64 { return int64(d) * s.perYear / bulkDays }

func (s *stream) each(first, last day, yield func(*movement)) {
	var v movement
	for d := first; d <= last; d++ {
		end := s.before(d + 1)
		for i := s.before(d); i < end; i++ {
			s.make(&v, i, d)
			yield(&v)
		}
	}
}

func (s *stream) make(v *movement, i int64, d day) {
	key := mix(s.account.key, i)
	*v = movement{
		key:      key,
		chance:   key,
		what:     sale,
		day:      d,
		booked:   d,
		bookedAt: (d + 1).begins(),
	}
	if i%blockSize == blockSize-1 {
		v.what, v.minor = payout, -s.since(i)
	} else {
		v.minor = s.price(i)
	}
	v.final = v.minor
}

// price is what the i-th movement brings, 1.00 to 250.00.
func (s *stream) price(i int64) int64 {
	return 100 + int64(mix(s.account.key, -i)%24_901)
}

// since sums the sales of the i-th movement's block that come before it.
func (s *stream) since(i int64) int64 {
	sum := int64(0)
	for k := i - i%blockSize; k < i; k++ {
		sum += s.price(k)
	}
	return sum
}

func (s *stream) balance(d day, asOf int64) int64 {
	known := min(d, dayAt(asOf)-1)
	return s.account.rest + s.since(s.before(known+1))
}

func (s *stream) reserved(day, int64) int64 { return 0 }
