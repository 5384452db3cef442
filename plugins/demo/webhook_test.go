package demo_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/girosync/girosync/plugins/demo"
	"github.com/girosync/girosync/plugins/sdk"
)

func TestNotificationsAreProven(t *testing.T) {
	now := time.Date(2026, 3, 17, 12, 0, 0, 0, time.UTC)
	ask := func(body []byte, signature string, config map[string]string) (sdk.WebhookAnswer, error) {
		return demo.New().HandleWebhook(t.Context(), sdk.WebhookRequest{Call: sdk.Call{Config: config, Now: now},
			Headers: map[string][]string{strings.ToLower(demo.SignatureHeader): {signature}}, Body: body})
	}
	configured := map[string]string{"webhook_key": "k"}
	sent := func(event sdk.WebhookKind, at time.Time) []byte {
		body, err := json.Marshal(demo.Notification{Connection: "c1", Event: event, Message: "news", Until: now.Add(time.Hour), SentAt: at})
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	body := sent(sdk.WebhookConsent, now.Add(-4*time.Minute))
	answer, err := ask(body, demo.Sign("k", body), configured)
	want := sdk.WebhookEvent{ExternalID: "c1", Kind: sdk.WebhookConsent, Message: "news", ConsentUntil: now.Add(time.Hour)}
	if err != nil || len(answer.Events) != 1 || answer.Events[0] != want {
		t.Errorf("told %+v, %v", answer, err)
	}
	unknown := sent("moon", now)
	if answer, err := ask(unknown, demo.Sign("k", unknown), configured); err != nil || len(answer.Events) != 0 {
		t.Errorf("an event that nobody knows: %+v, %v", answer, err)
	}
	old, ahead := sent(sdk.WebhookUpdate, now.Add(-6*time.Minute)), sent(sdk.WebhookUpdate, now.Add(6*time.Minute))
	for name, c := range map[string]struct {
		body      []byte
		signature string
		config    map[string]string
	}{
		"another key":     {body, demo.Sign("other", body), configured},
		"changed":         {append([]byte(" "), body...), demo.Sign("k", body), configured},
		"unsigned":        {body, "", configured},
		"old":             {old, demo.Sign("k", old), configured},
		"from the future": {ahead, demo.Sign("k", ahead), configured},
		"no JSON":         {[]byte("{"), demo.Sign("k", []byte("{")), configured},
		"no key":          {body, demo.Sign("", body), nil},
	} {
		if answer, err := ask(c.body, c.signature, c.config); sdk.KindOf(err) != sdk.BadRequest || len(answer.Events) != 0 {
			t.Errorf("%s: %+v, %v", name, answer, err)
		}
	}
}
