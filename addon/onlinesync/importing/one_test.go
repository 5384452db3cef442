package importing_test

import (
	"os"
	"strconv"
	"testing"

	"github.com/girosync/girosync/addon/onlinesync/worldtest"
)

func TestOneSeed(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("SEED"))
	if err != nil {
		t.Skip()
	}
	s := worldtest.Make(uint64(n))
	_, err = play(s, fault{})
	if err == nil {
		t.Log("fine")
		return
	}
	tellFailure(t, s, fault{}, err)
	short := worldtest.Shrink(s, func(s *worldtest.Script) bool { _, err := play(s, fault{}); return err != nil })
	bank := worldtest.NewBank(short)
	h := newDesk(bank, fault{})
	worldtest.Play(bank, h)
	for id, a := range h.accounts {
		for _, k := range a.rows {
			t.Logf("%s %+v line %v", id, *k, a.lines[k.Line])
		}
		t.Log(a.coverage)
	}
	t.Log(h.questions, h.asked)
}

func TestKinds(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("KINDS"))
	if err != nil {
		t.Skip()
	}
	total := map[string]int{}
	shown := map[string]int{}
	for seed := range n {
		s := worldtest.Make(uint64(seed + 1))
		bank := worldtest.NewBank(s)
		h := newDesk(bank, fault{})
		v, _ := worldtest.Play(bank, h)
		if v.Undecided {
			for k, n := range h.yes {
				if n > 0 {
					total[string(k)]++
					if shown[string(k)]++; shown[string(k)] <= 6 {
						short := worldtest.Shrink(s, func(s *worldtest.Script) bool {
							bank := worldtest.NewBank(s)
							h := newDesk(bank, fault{})
							v, err := worldtest.Play(bank, h)
							return err == nil && v.Undecided && h.yes[k] > 0
						})
						t.Log(k, short)
					}
				}
			}
		}
	}
	t.Log(total)
}
