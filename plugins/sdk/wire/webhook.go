package wire

import (
	"fmt"
	"maps"
	"slices"

	"github.com/girosync/girosync/plugins/sdk"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

// headersToWire sorts, so that equal requests have equal bytes. A stranger may
// have sent bytes that are no text.
func headersToWire(headers map[string][]string) []*pb.Header {
	var to []*pb.Header
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		to = append(to, &pb.Header{Name: utf8Text(name), Values: all(headers[name], utf8Text)})
	}
	return to
}

func headersFromWire(headers []*pb.Header) map[string][]string {
	to := make(map[string][]string, len(headers))
	for _, h := range headers {
		to[h.GetName()] = append(to[h.GetName()], h.GetValues()...)
	}
	return to
}

func webhookToWire(a sdk.WebhookAnswer) *pb.HandleWebhookResponse {
	return &pb.HandleWebhookResponse{
		Events: all(a.Events, webhookEventToWire),
		Status: int64(a.Status),
		Body:   a.Body,
	}
}

func webhookFromWire(a *pb.HandleWebhookResponse) (sdk.WebhookAnswer, error) {
	if s := a.GetStatus(); s != 0 && (s < 100 || s > 599) {
		return sdk.WebhookAnswer{}, fmt.Errorf("status %d is none of HTTP's", s)
	}
	events, err := each("event", a.GetEvents(), webhookEventFromWire)
	if err != nil {
		return sdk.WebhookAnswer{}, err
	}
	return sdk.WebhookAnswer{Events: events, Status: int(a.GetStatus()), Body: a.GetBody()}, nil
}

func webhookEventToWire(e sdk.WebhookEvent) *pb.WebhookEvent {
	return &pb.WebhookEvent{
		ExternalId:   e.ExternalID,
		Kind:         webhookKinds.toWire(e.Kind),
		Message:      e.Message,
		ConsentUntil: timeToWire(e.ConsentUntil),
	}
}

func webhookEventFromWire(e *pb.WebhookEvent) (sdk.WebhookEvent, error) {
	kind, err := webhookKinds.fromWire("kind", e.GetKind())
	if err != nil {
		return sdk.WebhookEvent{}, err
	}
	until, err := timeFromWire("consent_until", e.GetConsentUntil())
	if err != nil {
		return sdk.WebhookEvent{}, err
	}
	return sdk.WebhookEvent{ExternalID: e.GetExternalId(), Kind: kind, Message: e.GetMessage(), ConsentUntil: until}, nil
}
