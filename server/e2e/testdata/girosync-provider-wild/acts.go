package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
)

// act does what is ordered, with the batch that comes next.
func (o orders) act(next *sdk.Batch, emit func(sdk.Batch) error) error {
	switch o.Act {
	case "ask":
		return o.ask(emit)
	case "exit":
		os.Exit(4)
	case "panic":
		go func() { panic("the bank is on fire") }()
		select {}
	case "hang":
		select {}
	case "leak":
		leak()
	case "flood":
		flood()
	case "no end":
		next.HasMore, next.Cursor = false, nil
		return fmt.Errorf("the bank's answer ends here")
	case "negative", "sideways", "bytes":
		next.Booked = append(next.Booked, garbage(o.Act))
	case "child":
		return start("sleep 1000")
	case "child, exit":
		err := start("sleep 1000")
		os.Exit(4)
		return err
	case "runaway":
		return start("setsid sleep 1000")
	case "runaway, exit":
		err := start("setsid sleep 1000")
		os.Exit(4)
		return err
	case "hopping":
		return exec.Command("/bin/sh", "-c", hopper).Run()
	}
	return nil
}

// hopper moves on from process to process: each begins the next one, in a session
// of its own, and ends. It ends by itself long after a test has seen it live.
const hopper = `n=0; hop='n=$((n+1)); sleep 0.01; [ $n -gt 20000 ] || setsid sh -c "$hop" >/dev/null 2>&1 &'; export n hop; eval "$hop"`

// ask tells the test where this process is and waits for its word. Meanwhile it
// says now and then that it is there.
func (o orders) ask(emit func(sdk.Batch) error) error {
	test, err := net.Dial("tcp", o.Gate)
	if err != nil {
		return err
	}
	defer test.Close()
	if _, err := fmt.Fprintln(test, os.Getpid()); err != nil {
		return err
	}
	for {
		if err := test.SetReadDeadline(time.Now().Add(time.Second)); err != nil {
			return err
		}
		_, err := test.Read(make([]byte, 1))
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
		if err := emit(sdk.Batch{HasMore: true}); err != nil {
			return err
		}
	}
}

// start begins a process and lets its parent end.
func start(command string) error { return exec.Command("/bin/sh", "-c", command+" &").Run() }

func leak() {
	var kept [][]byte
	for {
		kept = append(kept, bytes.Repeat([]byte{1}, 4<<20))
		time.Sleep(5 * time.Millisecond)
		runtime.KeepAlive(kept)
	}
}

func flood() {
	line := strings.Repeat("flood ", 40)
	for range 20_000 {
		slog.Info(line)
	}
	fmt.Fprint(os.Stderr, strings.Repeat("y", 1<<20))
	for range 5000 {
		fmt.Println(line)
	}
}

func garbage(kind string) sdk.Transaction {
	t := sdk.Transaction{ID: "garbage", Date: sdk.Date{Year: 2026, Month: 3, Day: 1}, Amount: "1.00", Direction: sdk.In, Currency: "EUR"}
	switch kind {
	case "negative":
		t.Amount = "-1.00"
	case "sideways":
		t.Direction = "sideways"
	case "bytes":
		t.Reference = "\xff\xfe"
	}
	return t
}
