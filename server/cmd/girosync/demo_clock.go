package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/girosync/girosync/server"
)

type demoClockCommand struct {
	place
	Listen string `help:"Address at which the demonstration listens." placeholder:"HOST:PORT"`
	Ahead  string `arg:"" optional:"" help:"How far, such as +30d or +12h."`
}

func (c *demoClockCommand) Run(ctx context.Context) error {
	config, err := c.load(c.Listen)
	if err != nil {
		return err
	}
	method, body := http.MethodGet, []byte(nil)
	if c.Ahead != "" {
		method = http.MethodPost
		if body, err = json.Marshal(map[string]string{"ahead": strings.TrimPrefix(c.Ahead, "+")}); err != nil {
			return err
		}
	}
	url := "http://" + config.Server.Listen + server.DemoClockPath
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("no demonstration answers at %s: %w", config.Server.Listen, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	var told struct{ Now time.Time }
	switch {
	case response.StatusCode == http.StatusBadRequest:
		return errors.New(strings.TrimSpace(string(text)))
	case response.StatusCode != http.StatusOK || json.Unmarshal(text, &told) != nil:
		return fmt.Errorf("what answers at %s is no demonstration: its clock cannot be put ahead", config.Server.Listen)
	}
	fmt.Printf("The demonstration's clock shows %s.\n", told.Now.Format("Monday 2 January 2006, 15:04 MST"))
	return nil
}
