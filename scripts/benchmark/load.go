package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
)

// wrkScript is what wrk sends, over and over.
func wrkScript(cookie, body string) string {
	header := ""
	if cookie != "" {
		header = fmt.Sprintf("wrk.headers[\"Cookie\"] = %q\n", cookie)
	}
	return "wrk.method = \"POST\"\nwrk.headers[\"Content-Type\"] = \"application/json\"\n" + header +
		"wrk.body = [==[" + body + "]==]\n" +
		"done = function(summary, latency, requests)\n" +
		"  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout\n" +
		"  io.write(string.format(\"RES rps %f p50 %fus err %d\\n\", summary.requests / (summary.duration / 1e6), " +
		"latency:percentile(50), failed))\n" +
		"end\n"
}

// result is what wrk prints at the end.
type result struct{ rps, p50 float64 }

func requestsPerSecond(r result) float64 { return r.rps }
func p50(r result) float64               { return r.p50 }

var printed = regexp.MustCompile(`RES rps ([\d.]+) p50 ([\d.]+)us.* err (\d+)`)

// load asks url with a number of clients for two seconds.
func load(ctx context.Context, url string, clients int, script string, what func(result) float64) (float64, error) {
	out, err := exec.CommandContext(ctx, "wrk", "-t1", "-c"+strconv.Itoa(clients), "-d2s", "-s", script, url).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("wrk: %w: %s", err, out)
	}
	found := printed.FindSubmatch(out)
	if found == nil {
		return 0, fmt.Errorf("wrk printed %q", out)
	}
	if string(found[3]) != "0" {
		return 0, fmt.Errorf("%s requests failed", found[3])
	}
	var r result
	r.rps, _ = strconv.ParseFloat(string(found[1]), 64)
	r.p50, _ = strconv.ParseFloat(string(found[2]), 64)
	return what(r), nil
}
