package wire

import (
	"fmt"

	"github.com/girosync/girosync/plugins/sdk"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

func connectToWire(a sdk.ConnectAnswer) *pb.ConnectResponse {
	to := &pb.ConnectResponse{FlowState: a.FlowState}
	switch {
	case a.Step != nil && a.Done == nil:
		to.Outcome = &pb.ConnectResponse_Step{Step: stepToWire(a.Step)}
	case a.Done != nil && a.Step == nil:
		to.Outcome = &pb.ConnectResponse_Done{Done: connectionToWire(a.Done)}
	}
	return to
}

func connectFromWire(a *pb.ConnectResponse) (sdk.ConnectAnswer, error) {
	to := sdk.ConnectAnswer{FlowState: a.GetFlowState()}
	var err error
	switch {
	case a.GetStep() != nil:
		to.Step, err = stepFromWire(a.GetStep())
	case a.GetDone() != nil:
		to.Done, err = connectionFromWire(a.GetDone())
	default:
		err = fmt.Errorf("neither exactly one step nor a connection")
	}
	if err != nil {
		return sdk.ConnectAnswer{}, err
	}
	return to, nil
}

func connectionToWire(c *sdk.Connection) *pb.Connection {
	return &pb.Connection{
		Secret:       c.Secret,
		ExternalId:   c.ExternalID,
		Accounts:     all(c.Accounts, accountToWire),
		ChosenSome:   c.Chosen != nil,
		Chosen:       c.Chosen,
		ConsentUntil: timeToWire(c.ConsentUntil),
		HistoryFrom:  c.HistoryFrom.String(),
		NextRefresh:  timeToWire(c.NextRefresh),
		NoAccounts:   noAccounts.toWire(c.Empty),
		Holder:       string(c.Holder),
	}
}

func connectionFromWire(c *pb.Connection) (to *sdk.Connection, err error) {
	to = &sdk.Connection{Secret: c.GetSecret(), ExternalID: c.GetExternalId(), Empty: noAccounts.known(c.GetNoAccounts()),
		Holder: holderFromWire(c.GetHolder())}
	if to.Accounts, err = each("account", c.GetAccounts(), accountFromWire); err != nil {
		return nil, err
	}
	if c.GetChosenSome() {
		to.Chosen = append([]string{}, c.GetChosen()...)
	}
	if to.ConsentUntil, err = timeFromWire("end of the consent", c.GetConsentUntil()); err != nil {
		return nil, err
	}
	var days dates
	if to.HistoryFrom, err = days.fromWire("history from", c.GetHistoryFrom()); err != nil {
		return nil, err
	}
	if to.NextRefresh, err = timeFromWire("next refresh", c.GetNextRefresh()); err != nil {
		return nil, err
	}
	return to, nil
}

func stepToWire(s *sdk.Step) *pb.Step {
	return &pb.Step{
		Kind:      stepKinds.toWire(s.Kind),
		Title:     s.Title,
		Text:      s.Text,
		Fields:    all(s.Fields, fieldToWire),
		Url:       s.URL,
		PollAfter: durationToWire(s.PollAfter),
		Accounts:  all(s.Accounts, accountToWire),
		ExpiresAt: timeToWire(s.ExpiresAt),

		NoAccounts: noAccounts.toWire(s.Empty),
	}
}

func stepFromWire(s *pb.Step) (to *sdk.Step, err error) {
	to = &sdk.Step{Title: s.GetTitle(), Text: s.GetText(), URL: s.GetUrl(), Empty: noAccounts.known(s.GetNoAccounts())}
	if to.Kind, err = stepKinds.fromWire("kind of step", s.GetKind()); err != nil {
		return nil, err
	}
	if to.Fields, err = each("field", s.GetFields(), fieldFromWire); err != nil {
		return nil, err
	}
	if to.PollAfter, err = durationFromWire("poll after", s.GetPollAfter()); err != nil {
		return nil, err
	}
	if to.Accounts, err = each("account", s.GetAccounts(), accountFromWire); err != nil {
		return nil, err
	}
	if to.ExpiresAt, err = timeFromWire("end of the step", s.GetExpiresAt()); err != nil {
		return nil, err
	}
	return to, nil
}

func fieldToWire(f sdk.Field) *pb.Field {
	return &pb.Field{
		Name:     f.Name,
		Label:    f.Label,
		Kind:     fieldKinds.toWire(f.Kind),
		Required: f.Required,
		Help:     f.Help,
		Default:  f.Default,
		Choices:  all(f.Choices, choiceToWire),
	}
}

func fieldFromWire(f *pb.Field) (sdk.Field, error) {
	if f.GetName() == "" {
		return sdk.Field{}, fmt.Errorf("name is missing")
	}
	kind, err := fieldKinds.fromWire("kind of "+quoted(f.GetName()), f.GetKind())
	if err != nil {
		return sdk.Field{}, err
	}
	return sdk.Field{
		Name:     f.GetName(),
		Label:    f.GetLabel(),
		Kind:     kind,
		Required: f.GetRequired(),
		Help:     f.GetHelp(),
		Default:  f.GetDefault(),
		Choices:  all(f.GetChoices(), choiceFromWire),
	}, nil
}

func choiceToWire(c sdk.Choice) *pb.Choice { return &pb.Choice{Value: c.Value, Label: c.Label} }

func choiceFromWire(c *pb.Choice) sdk.Choice {
	return sdk.Choice{Value: c.GetValue(), Label: c.GetLabel()}
}
