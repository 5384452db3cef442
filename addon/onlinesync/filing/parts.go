package filing

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/importing"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/query"
	"github.com/girosync/girosync/addon/orm/schema"
)

// What of a file is decided at once, in memory. A larger file is read a second
// time, sorted by days into temporary files, and imported part by part. Where
// another source told the same days a file cannot be cut, up to the larger bound.
const (
	maxPartEntries  = 100_000
	maxPartBytes    = 512 << 20
	maxWholeEntries = 2_000_000
)

// fileParts is a file cut into whole days, since equal transactions are counted
// over the days that they lie on.
type fileParts struct {
	content *fileContent
	parts   []filePart
}

// filePart is the transactions of some days.
type filePart struct {
	days  importing.Interval // the first one's open before, the last one's after
	size  int
	spool *os.File
	to    *bufio.Writer
}

// cut cuts what was read into parts. Close what it returns.
func (f *filing) cut(ctx context.Context) (*fileParts, error) {
	p := &fileParts{content: f.content, parts: []filePart{{size: f.content.count}}}
	if !f.content.large {
		return p, nil
	}
	others, err := f.daysOfOthers(ctx)
	if err != nil {
		return nil, err
	}
	if err := p.cut(f.content.partSize(f.FilePart), f.content.partSize(maxWholeEntries), others); err != nil {
		return nil, err
	}
	if err := p.sort(ctx, f.Desk, f.req); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// partSize is how many transactions of this file may be in memory at once.
func (c *fileContent) partSize(most int) int {
	return max(1, min(most, maxPartBytes/max(1, c.weight/c.count)))
}

// daysOfOthers are the days of which another source than the file's told
// something of the account.
func (f *filing) daysOfOthers(ctx context.Context) (map[schema.Date]bool, error) {
	days := map[schema.Date]bool{}
	account := f.target.account.ID
	if account == 0 {
		return days, nil
	}
	from, to := f.content.span()
	err := f.within(ctx, orm.TxRead, func(env *orm.Env) error {
		clear(days)
		rows, err := env.Group(record.Transactions,
			domain.All(domain.Where("account_id", domain.Eq, account), domain.Where("source", domain.Ne, f.content.reader),
				domain.Where("fingerprint", domain.Ge, importing.FingerprintsFrom(from.AddDays(-importing.MostApart))),
				domain.Where("fingerprint", domain.Lt, importing.FingerprintsFrom(to.AddDays(importing.MostApart+1)))),
			[]query.GroupBy{{Field: "date", Granularity: "day"}}, nil, orm.GroupOptions{})
		if err != nil {
			return err
		}
		for _, g := range rows.List {
			day, _ := g.Keys[0].(schema.Date)
			days[day] = true
		}
		return nil
	})
	return days, err
}

// cut decides which days go together: as many as fit, and more where others
// told of the same days.
func (p *fileParts) cut(most, mostWhole int, others map[schema.Date]bool) error {
	counts := p.content.days
	p.parts = nil
	for _, day := range slices.Sorted(maps.Keys(counts)) {
		n := counts[day]
		last := len(p.parts) - 1
		if last < 0 || p.parts[last].size+n > most && !toldNear(others, p.parts[last].days.To, day) {
			p.parts = append(p.parts, filePart{days: importing.Interval{From: day}})
			last++
		}
		part := &p.parts[last]
		part.days.To = day
		part.size += n
		switch {
		case n > most:
			return partTooLarge(importing.Interval{From: day, To: day}, n, most)
		case part.size > mostWhole:
			return partTooLarge(part.days, part.size, mostWhole)
		}
	}
	p.parts[0].days.From = ""
	p.parts[len(p.parts)-1].days.To = ""
	return nil
}

// toldNear reports whether others told of days so near to a cut between two days
// that something on one side could be theirs on the other.
func toldNear(others map[schema.Date]bool, before, after schema.Date) bool {
	if len(others) == 0 {
		return false
	}
	for day, last := before.AddDays(-importing.MostApart), after.AddDays(importing.MostApart); day <= last; day = day.AddDays(1) {
		if others[day] {
			return true
		}
	}
	return false
}

func partTooLarge(days importing.Interval, n, most int) error {
	return fault.Say(fault.User, "sync.file_part_too_large",
		fault.Args{"from": string(days.From), "to": string(days.To), "count": n, "most": most})
}

// sort reads the file again and puts each transaction where its days are. The
// temporary files have no name, so that they end with the process.
func (p *fileParts) sort(ctx context.Context, d *Desk, req *Request) error {
	for i := range p.parts {
		file, err := os.CreateTemp("", "girosync-import-*")
		if err != nil {
			return fault.Wrap(err, "make room for file", req.Filename)
		}
		_ = os.Remove(file.Name()) // where an open file keeps its name, close removes it
		p.parts[i].spool, p.parts[i].to = file, bufio.NewWriterSize(file, 1<<16)
	}
	again := newContent(p.content.reader, p.content.target, p.content.options, nil)
	again.keep = p.put
	if err := d.readWith(ctx, p.content.reader, p.content.options, req, again.take); err != nil {
		return err
	}
	if again.count != p.content.count {
		return fault.Say(fault.User, "sync.file_changed", nil)
	}
	for i := range p.parts {
		if err := p.parts[i].to.Flush(); err != nil {
			return fault.Wrap(err, "sort file", req.Filename)
		}
	}
	return nil
}

func (p *fileParts) put(e *importing.Entry) error {
	at, _ := slices.BinarySearchFunc(p.parts, e.Date,
		func(part filePart, day schema.Date) int { return cmp.Compare(orLast(part.days.To), day) })
	if at == len(p.parts) || e.Date < p.parts[at].days.From {
		return fault.Say(fault.User, "sync.file_changed", nil)
	}
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	_, err = p.parts[at].to.Write(append(text, '\n'))
	return err
}

// orLast puts an open end after every day.
func orLast(day schema.Date) schema.Date {
	if day == "" {
		return "~"
	}
	return day
}

// each gives the transactions of one part after the other, in the order of the
// bank.
func (p *fileParts) each(do func(days importing.Interval, booked []importing.Entry, last bool) error) error {
	for i := range p.parts {
		part := &p.parts[i]
		booked, err := part.read(p.content)
		if err != nil {
			return err
		}
		if p.content.backwards() {
			slices.Reverse(booked)
		}
		if err := do(part.days, booked, i == len(p.parts)-1); err != nil {
			return err
		}
	}
	return nil
}

func (p *filePart) read(content *fileContent) ([]importing.Entry, error) {
	if p.spool == nil {
		return content.booked, nil
	}
	if _, err := p.spool.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	booked := make([]importing.Entry, 0, p.size)
	from := json.NewDecoder(bufio.NewReaderSize(p.spool, 1<<16))
	for {
		var e importing.Entry
		err := from.Decode(&e)
		if errors.Is(err, io.EOF) {
			return booked, nil
		}
		if err != nil {
			return nil, fault.Wrap(err, "read sorted file", p.days.From)
		}
		booked = append(booked, e)
	}
}

func (p *fileParts) close() {
	for i := range p.parts {
		if spool := p.parts[i].spool; spool != nil {
			_ = spool.Close()
			_ = os.Remove(spool.Name()) // mostly gone already
		}
	}
}
