// Command wsload opens many sockets to a host's bus, lets one call make one
// message, and prints how long it took until the clients had read it. It is a
// process of its own, so that ten thousand sockets fit beside the host's.
package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
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

// result is when clients had the message, in milliseconds after the call was sent.
type result struct {
	Clients int     `json:"clients"`
	First   float64 `json:"first_ms"`
	Median  float64 `json:"median_ms"`
	Last    float64 `json:"last_ms"`
}

func (o options) run() error {
	sockets, err := o.connect()
	if err != nil {
		return err
	}
	defer func() {
		for _, s := range sockets {
			s.Close()
		}
	}()
	// Subscriptions are not acknowledged: a first message that everybody has
	// seen tells that all of them stand, and the host is at rest again.
	if _, err := o.round(sockets); err != nil {
		return err
	}
	time.Sleep(2 * time.Second)
	told, err := o.round(sockets)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(os.Stdout).Encode(told); err != nil || !o.hold {
		return err
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// round makes a message and waits until every socket has it.
func (o options) round(sockets []*websocket.Conn) (result, error) {
	marker := rand.Text()
	arrived := make([]time.Time, len(sockets))
	var waiting sync.WaitGroup
	for i, s := range sockets {
		waiting.Go(func() {
			_ = s.SetReadDeadline(time.Now().Add(time.Minute))
			for { // what came before is of no interest
				_, data, err := s.ReadMessage()
				if err != nil {
					return
				}
				if bytes.Contains(data, []byte(marker)) {
					arrived[i] = time.Now()
					return
				}
			}
		})
	}
	began := time.Now()
	response, err := http.Post(o.post, "application/json", strings.NewReader(strings.ReplaceAll(o.body, "MARKER", marker)))
	if err != nil {
		return result{}, err
	}
	response.Body.Close()
	waiting.Wait()
	return summary(began, arrived)
}

func summary(began time.Time, arrived []time.Time) (result, error) {
	after := make([]float64, len(arrived))
	for i, at := range arrived {
		if at.IsZero() {
			return result{}, fmt.Errorf("socket %d of %d got nothing", i, len(arrived))
		}
		after[i] = float64(at.Sub(began)) / float64(time.Millisecond)
	}
	slices.Sort(after)
	return result{len(after), after[0], after[len(after)/2], after[len(after)-1]}, nil
}

// connect opens the sockets, some at a time, and subscribes each.
func (o options) connect() ([]*websocket.Conn, error) {
	header := http.Header{"Cookie": {o.cookie}, "Origin": {o.origin}}
	wish, err := json.Marshal(map[string]any{"event_name": "subscribe",
		"data": map[string]any{"channels": strings.Split(o.channels, ","), "last": 1 << 40}})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	dialer := websocket.Dialer{ReadBufferSize: 512, WriteBufferSize: 512, WriteBufferPool: &sync.Pool{}}
	sockets := make([]*websocket.Conn, o.n)
	errs := make(chan error, 1)
	slots := make(chan struct{}, 32)
	var dialing sync.WaitGroup
	for i := range sockets {
		slots <- struct{}{}
		dialing.Go(func() {
			defer func() { <-slots }()
			s, _, err := dialer.DialContext(ctx, o.url, header)
			if err == nil {
				err = s.WriteMessage(websocket.TextMessage, wish)
			}
			if err != nil {
				select {
				case errs <- fmt.Errorf("socket %d: %w", i, err):
				default:
				}
				return
			}
			sockets[i] = s
		})
	}
	dialing.Wait()
	select {
	case err := <-errs:
		return nil, err
	default:
		return sockets, nil
	}
}
