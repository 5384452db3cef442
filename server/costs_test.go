package server_test

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/conf"
)

// What one call of a client may cost, whatever it asks.
const (
	costlyAnswer = 1 << 20          // bytes: limits.answer_size
	costlyTime   = 10 * time.Second // limits.call_time
	costlyMemory = 512 << 20        // bytes taken in all, most of them given back at once
)

// TestNoCallCostsMuch asks every method of every model for as much as its
// arguments can say, as somebody who only reads, and looks at the bytes of the
// answer, the processor's time, and the memory taken. The generic methods are
// asked of the models that have most to tell; on PostgreSQL they alone.
func TestNoCallCostsMuch(t *testing.T) {
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) { // one after the other: what is measured is the process's
			callsCost(t, kind, 300, func(model string, generic bool) bool {
				return generic && slices.Contains(busiest, model) || !generic && kind == ormtest.SQLite
			})
		})
	}
}

// TestSoakNoCallCostsMuch asks everything of all models, where there is more.
func TestSoakNoCallCostsMuch(t *testing.T) {
	if os.Getenv("GIROSYNC_SOAK") == "" {
		t.Skip("only with GIROSYNC_SOAK=1")
	}
	for _, kind := range ormtest.Kinds() {
		t.Run(string(kind), func(t *testing.T) { callsCost(t, kind, 1500, func(string, bool) bool { return true }) })
	}
}

// busiest are models that have most to tell.
var busiest = []string{"res.partner", "res.groups"}

func callsCost(t *testing.T, kind ormtest.Kind, people int, asked func(model string, generic bool) bool) {
	host := openFurnished(t, kind, io.Discard, func(c *conf.Config) {
		c.Limits.AnswerSize, c.Limits.CallTime = costlyAnswer, costlyTime
		c.Limits.RecordsPerAnswer, c.Limits.IDsPerCall = 1000, 2000
	})
	books := books(t, host)
	makeCompanies(t, books).user("reader", account.GroupReadonly)
	crowd(t, books, people)
	d := openDoor(t, host, "books", "reader", "reader")
	r := books.Registry()
	worst, calls := cost{}, 0
	for _, model := range r.Names() {
		for _, method := range r.MethodNames(orm.Odoo18, model) {
			if !asked(model, slices.Contains(r.MethodNames(orm.Odoo18, "res.currency"), method)) {
				continue
			}
			m, _ := r.Method(orm.Odoo18, model, method)
			for _, args := range greedy(r, model, method, m) {
				worst = worst.or(d.costs(t, model, method, args))
				calls++
			}
		}
	}
	t.Logf("%d calls, the dearest: %v, %d KiB of memory, an answer of %d KiB", calls, worst.time, worst.memory>>10, worst.bytes>>10)
}

// crowd makes records that lead to each other in lists.
func crowd(t *testing.T, books *orm.Database, n int) {
	asSystem(t, books, func(env *orm.Env) error {
		var tags []int64
		for i := range 20 {
			ids, err := env.Create("res.partner", orm.Values{"name": fmt.Sprint("Head ", i)})
			if err != nil {
				return err
			}
			tags = append(tags, ids...)
		}
		var people []orm.Values
		for i := range n {
			people = append(people, orm.Values{"name": fmt.Sprint("Partner ", i, strings.Repeat(" long", 20)), "parent_id": tags[i%20],
				"ref": fmt.Sprint(i)})
		}
		_, err := env.Create("res.partner", people...)
		return err
	})
}

// processorTime is what the process has used: a busy machine does not count.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

type cost struct {
	time   time.Duration
	memory uint64
	bytes  int
}

func (c cost) or(d cost) cost {
	return cost{max(c.time, d.time), max(c.memory, d.memory), max(c.bytes, d.bytes)}
}

func (d *door) costs(t *testing.T, model, method, params string) cost {
	t.Helper()
	body := fmt.Sprintf(`{"jsonrpc":"2.0","id":7,"params":{"model":%q,"method":%q,%s}}`, model, method, params)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := processorTime(t)
	answer := d.post("/web/dataset/call_kw", body)
	took := processorTime(t) - began
	runtime.ReadMemStats(&after)
	c := cost{took, after.TotalAlloc - before.TotalAlloc, answer.Body.Len()}
	if c.bytes > costlyAnswer+(64<<10) || c.time > 3*costlyTime || c.memory > costlyMemory {
		t.Errorf("%s.%s with %.300s: %d bytes in %v with %d KiB of memory: %.300s", model, method, params, c.bytes, c.time, c.memory>>10,
			answer.Body)
	}
	return c
}

// greedy are arguments that ask for as much as they can.
func greedy(r *orm.Registry, model, method string, m orm.Method) []string {
	var all []string
	for _, turn := range []int{0, 1, 2} {
		kwargs := map[string]json.RawMessage{}
		for _, p := range m.Params {
			if v, ok := much(r, model, method, p.Name, turn); ok {
				kwargs[p.Name] = v
			} else if !p.Optional {
				kwargs[p.Name] = json.RawMessage(plausible(p.Name))
			}
		}
		args := ""
		if !m.OnModel {
			args = jsonText(repeat(turn, 2000))
		}
		if call := `"args":[` + args + `],"kwargs":` + jsonText(kwargs); !slices.Contains(all, call) {
			all = append(all, call)
		}
	}
	return all
}

// repeat is ids: many, one many times, or few.
func repeat(turn, n int) []int {
	ids := make([]int, n)
	for i := range ids {
		ids[i] = 1 + i*(1-turn%2)
	}
	return ids
}

func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// much is a greedy value for a parameter of that name.
func much(r *orm.Registry, model, method, name string, turn int) (json.RawMessage, bool) {
	on, _ := r.Model(model)
	var stored, dates, all []string
	for _, f := range on.Fields {
		all = append(all, f.Name)
		switch {
		case f.Type == schema.TypeDate || f.Type == schema.TypeDatetime:
			dates = append(dates, f.Name)
		case f.HasColumn():
			stored = append(stored, f.Name)
		}
	}
	var v any
	switch name {
	case "domain", "args":
		var domain []any
		for i := range 400 * (1 - turn%2) {
			domain = append(domain, "|", []any{"display_name", "not ilike", fmt.Sprint("%_", i, "%")})
		}
		v = append(domain, []any{"id", ">", 0})
	case "groupby":
		v = groupings(stored, dates, turn)
	case "group_by":
		v = stored[0]
	case "progress_bar":
		colors := map[string]any{}
		for i := range 5000 {
			colors[fmt.Sprint("c", i)] = "x"
		}
		v = map[string]any{"field": stored[len(stored)-1], "colors": colors}
	case "fields":
		if !strings.Contains(method, "group") {
			v = slices.Repeat(all, 20)
			break
		}
		var figures []string
		for i := range 450 {
			figures = append(figures, fmt.Sprintf("f%d:array_agg(id)", i))
		}
		v = figures
	case "aggregates":
		v = slices.Repeat([]string{"id:array_agg", "id:count_distinct", "__count"}, 200)
	case "specification":
		v = deepest(r, model, 9-3*turn)
	case "fields_to_export":
		v = slices.Repeat([]string{longestPath(r, model, 8), "id", "display_name"}, 100)
	case "attributes", "allfields", "fields_list":
		v = slices.Repeat(all, 100)
	case "limit", "count_limit":
		v = 0
	case "lazy":
		v = false
	case "name", "value", "query", "text":
		v = strings.Repeat("%_a", 100*turn)
	case "order", "orderby":
		v = strings.TrimSuffix(strings.Repeat("id,", 60), ",")
	default:
		return nil, false
	}
	return json.RawMessage(jsonText(v)), true
}

func groupings(stored, dates []string, turn int) []string {
	switch turn {
	case 0:
		return slices.Repeat(stored[:1], 500)
	case 1:
		terms := slices.Clone(stored)
		for _, name := range dates {
			for _, part := range []string{"hour", "day", "week", "month", "quarter", "year"} {
				terms = append(terms, name+":"+part)
			}
		}
		return terms
	}
	return []string{"id"}
}

// deepest is a specification that goes from list to list.
func deepest(r *orm.Registry, model string, levels int) map[string]any {
	m, _ := r.Model(model)
	spec := map[string]any{"display_name": map[string]any{}}
	if levels <= 0 {
		return spec
	}
	lists := 0
	for _, f := range m.Fields {
		if f.IsX2many() && lists < 2 {
			lists++
			spec[f.Name] = map[string]any{"fields": deepest(r, f.Comodel, levels-1)}
		}
	}
	return spec
}

func longestPath(r *orm.Registry, model string, levels int) string {
	m, _ := r.Model(model)
	for _, f := range m.Fields {
		if f.IsX2many() && levels > 0 {
			return f.Name + "/" + longestPath(r, f.Comodel, levels-1)
		}
	}
	return "display_name"
}
