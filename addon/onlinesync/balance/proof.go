package balance

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/onlinesync/books"
	"github.com/girosync/girosync/addon/onlinesync/record"

	"github.com/govalues/decimal"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/proof"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/query"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// proofReply is what balance_proof answers. Amounts are in the journal's currency.
type proofReply struct {
	Journal int64         `json:"journal_id"`
	Verdict proof.Verdict `json:"verdict"`
	Anchor  proofAnchor   `json:"anchor"`
	Days    []proofDay    `json:"days"`
	First   *disagreement `json:"first_disagreement"`
}

type proofAnchor struct {
	Date       schema.Date      `json:"date"` // the balance is that before this day
	Balance    json.Number      `json:"balance"`
	Provenance proof.Provenance `json:"provenance"`
	Statement  int64            `json:"statement_id,omitempty"`
}

type proofDay struct {
	Date       schema.Date      `json:"date"`
	Reported   *json.Number     `json:"reported"`
	Kind       proof.Kind       `json:"kind,omitempty"`
	Computed   json.Number      `json:"computed"`
	Difference json.Number      `json:"difference"`
	Verdict    proof.Verdict    `json:"verdict"`
	Provenance proof.Provenance `json:"provenance"`
}

type disagreement struct {
	proofDay
	// Since is the last day before it that agrees; false when none does.
	Since      any       `json:"since"`
	Words      string    `json:"words"`
	Candidates []suspect `json:"candidates"`
}

// balanceProof is balance_proof(date_from, date_to) of one journal: per day,
// what the bank reported against the anchor and the lines. The days between
// the dates are told; the first that disagrees is looked for among them.
func balanceProof(env *orm.Env, call *orm.Call) (any, error) {
	id, err := record.OneJournal(env, call)
	if err != nil {
		return nil, err
	}
	from, err := record.DayArgument(call, "date_from")
	if err != nil {
		return nil, err
	}
	to, err := record.DayArgument(call, "date_to")
	if err != nil {
		return nil, err
	}
	b, err := openBooks(env.Sudo(), id)
	if err != nil {
		return nil, err
	}
	p, err := b.prove(to)
	if err != nil {
		return nil, err
	}
	p = p.Since(from)
	reply := proofReply{Journal: id, Verdict: p.Verdict(), Days: make([]proofDay, 0, len(p.Days)),
		Anchor: proofAnchor{b.anchor.day, record.Number(b.anchor.balance), b.anchor.provenance, b.anchor.statement}}
	for i := range p.Days {
		reply.Days = append(reply.Days, dayOfProof(&p.Days[i]))
	}
	if p.First == nil {
		return reply, nil
	}
	reply.First = &disagreement{proofDay: dayOfProof(p.First), Since: record.OrFalse(string(p.Agreed))}
	if reply.First.Candidates, err = b.suspects(p); err != nil {
		return nil, err
	}
	reply.First.Words = record.Say(env, "proof.disagrees",
		fault.Args{"day": string(p.First.Day), "reported": p.First.Reported.Amount.String(),
			"computed": p.First.Computed.String(), "difference": p.First.Difference.String()})
	return reply, nil
}

func dayOfProof(d *proof.Day) proofDay {
	out := proofDay{Date: d.Day, Computed: record.Number(d.Computed), Difference: record.Number(d.Difference), Verdict: d.Verdict,
		Provenance: d.Provenance}
	if d.Reported != nil {
		n := record.Number(d.Reported.Amount)
		out.Reported, out.Kind = &n, d.Reported.Kind
	}
	return out
}

// ledgerBooks is a journal with the account that feeds it.
type ledgerBooks struct {
	env     *orm.Env
	journal int64
	account int64
	anchor  struct {
		day        schema.Date
		index      string // lines from here on count
		balance    decimal.Decimal
		provenance proof.Provenance
		statement  int64
	}
}

// openBooks reads what a journal begins with: its first statement, else
// nothing.
func openBooks(env *orm.Env, journal int64) (*ledgerBooks, error) {
	b := &ledgerBooks{env: env, journal: journal}
	rows, err := env.Read(record.Journals, []int64{journal}, "account_online_account_id")
	if err != nil {
		return nil, err
	}
	if rows.Len() == 0 {
		return nil, fault.Say(fault.Missing, "fault.missing", nil)
	}
	b.account = rows.At(0).Ref("account_online_account_id")
	b.anchor.provenance = proof.Unknown
	first, err := books.FirstStatement(env, journal)
	if err != nil || first.Len() == 0 {
		return b, err
	}
	row := first.At(0)
	b.anchor.index, b.anchor.balance, b.anchor.statement = row.Str("first_line_index"), row.Decimal("balance_start"), row.ID()
	b.anchor.day, b.anchor.provenance = account.IndexDay(b.anchor.index), proof.FromLines
	return b, nil
}

// prove compares all days up to one; "" for all there are.
func (b *ledgerBooks) prove(to schema.Date) (*proof.Proof, error) {
	told, err := b.told(to)
	if err != nil {
		return nil, err
	}
	moves, err := b.moves(to)
	if err != nil {
		return nil, err
	}
	if b.anchor.provenance == proof.Unknown && len(told) > 0 {
		b.anchorOn(told[0], moves)
	}
	p, err := proof.Prove(b.anchor.balance, b.anchor.provenance != proof.Unknown, moves, told)
	if err != nil {
		return nil, fault.Wrap(err, "prove journal", b.journal)
	}
	if !p.Undecided() {
		return p, nil
	}
	if err := b.within(p, moves); err != nil {
		return nil, err
	}
	p, err = proof.Prove(b.anchor.balance, true, moves, told)
	return p, fault.Wrap(err, "prove journal", b.journal)
}

// anchorOn lets a journal without statements begin so that the first balance
// reported agrees.
func (b *ledgerBooks) anchorOn(first proof.Reported, moves []proof.Moves) {
	day := first.Day
	if first.Kind == proof.Opening {
		day = day.AddDays(-1)
	}
	balance := first.Amount
	for _, m := range moves {
		if m.Day <= day {
			balance = record.Plus(balance, m.Sum.Neg())
		}
	}
	b.anchor.balance, b.anchor.provenance, b.anchor.day = balance, proof.FromBank, first.Day
	if len(moves) > 0 {
		b.anchor.day = min(b.anchor.day, moves[0].Day)
	}
}

// told are the booked balances that the bank reported, oldest first.
func (b *ledgerBooks) told(to schema.Date) ([]proof.Reported, error) {
	where := domain.All(domain.Where("account_id", domain.Eq, b.account), domain.Where("kind", domain.Ne, string(sdk.Available)))
	if b.anchor.day != "" {
		where = domain.All(where, domain.Where("date", domain.Ge, b.anchor.day))
	}
	if to != "" {
		where = domain.All(where, domain.Where("date", domain.Le, to))
	}
	rows, err := b.env.SearchRead(record.Balances, where, []string{"date", "kind", "amount"}, orm.SearchOptions{Order: "date, id"})
	if err != nil {
		return nil, err
	}
	out := make([]proof.Reported, 0, rows.Len())
	for row := range rows.All() {
		out = append(out, proof.Reported{Day: row.Date("date"), Kind: proof.Kind(row.Str("kind")), Amount: row.Decimal("amount")})
	}
	return out, nil
}

// counted are the lines of the journal from its anchor on.
func (b *ledgerBooks) counted(to schema.Date) domain.Node {
	where := domain.Node(domain.Where("journal_id", domain.Eq, b.journal))
	if b.anchor.index != "" {
		where = domain.All(where, domain.Where("internal_index", domain.Ge, b.anchor.index))
	}
	if to != "" {
		where = domain.All(where, domain.Where("internal_index", domain.Lt, account.DayIndex(to.AddDays(1))))
	}
	return where
}

// moves are the sums of lines by day: one row per day, however many lines.
func (b *ledgerBooks) moves(to schema.Date) ([]proof.Moves, error) {
	groups, err := b.env.Group(record.Lines, b.counted(to), []query.GroupBy{{Field: "date", Granularity: "day"}},
		[]query.Aggregate{{Field: "amount", Func: "sum"}}, orm.GroupOptions{})
	if err != nil {
		return nil, err
	}
	out := make([]proof.Moves, 0, len(groups.List))
	for _, g := range groups.List {
		out = append(out, proof.Moves{Day: record.Day(g.Keys[0]), Sum: record.Decimal(g.Figures[0])})
	}
	slices.SortFunc(out, func(a, b proof.Moves) int { return strings.Compare(string(a.Day), string(b.Day)) })
	return out, nil
}

// within reads the lines of the days whose interim balance lies between two of
// them, perhaps.
func (b *ledgerBooks) within(p *proof.Proof, moves []proof.Moves) error {
	var days []any
	for i := range p.Days {
		if d := &p.Days[i]; d.Verdict == proof.Disagrees && d.Reported.Kind == proof.Interim {
			days = append(days, d.Day)
		}
	}
	rows, err := b.env.SearchRead(record.Lines, domain.All(b.counted(""), domain.Where("date", domain.In, days)),
		[]string{"date", "amount"}, orm.SearchOptions{Order: "internal_index"})
	if err != nil {
		return err
	}
	amounts := map[schema.Date][]decimal.Decimal{}
	for row := range rows.All() {
		amounts[row.Date("date")] = append(amounts[row.Date("date")], row.Decimal("amount"))
	}
	for i := range moves {
		moves[i].Within = amounts[moves[i].Day]
	}
	return nil
}
