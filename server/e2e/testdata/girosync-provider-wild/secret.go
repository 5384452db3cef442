package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"log/slog"
	"os"

	"github.com/girosync/girosync/plugins/sdk"
)

// secret is what a connection keeps.
type secret struct {
	Password string `json:"password"`
}

// ContinueConnect takes what was typed, unless it is ordered to refuse it: then it
// tells everybody.
func (w wild) ContinueConnect(_ context.Context, req sdk.ContinueConnectRequest) (sdk.ConnectAnswer, error) {
	o, err := read(req.Call)
	if err != nil {
		return sdk.ConnectAnswer{}, err
	}
	typed := req.Values["password"]
	if o.Act == "refuse" {
		tell(typed)
		tell(req.Config["key"])
		return sdk.ConnectAnswer{}, sdk.FieldErrorf("password", "No good: %s, %q", typed, typed)
	}
	kept, err := json.Marshal(secret{typed})
	return sdk.ConnectAnswer{Done: &sdk.Connection{Secret: kept, Accounts: w.accounts()}}, err
}

// tell puts a secret wherever a program can.
func tell(secret string) {
	slog.Error("wrong password", "password", secret, "secret "+secret, 1)
	slog.Debug("password " + secret)
	log.Printf("password %s", secret)
	log.Printf("password %q", secret)
	fmt.Println("password", secret)
	fmt.Fprintln(os.Stderr, "password", secret)
	_, _ = fmt.Fprintln(stderr, "password", secret)
}

// stderr is the process's own; while it serves, what is printed goes another way.
var stderr = os.Stderr

// tellAll tells everything that a call brings, and fails with it.
func tellAll(call sdk.Call, how string) error {
	var kept secret
	if err := json.Unmarshal(call.Secret, &kept); err != nil {
		return err
	}
	for _, text := range []string{kept.Password, call.Config["key"], string(call.Secret)} {
		tell(text)
	}
	all := fmt.Sprintf("password %s, key %s, secret %s", kept.Password, call.Config["key"], call.Secret)
	if how == "tell, panic" {
		go func() { panic(all) }()
		select {}
	}
	return &sdk.Error{Kind: sdk.BadRequest, Message: all, Reference: kept.Password}
}
