package httpd_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/girosync/girosync/server/httpd"
)

func TestServeFinishesCallsUnderWay(t *testing.T) {
	open, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener := toldClosing{open, make(chan struct{})}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	reached := make(chan struct{})
	slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(reached)
		<-listener.closing // the end has begun
		_, _ = io.WriteString(w, "finished")
	})
	served := make(chan error, 1)
	go func() { served <- httpd.Serve(ctx, listener, slow) }()
	go func() { <-reached; stop() }()
	address := "http://" + listener.Addr().String()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err != nil || string(body) != "finished" {
		t.Errorf("the call under way got %q, %v", body, err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	if again, err := http.Get(address); err == nil {
		again.Body.Close()
		t.Error("it answers after its end")
	}
}

// toldClosing is a listener that tells when it is closed for the first time.
type toldClosing struct {
	net.Listener
	closing chan struct{}
}

func (l toldClosing) Close() error {
	select {
	case <-l.closing:
	default:
		close(l.closing)
	}
	return l.Listener.Close()
}

func TestServeSaysWhyItCannot(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	if err := httpd.Serve(t.Context(), listener, http.NotFoundHandler()); err == nil {
		t.Error("served on a closed listener")
	}
}

// A client that reads nothing of its answer holds the host no longer than a
// write may take.
func TestWhoDoesNotReadIsLeft(t *testing.T) {
	ended := make(chan error, 1)
	endless := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for part := make([]byte, 4096); ; {
			if _, err := w.Write(part); err != nil {
				ended <- err
				return
			}
		}
	})
	web := httptest.NewServer(httpd.Patient(endless, 100*time.Millisecond))
	defer web.Close()
	conn, err := net.Dial("tcp", web.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("it ended by %v", err)
	}
}
