package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// crowd is many sockets that one goroutine reads.
type crowd struct {
	poll    int
	sockets []int
	index   map[int32]int
	rest    [][]byte // what came of a message that may not be whole
}

// connect opens the sockets, some at a time, and subscribes each.
func (o options) connect() (*crowd, error) {
	u, err := url.Parse(o.url)
	if err != nil {
		return nil, err
	}
	wish, err := json.Marshal(map[string]any{"event_name": "subscribe",
		"data": map[string]any{"channels": strings.Split(o.channels, ","), "last": 1 << 40}})
	if err != nil {
		return nil, err
	}
	greeting := "GET " + u.RequestURI() + " HTTP/1.1\r\nHost: " + u.Host + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: d2hvLWlzLWxpc3RlbmluZw==\r\nOrigin: " + o.origin + "\r\nCookie: " + o.cookie +
		"\r\n\r\n"
	address, err := resolve(u.Host)
	if err != nil {
		return nil, err
	}
	c := &crowd{sockets: make([]int, o.n), index: map[int32]int{}, rest: make([][]byte, o.n)}
	var next atomic.Int64
	var dialing sync.WaitGroup
	errs := make([]error, 32)
	for worker := range errs {
		dialing.Go(func() {
			for i := next.Add(1) - 1; i < int64(o.n) && errs[worker] == nil; i = next.Add(1) - 1 {
				c.sockets[i], errs[worker] = dial(address, greeting, wish)
			}
		})
	}
	dialing.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return c, c.watch()
}

func resolve(host string) (*syscall.SockaddrInet4, error) {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		return nil, err
	}
	ip := net.ParseIP(name).To4()
	number, err := strconv.Atoi(port)
	if ip == nil || err != nil {
		return nil, fmt.Errorf("%s is no IPv4 address with a port", host)
	}
	return &syscall.SockaddrInet4{Port: number, Addr: [4]byte(ip)}, nil
}

// dial opens a socket and sends what it wishes to hear.
func dial(address *syscall.SockaddrInet4, greeting string, wish []byte) (int, error) {
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		return 0, err
	}
	if err := syscall.Connect(socket, address); err != nil {
		return 0, err
	}
	if _, err := syscall.Write(socket, []byte(greeting)); err != nil {
		return 0, err
	}
	answer := make([]byte, 4096)
	n, err := syscall.Read(socket, answer)
	if err != nil {
		return 0, err
	}
	if !bytes.HasPrefix(answer[:n], []byte("HTTP/1.1 101")) {
		return 0, fmt.Errorf("handshake: %.200s", answer[:n])
	}
	frame := append([]byte{0x81, 0x80 | 126, byte(len(wish) >> 8), byte(len(wish)), 0, 0, 0, 0}, wish...) // masked with zeros
	if len(wish) < 126 {
		frame = append([]byte{0x81, 0x80 | byte(len(wish)), 0, 0, 0, 0}, wish...)
	}
	if _, err := syscall.Write(socket, frame); err != nil {
		return 0, err
	}
	return socket, syscall.SetNonblock(socket, true)
}

func (c *crowd) watch() (err error) {
	if c.poll, err = syscall.EpollCreate1(0); err != nil {
		return err
	}
	for i, socket := range c.sockets {
		c.index[int32(socket)] = i
		event := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(socket)}
		if err := syscall.EpollCtl(c.poll, syscall.EPOLL_CTL_ADD, socket, &event); err != nil {
			return err
		}
	}
	return nil
}

// longestSilence is after how long nothing more is waited for.
const longestSilence = time.Minute

// hear reads until every socket had a message with marker in it, and tells when
// each had it.
func (c *crowd) hear(marker []byte) ([]time.Time, error) {
	arrived := make([]time.Time, len(c.sockets))
	events := make([]syscall.EpollEvent, 512)
	piece := make([]byte, 64<<10)
	for left := len(arrived); left > 0; {
		n, err := syscall.EpollWait(c.poll, events, int(longestSilence/time.Millisecond))
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return nil, fmt.Errorf("%d of %d sockets got nothing", left, len(arrived))
		}
		for _, event := range events[:n] {
			i := c.index[event.Fd]
			size, err := syscall.Read(int(event.Fd), piece)
			if err != nil || size == 0 {
				return nil, fmt.Errorf("socket %d of %d closed: %w", i, len(arrived), err)
			}
			if c.heard(i, piece[:size], marker) && arrived[i].IsZero() {
				arrived[i] = time.Now()
				left--
			}
		}
	}
	return arrived, nil
}

// heard reports whether the marker is in what a socket got, also where it came in
// two pieces.
func (c *crowd) heard(i int, piece, marker []byte) bool {
	if len(c.rest[i]) > 0 {
		piece = append(c.rest[i], piece...)
	}
	if bytes.Contains(piece, marker) {
		c.rest[i] = nil
		return true
	}
	c.rest[i] = bytes.Clone(piece[max(0, len(piece)-len(marker)):])
	return false
}

func (c *crowd) close() {
	for _, socket := range c.sockets {
		_ = syscall.Close(socket)
	}
	_ = syscall.Close(c.poll)
}
