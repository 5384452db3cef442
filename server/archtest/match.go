package archtest

import (
	"path"
	"strings"
)

// matches reports whether a pattern of the plan takes in a path.
func matches(pattern, name string) bool {
	below, tree := strings.CutSuffix(pattern, "/...")
	want, have := strings.Split(below, "/"), strings.Split(name, "/")
	if len(have) < len(want) || len(have) > len(want) && !tree {
		return false
	}
	for i, part := range want {
		if ok, err := path.Match(part, have[i]); !ok || err != nil {
			return false
		}
	}
	return true
}

func matchesAny(patterns []string, name string) bool {
	for _, pattern := range patterns {
		if matches(pattern, name) {
			return true
		}
	}
	return false
}

// exactness orders patterns that take in the same path: more literal parts are
// more exact, then a path more than a tree.
func exactness(pattern string) int {
	points := 0
	for part := range strings.SplitSeq(strings.TrimSuffix(pattern, "/..."), "/") {
		switch {
		case part == "*":
			points += 10
		case strings.Contains(part, "*"):
			points += 20
		default:
			points += 30
		}
	}
	if strings.HasSuffix(pattern, "/...") {
		points -= 5
	}
	return points
}

// find returns the room of a package.
func find(rooms []room, pkg string) (room, bool) {
	var (
		best  room
		found bool
	)
	for _, r := range rooms {
		if matches(r.path, pkg) && (!found || exactness(r.path) > exactness(best.path)) {
			best, found = r, true
		}
	}
	return best, found
}

// sameRoom reports whether two packages share a room: for a provider its
// folder, for any other tree the tree.
func sameRoom(r room, a, b string) bool {
	if !strings.HasSuffix(r.path, "/...") {
		return a == b
	}
	depth := len(strings.Split(strings.TrimSuffix(r.path, "/..."), "/"))
	return firstParts(a, depth) == firstParts(b, depth)
}

func firstParts(name string, n int) string {
	parts := strings.Split(name, "/")
	return strings.Join(parts[:min(n, len(parts))], "/")
}
