// Command odd is a provider that misbehaves on request. The tests of
// plugins/host build and run it; a call's setting "do" says what it does, the
// environment variable ODD_START what it does while starting.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/girosync/girosync/plugins/sdk"
	"github.com/girosync/girosync/plugins/sdk/serve"
)

func main() {
	switch os.Getenv("ODD_START") {
	case "exit":
		fmt.Fprintln(os.Stderr, "panic: no license found")
		os.Exit(3)
	case "hang":
		time.Sleep(time.Hour)
	case "print":
		fmt.Println("Welcome to odd, the friendly provider!")
		fmt.Println(strings.Repeat("x", 200_000))
	case "nonsense":
		fmt.Println("1|2|3")
		time.Sleep(time.Hour)
	}
	serve.Serve(odd{})
}

// stderr is the process's own: while it serves, go-plugin passes on what is
// printed to os.Stderr in another way.
var stderr = os.Stderr

type odd struct{}

func (odd) Describe(context.Context) (sdk.Description, error) {
	name := "odd"
	if os.Getenv("ODD_START") == "alias" {
		name = "even"
	}
	return sdk.Description{
		Name:        name,
		DisplayName: "Odd",
		Version:     "1.2.3",
		Regions:     []string{"BE"},
		Settings:    []sdk.Field{{Name: "do", Label: "Do", Kind: sdk.TextField}},
	}, nil
}

func (odd) StartConnect(_ context.Context, req sdk.StartConnectRequest) (sdk.ConnectAnswer, error) {
	return sdk.ConnectAnswer{
		FlowState: []byte("flow-state-of-" + req.InstitutionID),
		Step:      &sdk.Step{Kind: sdk.StepForm, Fields: []sdk.Field{{Name: "password", Kind: sdk.SecretField}}},
	}, nil
}

// ContinueConnect puts what must not be told into log and error.
func (odd) ContinueConnect(_ context.Context, req sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
	log.Printf("password is %s", req.Values["password"])
	slog.Error("wrong password", "password", req.Values["password"], "state", string(req.FlowState))
	fmt.Fprintf(os.Stderr, "stderr says %s\n", req.Values["password"])
	fmt.Printf("stdout says %s\n", req.Values["password"])
	return sdk.ConnectAnswer{}, &sdk.Error{Kind: sdk.BadRequest, Field: "password", Message: "not good: " + req.Values["password"]}
}

// ListAccounts answers with what the test wants to know of the process.
func (odd) ListAccounts(ctx context.Context, req sdk.ListAccountsRequest) (sdk.AccountList, error) {
	account := func(id, name string) sdk.AccountList {
		return sdk.AccountList{Accounts: []sdk.Account{{ID: id, Name: name, Currency: "EUR", Kind: sdk.Checking}}}
	}
	switch req.Config["do"] {
	case "crash":
		os.Exit(4)
	case "panic":
		panic("the secret is " + string(req.Secret))
	case "panic elsewhere":
		go func() { panic("index out of range") }()
		<-ctx.Done()
	case "hang":
		select {}
	case "wait":
		<-ctx.Done()
		return sdk.AccountList{}, ctx.Err()
	case "sleep":
		time.Sleep(50 * time.Millisecond)
	case "environment":
		env, err := json.Marshal(os.Environ())
		return account("env", string(env)), err
	case "files":
		list, err := filepath.Glob("/proc/self/fd/*")
		for i, file := range list {
			list[i], _ = os.Readlink(file) // the folder's own is closed again
		}
		return account("files", strings.Join(list, "\n")), err
	case "stdin":
		in, err := io.ReadAll(os.Stdin)
		return account("stdin", strconv.Itoa(len(in))), err
	case "pid":
		return account(strconv.Itoa(os.Getpid()), "pid"), nil
	case "child":
		child := exec.Command("/bin/sleep", "1000")
		child.Stdout, child.Stderr = os.Stdout, os.Stderr
		if err := child.Start(); err != nil {
			return sdk.AccountList{}, err
		}
		return account(strconv.Itoa(child.Process.Pid), "child"), nil
	case "runaway": // leaves group and parents, and forgets whose it is
		out, err := exec.Command("/bin/sh", "-c", "setsid sleep 1000 >/dev/null 2>&1 & echo $!").Output()
		return account(strings.TrimSpace(string(out)), "runaway"), err
	case "runaway, heard": // it holds what its parent wrote to
		child := exec.Command("/bin/sh", "-c", "setsid sleep 1000 &")
		child.Stdout, child.Stderr = stderr, stderr
		return account(os.Getenv("GIROSYNC_PLUGIN"), "runaway"), child.Run()
	case "hopping": // each begins the next one, in a session of its own, and ends
		hop := exec.Command("/bin/sh", "-c", `hop='n=$((n+1)); [ $n -gt 5000 ] || setsid sh -c "$hop" >/dev/null 2>&1 &'; export n hop; eval "$hop"`)
		return account(os.Getenv("GIROSYNC_PLUGIN"), "hopping"), hop.Run()
	case "leak":
		var kept [][]byte
		for {
			kept = append(kept, bytes.Repeat([]byte{1}, 8<<20))
			time.Sleep(10 * time.Millisecond)
			runtime.KeepAlive(kept)
		}
	case "who":
		priority, _ := syscall.Getpriority(syscall.PRIO_PROCESS, 0)
		var core syscall.Rlimit
		err := syscall.Getrlimit(syscall.RLIMIT_CORE, &core)
		return account(fmt.Sprintf("uid %d nice %d core %d", os.Getuid(), 20-priority, core.Cur), "who"), err
	case "flood":
		line := strings.Repeat("flood ", 100)
		for range 100_000 {
			slog.Info(line)
		}
		os.Stderr.Write(bytes.Repeat([]byte("y"), 1<<20))
		for range 1000 {
			fmt.Println("printed flood")
		}
	case "records":
		sayRecords()
	case "say panic":
		fmt.Fprintln(stderr, "panic: only said")
	case "say panic, log, crash":
		fmt.Fprintln(stderr, "panic: only said")
		slog.Info("nothing happened")
		os.Exit(4)
	case "no currency":
		return sdk.AccountList{Accounts: []sdk.Account{{ID: "1"}}}, nil
	case "fail":
		return sdk.AccountList{}, &sdk.Error{Kind: sdk.RateLimited, Message: "slow down", Until: req.Now.Add(time.Hour)}
	case "bare":
		return sdk.AccountList{}, fmt.Errorf("GET https://bank/?token=%s: refused", req.Secret)
	case "rotate":
		return account("1", "rotated"), req.SaveSecret([]byte("rotated-secret"))
	case "rotate, then crash":
		_ = req.SaveSecret([]byte("rotated-secret"))
		os.Exit(4)
	case "rotate, then hang":
		_ = req.SaveSecret([]byte("rotated-secret"))
		select {}
	case "rotate when ended":
		_ = req.SaveSecret([]byte("waiting"))
		<-ctx.Done()
		_ = req.SaveSecret([]byte("rotated-secret"))
		return sdk.AccountList{}, ctx.Err()
	}
	return account("1", "one"), nil
}

// sayRecords logs in all the ways that programs do.
func sayRecords() {
	slog.Info("numbers", "whole", 1234567, "large", int64(9007199254740993), "money", json.Number("1234567.10"),
		slog.Group("nested", "id", int64(20261130123456789)))
	fmt.Fprintln(stderr, "[WARN] a line of text")
	fmt.Fprintln(stderr, "no mark")
	fmt.Fprintln(stderr, `{"message": "another program's"}`)
	fmt.Fprintln(stderr, `{"@level": "error", "@message": 17, "whole": 1}`)
	slog.Error("long message " + strings.Repeat("m", 10_000))
	slog.Error("endless message " + strings.Repeat("m", 100_000))
	slog.Error("long value", "body", strings.Repeat("v", 50_000))
	fmt.Fprintln(stderr, "panic: caught")
	fmt.Fprintln(stderr, "goroutine 7 [running]:")
	slog.Info("alive")
	fmt.Fprintln(stderr, "said all")
}

// FetchTransactions gives "n" transactions in pages, then does "do".
func (odd) FetchTransactions(ctx context.Context, req sdk.FetchRequest, emit func(sdk.Batch) error) error {
	n, _ := strconv.Atoi(req.Config["n"])
	size := max(req.PageSize, 1)
	page := make([]sdk.Transaction, 0, size)
	for i := 0; i < n; i++ {
		page = append(page, transaction(i))
		if len(page) == size {
			if err := emit(sdk.Batch{Booked: page, HasMore: true, Of: n}); err != nil {
				return err
			}
			page = page[:0]
		}
	}
	switch req.Config["do"] {
	case "crash":
		os.Exit(4)
	case "hang":
		select {}
	case "negative":
		page = append(page, transaction(0))
		page[len(page)-1].Amount = "-1.00"
	case "bytes":
		page = append(page, transaction(0))
		page[len(page)-1].Reference = "\xff\xfe"
	case "sideways":
		page = append(page, transaction(0))
		page[len(page)-1].Direction = "sideways"
	case "no end":
		return emit(sdk.Batch{Booked: page, HasMore: true})
	case "endless":
		for ctx.Err() == nil {
			if err := emit(sdk.Batch{Booked: page, HasMore: true}); err != nil {
				return err
			}
		}
	}
	return emit(sdk.Batch{Booked: page, Cursor: []byte("done")})
}

// ReadStatements tells how long a file is, once it has read all of it.
func (odd) ReadStatements(_ context.Context, _ sdk.ReadRequest, file io.Reader, emit func(sdk.StatementBatch) error) error {
	text, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	return emit(sdk.StatementBatch{Format: "odd", Number: strconv.Itoa(len(text)), Account: sdk.Account{ID: "1", Currency: "EUR",
		Kind: sdk.Checking}})
}

func (odd) Refresh(context.Context, sdk.RefreshRequest) (sdk.RefreshAnswer, error) {
	return sdk.RefreshAnswer{}, nil
}

func transaction(i int) sdk.Transaction {
	return sdk.Transaction{
		ID:            "transaction-" + strconv.Itoa(i),
		Date:          sdk.Date{Year: 2026, Month: 3, Day: 1 + i/1000%28},
		ValueDate:     sdk.Date{Year: 2026, Month: 3, Day: 1 + i/1000%28},
		Amount:        strconv.Itoa(i%5000) + ".25",
		Direction:     sdk.Out,
		Currency:      "EUR",
		Counterparty:  "Bakery at the corner",
		CounterNumber: "BE68539007547034",
		Reference:     "Bread and two rolls, thank you " + strconv.Itoa(i),
		EndToEndID:    "NOTPROVIDED",
	}
}
