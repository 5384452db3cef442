package camt

import "github.com/girosync/girosync/plugins/files/statement"

// tree is one element with everything below it, kept in two slices that are
// used again for the next element.
type tree struct {
	nodes []node
	text  []byte
}

// node is an element. Links are indexes into tree.nodes; 0 is none, since
// node 0 is the root and nobody's child.
type node struct {
	name               string
	parent, next       int32
	first, last        int32
	textFrom, textUpTo int32
	currency           string // attribute Ccy
	line               int
}

// element is a place in a tree; the zero element is absent, and so is
// everything below it.
type element struct {
	tree *tree
	at   int32
}

func (t *tree) reset() {
	t.nodes = t.nodes[:0]
	t.text = t.text[:0]
}

// open adds an element below parent and returns its index.
func (t *tree) open(name, currency string, parent int32, line int) int32 {
	at := int32(len(t.nodes))
	t.nodes = append(t.nodes, node{name: name, parent: parent, currency: currency, line: line})
	if at == 0 {
		return at
	}
	if up := &t.nodes[parent]; up.first == 0 {
		up.first, up.last = at, at
	} else {
		t.nodes[up.last].next = at
		up.last = at
	}
	return at
}

// write sets an element's text; a second piece of text is added to the first
// only when nothing came between them.
func (t *tree) write(at int32, text []byte) {
	n := &t.nodes[at]
	if n.textUpTo == 0 || n.textUpTo != int32(len(t.text)) {
		n.textFrom = int32(len(t.text))
	}
	t.text = append(t.text, text...)
	n.textUpTo = int32(len(t.text))
}

func (t *tree) root() element { return element{t, 0} }

func (e element) ok() bool { return e.tree != nil }

// child returns the first element at a path below e.
func (e element) child(path ...string) element {
	for _, name := range path {
		if !e.ok() {
			return element{}
		}
		e = e.tree.seek(e.tree.nodes[e.at].first, name)
	}
	return e
}

// nextNamed returns the next sibling of the same name.
func (e element) nextNamed() element {
	n := &e.tree.nodes[e.at]
	return e.tree.seek(n.next, n.name)
}

func (t *tree) seek(at int32, name string) element {
	for at != 0 {
		if t.nodes[at].name == name {
			return element{t, at}
		}
		at = t.nodes[at].next
	}
	return element{}
}

// text returns the text of the first element at a path below e, trimmed.
func (e element) value(path ...string) string {
	e = e.child(path...)
	if !e.ok() {
		return ""
	}
	n := &e.tree.nodes[e.at]
	return trimmed(e.tree.text[n.textFrom:n.textUpTo])
}

// either returns the first of several values that is not empty.
func either(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

func (e element) currency() string {
	if !e.ok() {
		return ""
	}
	return statement.Currency(e.tree.nodes[e.at].currency)
}

func (e element) line() int {
	if !e.ok() {
		return 0
	}
	return e.tree.nodes[e.at].line
}

func trimmed(b []byte) string {
	for len(b) > 0 && b[0] <= ' ' {
		b = b[1:]
	}
	for len(b) > 0 && b[len(b)-1] <= ' ' {
		b = b[:len(b)-1]
	}
	return string(b)
}
