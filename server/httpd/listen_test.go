package httpd_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/girosync/girosync/server/httpd"
)

func TestServeFinishesCallsUnderWay(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	reached := make(chan struct{})
	slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(reached)
		<-ctx.Done()
		time.Sleep(50 * time.Millisecond)
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
