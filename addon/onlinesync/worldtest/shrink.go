package worldtest

import "slices"

// Shrink makes a script that fails as short as it can while it still does.
func Shrink(s *Script, fails func(*Script) bool) *Script {
	for again := true; again; {
		again = false
		try := func(shorter *Script) bool {
			if !fails(shorter) {
				return false
			}
			s, again = shorter, true
			return true
		}
		for size := len(s.Steps) / 2; size >= 1; size /= 2 {
			for at := 0; at+size <= len(s.Steps); {
				if !try(withoutSteps(s, at, size)) {
					at += size
				}
			}
		}
		for size := len(s.Movements) / 2; size >= 1; size /= 2 {
			for at := 0; at+size <= len(s.Movements); {
				if !try(withoutMovements(s, at, size)) {
					at += size
				}
			}
		}
		for i := range s.Steps {
			plainer := clone(s)
			step := &plainer.Steps[i]
			step.Crash, step.Behind, step.Repeat, step.Refetch, step.CutStart, step.CutEnd = 0, 0, 0, false, false, false
			if *step != s.Steps[i] {
				try(plainer)
			}
		}
		for i := range s.Movements {
			plainer := clone(s)
			m := &plainer.Movements[i]
			m.Seen, m.Pending, m.Never = m.Known, m.Cents, false
			if *m != s.Movements[i] {
				try(plainer)
			}
		}
		for i := range s.Providers {
			plainer := clone(s)
			f := &plainer.Providers[i]
			f.NewestFirst, f.Late, f.IgnoresFrom, f.Bare, f.Shuffled, f.Lag, f.History, f.PageSize = false, false, false, false, false, 0,
				0, 100
			if *f != s.Providers[i] {
				try(plainer)
			}
		}
	}
	return s
}

func clone(s *Script) *Script {
	return &Script{Seed: s.Seed, Providers: slices.Clone(s.Providers), Movements: slices.Clone(s.Movements), Steps: slices.Clone(s.Steps)}
}

// withoutSteps leaves steps out; the time that they waited passes all the same.
func withoutSteps(s *Script, at, n int) *Script {
	out := clone(s)
	wait := 0
	for _, step := range s.Steps[at : at+n] {
		wait += step.Wait
	}
	out.Steps = slices.Delete(out.Steps, at, at+n)
	if at < len(out.Steps) {
		out.Steps[at].Wait += wait
	}
	return out
}

func withoutMovements(s *Script, at, n int) *Script {
	out := clone(s)
	out.Movements = slices.Delete(out.Movements, at, at+n)
	return out
}
