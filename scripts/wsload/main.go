// Command wsload opens many sockets to a host's bus, lets calls make a message
// each, and prints how long it took until the clients had read one. It is a
// process of its own, so that ten thousand sockets fit beside the host's, and
// reads them with as little effort as it can: what it does takes time from the
// host, which is on the same machine.
package main

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
)

func main() {
	var o options
	flag.StringVar(&o.url, "url", "", "address of the bus, ws://…")
	flag.IntVar(&o.n, "n", 1000, "how many sockets")
	flag.StringVar(&o.cookie, "cookie", "", "the session's cookie, NAME=VALUE")
	flag.StringVar(&o.origin, "origin", "", "origin that the sockets claim")
	flag.StringVar(&o.channels, "channels", "", "channels to listen to, separated by commas")
	flag.StringVar(&o.post, "post", "", "address of the call that makes a message")
	flag.StringVar(&o.body, "body", "", "that call's body; MARKER in it becomes a text that tells the message from others")
	flag.BoolVar(&o.hold, "hold", false, "keep the sockets open until standard input ends")
	flag.Parse()
	if err := o.run(); err != nil {
		fmt.Fprintln(os.Stderr, "wsload:", err)
		os.Exit(1)
	}
}

type options struct {
	url, cookie, origin, channels, post, body string
	n                                         int
	hold                                      bool
}

// rounds is how many messages are made; the one in the middle is told.
const rounds = 3

// result is when clients had the message, in milliseconds after the call was sent.
type result struct {
	Clients int     `json:"clients"`
	First   float64 `json:"first_ms"`
	Median  float64 `json:"median_ms"`
	Last    float64 `json:"last_ms"`
}

func (o options) run() error {
	crowd, err := o.connect()
	if err != nil {
		return err
	}
	defer crowd.close()
	// Subscriptions are not acknowledged: a first message that everybody has
	// seen tells that all of them stand, and the host is at rest again.
	if _, err := o.round(crowd); err != nil {
		return err
	}
	time.Sleep(2 * time.Second)
	told := make([]result, rounds)
	for i := range told {
		if told[i], err = o.round(crowd); err != nil {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
	slices.SortFunc(told, func(a, b result) int { return cmp.Compare(a.Last, b.Last) })
	if err := json.NewEncoder(os.Stdout).Encode(told[rounds/2]); err != nil || !o.hold {
		return err
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// round makes a message and waits until every socket has it.
func (o options) round(crowd *crowd) (result, error) {
	marker := rand.Text()
	sent := make(chan error, 1)
	began := time.Now()
	go func() { sent <- o.say(marker) }()
	arrived, err := crowd.hear([]byte(marker))
	if err := errors.Join(<-sent, err); err != nil {
		return result{}, err
	}
	return summary(began, arrived)
}

// say makes a message by a call.
func (o options) say(marker string) error {
	response, err := http.Post(o.post, "application/json", strings.NewReader(strings.ReplaceAll(o.body, "MARKER", marker)))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && (response.StatusCode != http.StatusOK || bytes.Contains(text, []byte(`"error"`))) {
		err = fmt.Errorf("the call that makes a message: %s %.300s", response.Status, text)
	}
	return err
}

func summary(began time.Time, arrived []time.Time) (result, error) {
	after := make([]float64, len(arrived))
	for i, at := range arrived {
		after[i] = float64(at.Sub(began)) / float64(time.Millisecond)
	}
	slices.Sort(after)
	return result{len(after), after[0], after[len(after)/2], after[len(after)-1]}, nil
}
