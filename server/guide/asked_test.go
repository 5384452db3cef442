package guide_test

import (
	"maps"
	"regexp"
	"strconv"
)

// asked is how often each method of the demo provider was called, as the host's
// metrics tell an administrator.
type asked map[string]int

var pluginCall = regexp.MustCompile(`(?m)^girosync_plugin_calls_total\{method="(\w+)",outcome="\w+",plugin="demo"\} ([0-9]+)$`)

func (o *office) asked() asked {
	o.t.Helper()
	status, text := o.visit(o.url + "/metrics")
	if status != 200 {
		o.t.Fatalf("metrics: %d", status)
	}
	calls := asked{}
	for _, found := range pluginCall.FindAllStringSubmatch(text, -1) {
		n, err := strconv.Atoi(found[2])
		if err != nil {
			o.t.Fatal(err)
		}
		calls[found[1]] += n
	}
	return calls
}

// since is what was called after an earlier count.
func (a asked) since(before asked) asked {
	more := maps.Clone(a)
	for method, n := range before {
		if more[method] -= n; more[method] == 0 {
			delete(more, method)
		}
	}
	return more
}
