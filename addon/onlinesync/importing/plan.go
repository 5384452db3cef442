package importing

import "strconv"

// addBooked plans a new posted transaction.
func (d *decider) addBooked(e *Entry, doubt *Doubt) {
	if e.Date < d.told.Floor {
		d.plan.Skipped++
		return
	}
	d.add(e, Posted, doubt)
}

func (d *decider) add(e *Entry, status Status, doubt *Doubt) {
	print := Fingerprint(e)
	n := New{Entry: e, Status: status, Fingerprint: print, Occurrence: d.nextOccurrence(print), Reason: FirstSeen, Doubt: doubt}
	n.Ident = Ident{Source: d.told.Source, ID: d.freeID(e)}
	if n.Ident.ID != "" {
		d.newIdents[n.Ident] = true
	}
	row := len(d.plan.New)
	d.plan.New = append(d.plan.New, n)
	d.remember(e, NewAlias{Row: row})
}

// freeID is the id under which a new row is kept; "" when e has none.
func (d *decider) freeID(e *Entry) string {
	if e.ID == "" || !d.taken(e.ID) {
		return e.ID
	}
	if id := sharedID(e); !d.taken(id) {
		return id
	}
	return ""
}

func (d *decider) taken(id string) bool {
	ident := Ident{d.told.Source, id}
	return d.byIdent[ident] != nil || d.newIdents[ident]
}

// remember plans aliases for the ids of e that nobody has yet. What e had
// while pending, and its other ids, are retired: they name it no more.
func (d *decider) remember(e *Entry, of NewAlias) {
	if k := d.byIdent[Ident{d.told.Source, e.ID}]; k != nil && k.ID != of.Known && e.ID != "" && !d.told.StableIDs {
		d.rememberID(sharedID(e), false, of)
	} else {
		d.rememberID(e.ID, false, of)
	}
	d.rememberID(e.PendingID, true, of)
	for _, id := range e.Aliases {
		d.rememberID(id, true, of)
	}
}

func (d *decider) rememberID(id string, retired bool, of NewAlias) {
	if id == "" || d.taken(id) {
		return
	}
	of.Alias = Alias{Ident{d.told.Source, id}, retired}
	d.newIdents[of.Ident] = true
	d.plan.Aliases = append(d.plan.Aliases, of)
}

// meet plans what becomes of a known transaction that was told as booked.
func (d *decider) meet(k *Known, e *Entry, why Reason, doubt *Doubt) {
	before := len(d.plan.Aliases)
	d.remember(e, NewAlias{Known: k.ID})
	switch {
	case k.Deleted:
		d.count(k)
		if k.Status == Removed && k.Into == 0 { // taken back and told again: its line may be asked for again
			d.plan.Changes = append(d.plan.Changes, d.match(k, e, why))
		}
	case k.Status == Posted, k.Status == Removed && k.Line != 0:
		d.count(k)
		if _, named := d.idOf(k); named || k.Source == d.told.Source {
			d.plan.Told = append(d.plan.Told, k)
		}
		switch {
		case k.Into != 0: // its line is another row's too, and so are that one's words
			if of := d.byID[k.Into]; of != nil && k.Line != 0 && why == SameID && k.Amount != e.Amount {
				d.plan.Changes = append(d.plan.Changes, d.match(k, wordsOf(of, e), why))
			}
		case k.Status == Removed, k.Line != 0 && d.sameWords(k, why) && differs(k, e):
			m := d.match(k, e, why)
			if k.Amount != e.Amount || k.Date != e.Date {
				m.Doubt = d.doubtChanged(k, e)
			}
			d.plan.Changes = append(d.plan.Changes, m)
		case k.Line != 0 && why == SameID && k.Amount != e.Amount && !d.mixedUp(k, e):
			d.plan.Changes = append(d.plan.Changes, d.match(k, wordsOf(k, e), why))
		}
	case e.Date < d.told.Floor:
		d.plan.Skipped++
	default:
		if k.Ident.ID == "" {
			ghost := Ident{k.Source, printAlias(k)}
			if d.byIdent[ghost] == nil && !d.newIdents[ghost] {
				d.newIdents[ghost] = true
				d.plan.Aliases = append(d.plan.Aliases, NewAlias{Alias: Alias{ghost, true}, Known: k.ID})
			}
		}
		m := d.match(k, e, why)
		m.Doubt = doubt
		for _, a := range d.plan.Aliases[before:] {
			m.Aliases = append(m.Aliases, a.Alias)
		}
		d.plan.Aliases = d.plan.Aliases[:before]
		d.plan.Postings = append(d.plan.Postings, m)
	}
}

// count counts a known transaction, unless this very run made its row.
func (d *decider) count(k *Known) {
	if d.told.Run == 0 || k.Run != d.told.Run {
		d.plan.Known++
	}
}

// sameWords reports whether k was told by the same source, so that other words
// mean a change and not another way to say the same.
func (d *decider) sameWords(k *Known, why Reason) bool {
	return why != OtherSource && k.Source == d.told.Source
}

// mixedUp reports whether e rather speaks of another row that says the same
// already: of equal payments, two sources' ids may have met crosswise.
func (d *decider) mixedUp(k *Known, e *Entry) bool {
	for _, other := range d.known {
		if other != k && d.free(other) && other.Status == Posted && other.Date == k.Date && other.Amount == e.Amount &&
			resembles(other, e) {
			return true
		}
	}
	return false
}

// wordsOf is e in the words of k. Two sources word one transaction differently,
// which is no change; another amount under an id that was matched before is one.
func wordsOf(k *Known, e *Entry) *Entry {
	own := *e
	own.Text, own.Partner, own.Counter = k.Text, k.Partner, k.Counter
	return &own
}

func differs(k *Known, e *Entry) bool {
	return k.Date != e.Date || k.Amount != e.Amount || k.Text != e.Text ||
		k.Partner != e.Partner || k.Counter != e.Counter || k.ValueDate != e.ValueDate
}

func (d *decider) match(k *Known, e *Entry, why Reason) Match {
	m := Match{Known: k, Now: e, Fingerprint: Fingerprint(e), Occurrence: k.Occurrence, Reason: why}
	if m.Fingerprint != k.Fingerprint {
		m.Occurrence = d.nextOccurrence(m.Fingerprint)
	}
	return m
}

// matchPendingIDs finds the rows of pending entries by id, before booked ones
// are matched by what they say.
func (d *decider) matchPendingIDs() ([]*Entry, []*Known) {
	entries := make([]*Entry, 0, len(d.told.Pending))
	seen := make(map[string]bool)
	for i := range d.told.Pending {
		e := &d.told.Pending[i]
		if e.ID != "" && (seen[e.ID] || d.removed[e.ID]) {
			continue
		}
		seen[e.ID] = true
		entries = append(entries, e)
	}
	found := make([]*Known, len(entries))
	for i, e := range entries {
		if e.ID == "" {
			continue
		}
		k := d.byIdent[Ident{d.told.Source, e.ID}]
		if k == nil {
			continue
		}
		found[i] = k
		if k.Status != Posted && d.free(k) {
			d.claim(k, e)
		}
	}
	return entries, found
}

// freePending is the first pending row of that fingerprint which nothing took.
func (d *decider) freePending(print string) *Known {
	for _, k := range d.byPrint[print] {
		if k.Status == Pending && d.free(k) && k.Source == d.told.Source {
			return k
		}
	}
	return nil
}

func (d *decider) decidePendings(entries []*Entry, found []*Known) {
	for i, e := range entries {
		k := found[i]
		if k == nil && e.ID == "" {
			if k = d.freePending(Fingerprint(e)); k != nil {
				d.claim(k, e)
			} else if k = d.ghost(e); k != nil {
				d.claim(k, e)
				continue
			}
		}
		switch {
		case k == nil && e.ID != "" && d.newIdents[Ident{d.told.Source, e.ID}]:
			// Booked in the same answer: posted beats pending.
		case k == nil && e.Date < d.told.Floor:
		case k != nil && k.Into != 0: // the ghost of one that posted
		case k == nil:
			d.add(e, Pending, nil)
		case d.claimed[k] != e, k.Deleted, k.Status == Posted, k.Status == Removed && k.Line != 0:
			// Posted before, or in this answer: what is posted stays posted.
		case k.Status == Removed || differs(k, e):
			d.plan.Pendings = append(d.plan.Pendings, d.match(k, e, SameID))
		}
	}
}

// ghost finds the posted row that a pending entry without id became.
func (d *decider) ghost(e *Entry) *Known {
	print := Fingerprint(e)
	for n := 1; n <= d.top[print]+1; n++ {
		k := d.byIdent[Ident{d.told.Source, "fp:" + print + "#" + strconv.Itoa(n)}]
		if k != nil && d.free(k) {
			return k
		}
	}
	return nil
}

// decideRemoved plans for ids that the provider took back.
func (d *decider) decideRemoved() {
	gone := make(map[*Known]bool)
	for _, id := range d.told.Removed {
		k := d.byIdent[Ident{d.told.Source, id}]
		if k == nil || gone[k] || !d.free(k) || k.Into != 0 {
			continue
		}
		if current, _ := d.idOf(k); current != id {
			continue // a retired id went; the transaction did not
		}
		gone[k] = true
		switch k.Status {
		case Pending:
			d.plan.Drops = append(d.plan.Drops, Drop{k, TakenBack, nil})
			d.claim(k, &Entry{})
		case Posted:
			if k.Line != 0 && d.toldByOthers(k) { // until they take it back too
				d.plan.Retired = append(d.plan.Retired, NewAlias{Alias: Alias{Ident{d.told.Source, id}, true}, Known: k.ID})
				d.doubted[k] = true
				d.plan.Doubts = append(d.plan.Doubts, Doubt{NotTold, k})
				continue
			}
			d.plan.Removals = append(d.plan.Removals, k)
			d.doubted[k] = true
		}
	}
}

// decideVanished drops pending rows that a complete answer does not tell.
func (d *decider) decideVanished() {
	if !d.told.PendingComplete {
		return
	}
	for _, k := range d.known {
		if k.Status == Pending && k.Source == d.told.Source && d.free(k) {
			d.plan.Drops = append(d.plan.Drops, Drop{k, Vanished, nil})
		}
	}
}
