package wire_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/girosync/girosync/plugins/sdk"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

// raw answers with messages as they are, as a plugin in another language could.
type raw struct {
	pb.UnimplementedProviderServer
	describe *pb.DescribeResponse
	connect  *pb.ConnectResponse
	accounts []*pb.ListAccountsResponse
	refresh  *pb.RefreshResponse
	webhook  *pb.HandleWebhookResponse
	fetch    []*pb.FetchTransactionsResponse
	listed   *pb.ListInstitutionsResponse
	read     *pb.ReadStatementsResponse
	err      error
}

func (r *raw) Describe(context.Context, *pb.DescribeRequest) (*pb.DescribeResponse, error) {
	return r.describe, r.err
}

func (r *raw) StartConnect(_ *pb.StartConnectRequest, s grpc.ServerStreamingServer[pb.ConnectResponse]) error {
	return s.Send(r.connect)
}

func (r *raw) ListAccounts(_ *pb.ListAccountsRequest, s grpc.ServerStreamingServer[pb.ListAccountsResponse]) error {
	if r.err != nil {
		return r.err
	}
	return emitAll(r.accounts, s.Send)
}

func (r *raw) Refresh(_ *pb.RefreshRequest, s grpc.ServerStreamingServer[pb.RefreshResponse]) error {
	return s.Send(r.refresh)
}

func (r *raw) HandleWebhook(_ *pb.HandleWebhookRequest, s grpc.ServerStreamingServer[pb.HandleWebhookResponse]) error {
	return s.Send(r.webhook)
}

func (r *raw) FetchTransactions(_ *pb.FetchTransactionsRequest, s grpc.ServerStreamingServer[pb.FetchTransactionsResponse]) error {
	return emitAll(r.fetch, s.Send)
}

func (r *raw) ListInstitutions(_ *pb.ListInstitutionsRequest, s grpc.ServerStreamingServer[pb.ListInstitutionsResponse]) error {
	return s.Send(r.listed)
}

func (r *raw) ReadStatements(s grpc.BidiStreamingServer[pb.ReadStatementsRequest, pb.ReadStatementsResponse]) error {
	return s.Send(r.read)
}

func TestGarbageIsRefusedWithAReason(t *testing.T) {
	good := func() *pb.Transaction {
		return &pb.Transaction{Date: "2026-03-01", Amount: "1.00", Direction: pb.Direction_DIRECTION_IN}
	}
	with := func(change func(*pb.Transaction)) []*pb.FetchTransactionsResponse {
		bad := good()
		change(bad)
		return batches(&pb.Batch{Booked: []*pb.Transaction{good(), bad}})
	}
	acc := func(a *pb.Account) raw {
		return raw{accounts: []*pb.ListAccountsResponse{{Accounts: []*pb.Account{a}}}}
	}
	bal := func(b *pb.Balance) raw { return raw{fetch: batches(&pb.Batch{Balances: []*pb.Balance{b}})} }
	step := func(s *pb.Step) raw {
		return raw{connect: &pb.ConnectResponse{Outcome: &pb.ConnectResponse_Step{Step: s}}}
	}
	inst := func(i *pb.Institution) raw {
		return raw{listed: &pb.ListInstitutionsResponse{Institutions: []*pb.Institution{i}}}
	}
	stmt := func(b *pb.StatementBatch) raw {
		return raw{read: &pb.ReadStatementsResponse{Message: &pb.ReadStatementsResponse_Batch{Batch: b}}}
	}
	found := func(f *pb.Finding) raw { return stmt(&pb.StatementBatch{Findings: []*pb.Finding{f}}) }
	tests := []struct {
		name, method string
		answer       raw
		says         string
	}{
		{"no date", "FetchTransactions", raw{fetch: with(func(t *pb.Transaction) { t.Date = "" })},
			"booked transaction 2: date is missing"},
		{"30 February", "FetchTransactions", raw{fetch: with(func(t *pb.Transaction) { t.Date = "2026-02-30" })}, `date "2026-02-30"`},
		{"a date with a time", "FetchTransactions", raw{fetch: with(func(t *pb.Transaction) { t.Date = "2026-02-28T00:00:00Z" })},
			"YYYY-MM-DD"},
		{"month 13", "FetchTransactions", raw{fetch: with(func(t *pb.Transaction) { t.ValueDate = "2026-13-01" })}, "value date"},
		{"year 0", "FetchTransactions", raw{fetch: with(func(t *pb.Transaction) { t.Date = "0000-01-01" })}, "date"},
		{"letters in a date", "FetchTransactions", raw{fetch: with(func(t *pb.Transaction) { t.Date = "2026-0x-01" })}, "date"},
		{"negative", "FetchTransactions", raw{fetch: with(func(t *pb.Transaction) { t.Amount = "-1" })}, `amount "-1"`},
		{"no amount", "FetchTransactions", raw{fetch: with(func(t *pb.Transaction) { t.Amount = "" })}, "amount"},
		{"comma", "FetchTransactions", raw{fetch: with(func(t *pb.Transaction) { t.Amount = "1,00" })}, "amount"},
		{"exponent", "FetchTransactions", raw{fetch: with(func(t *pb.Transaction) { t.Amount = "1e9" })}, "amount"},
		{"two points", "FetchTransactions", raw{fetch: with(func(t *pb.Transaction) { t.Amount = "1.0.0" })}, "amount"},
		{"only a point", "FetchTransactions", raw{fetch: with(func(t *pb.Transaction) { t.Amount = "." })}, "amount"},
		{"no fraction", "FetchTransactions", raw{fetch: with(func(t *pb.Transaction) { t.Amount = "1." })}, "amount"},
		{"NaN", "FetchTransactions", raw{fetch: with(func(t *pb.Transaction) { t.Amount = "NaN" })}, "amount"},
		{"a long number", "FetchTransactions", raw{fetch: with(func(t *pb.Transaction) { t.Amount = strings.Repeat("9", 1000) })},
			"amount"},
		{"original amount", "FetchTransactions", raw{fetch: with(func(t *pb.Transaction) { t.OriginalAmount = "x" })}, "original amount"},
		{"original currency", "FetchTransactions", raw{fetch: with(func(t *pb.Transaction) { t.OriginalCurrency = "eur" })},
			"original currency"},
		{"rate", "FetchTransactions", raw{fetch: with(func(t *pb.Transaction) { t.Rate = "-1" })}, "rate"},
		{"currency", "FetchTransactions", raw{fetch: with(func(t *pb.Transaction) { t.Currency = "€" })}, "currency"},
		{"no direction", "FetchTransactions", raw{fetch: with(func(t *pb.Transaction) { t.Direction = 0 })}, "direction is missing"},
		{"unknown direction", "FetchTransactions", raw{fetch: with(func(t *pb.Transaction) { t.Direction = 77 })},
			"direction 77 is unknown"},
		{"pending", "FetchTransactions", raw{fetch: batches(&pb.Batch{Pending: []*pb.Transaction{{}}})}, "pending transaction 1"},
		{"modified", "FetchTransactions", raw{fetch: batches(&pb.Batch{Modified: []*pb.Transaction{{}}})}, "modified transaction 1"},
		{"no last batch", "FetchTransactions", raw{fetch: batches(&pb.Batch{HasMore: true})}, "ended before the last"},
		{"no batch at all", "FetchTransactions", raw{}, "ended before the last"},
		{"a batch too many", "FetchTransactions", raw{fetch: batches(&pb.Batch{}, &pb.Batch{})}, "after the last"},
		{"an empty message", "FetchTransactions", raw{fetch: []*pb.FetchTransactionsResponse{{}}}, "no known kind"},
		{"fewer than none", "FetchTransactions", raw{fetch: batches(&pb.Batch{Of: -1})}, "negative"},
		{"backwards", "FetchTransactions", raw{fetch: batches(&pb.Batch{From: "2026-03-02", To: "2026-03-01"})}, "backwards"},
		{"history", "FetchTransactions", raw{fetch: batches(&pb.Batch{HistoryFrom: "long ago"})}, "history"},
		{"no instant", "FetchTransactions", raw{fetch: batches(&pb.Batch{ProviderRefreshedAt: &timestamppb.Timestamp{Nanos: -1}})},
			"refresh"},
		{"balance of no kind", "FetchTransactions", bal(&pb.Balance{Amount: "1"}), "balance 1: kind is missing"},
		{"balance without amount", "FetchTransactions", bal(&pb.Balance{Kind: 1}), "amount"},
		{"balance in no currency", "FetchTransactions", bal(&pb.Balance{Kind: 1, Amount: "-1", Currency: "EURO"}), "currency"},
		{"balance of no day", "FetchTransactions", bal(&pb.Balance{Kind: 1, Amount: "-1", Date: "yesterday"}), "date"},
		{"account without id", "ListAccounts", acc(&pb.Account{Currency: "EUR"}), "id is missing"},
		{"account without currency", "ListAccounts", acc(&pb.Account{Id: "a"}), "currency"},
		{"account in no currency", "ListAccounts", acc(&pb.Account{Id: "a", Currency: "eur"}), "currency"},
		{"account of unknown kind", "ListAccounts", acc(&pb.Account{Id: "a", Currency: "EUR", Kind: 99}), "kind 99"},
		{"no answer", "ListAccounts", raw{}, "ended without one"},
		{"a secret and no answer", "StartConnect", raw{connect: &pb.ConnectResponse{NewSecret: []byte("new")}}, "neither"},
		{"a secret among two answers", "ListAccounts", raw{accounts: []*pb.ListAccountsResponse{{}, {NewSecret: []byte("new")}, {}}},
			"a second one"},
		{"two answers", "ListAccounts", raw{accounts: []*pb.ListAccountsResponse{{}, {}}}, "a second one"},
		{"neither step nor connection", "StartConnect", raw{connect: &pb.ConnectResponse{}}, "neither"},
		{"step of no kind", "StartConnect", step(&pb.Step{}), "kind of step"},
		{"poll in the past", "StartConnect", step(&pb.Step{Kind: 1, PollAfter: durationpb.New(-1)}), "poll after"},
		{"field without name", "StartConnect", step(&pb.Step{Kind: 1, Fields: []*pb.Field{{}}}), "field 1"},
		{"field of unknown kind", "StartConnect", step(&pb.Step{Kind: 1, Fields: []*pb.Field{{Name: "a", Kind: 50}}}), "50 is unknown"},
		{"institution without name", "ListInstitutions", inst(&pb.Institution{Id: "a"}), "institution 1"},
		{"institution nowhere", "ListInstitutions", inst(&pb.Institution{Id: "a", Name: "A", Countries: []string{"Belgium"}}), "country"},
		{"institution of unknown status", "ListInstitutions", inst(&pb.Institution{Id: "a", Name: "A", Status: 9}), "status 9"},
		{"institution with negative history", "ListInstitutions", inst(&pb.Institution{Id: "a", Name: "A", HistoryDays: -1}), "history"},
		{"refresh", "Refresh", raw{refresh: &pb.RefreshResponse{NextAllowed: &timestamppb.Timestamp{Seconds: 1 << 60}}}, "next refresh"},
		{"webhook status", "HandleWebhook", raw{webhook: &pb.HandleWebhookResponse{Status: 9000}}, "9000"},
		{"webhook event", "HandleWebhook", raw{webhook: &pb.HandleWebhookResponse{Events: []*pb.WebhookEvent{{}}}}, "event 1"},
		{"no name", "Describe", raw{describe: &pb.DescribeResponse{}}, "name"},
		{"no region", "Describe", raw{describe: &pb.DescribeResponse{Name: "a", Regions: []string{"Europe"}}}, "region"},
		{"look-back", "Describe", raw{describe: &pb.DescribeResponse{Name: "a", LookBack: durationpb.New(-1)}}, "look-back"},
		{"statement", "ReadStatements", stmt(&pb.StatementBatch{Opening: &pb.Balance{}}), "opening balance"},
		{"finding of no kind", "ReadStatements", found(&pb.Finding{Code: "a", Text: "a"}), "finding 1: kind is missing"},
		{"finding of an impossible kind", "ReadStatements", found(&pb.Finding{Kind: -1, Code: "a", Text: "a"}), "kind -1"},
		{"finding in capitals", "ReadStatements", found(&pb.Finding{Kind: 1, Code: "Closing balance", Text: "a"}), "code"},
		{"finding with a long code", "ReadStatements", found(&pb.Finding{Kind: 1, Code: strings.Repeat("a", 61), Text: "a"}), "code"},
		{"finding without text", "ReadStatements", found(&pb.Finding{Kind: 1, Code: "a", Text: " "}), "text"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := over(t, func(s *grpc.Server) { pb.RegisterProviderServer(s, &test.answer) })
			err := methods(c)[test.method](call(nil))
			if sdk.KindOf(err) != sdk.Internal || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want one that says %q", err, test.says)
			}
			if len(err.Error()) > 300 {
				t.Errorf("a message of %d bytes", len(err.Error()))
			}
		})
	}
}

func TestFindingsAreBounded(t *testing.T) {
	later := &pb.Finding{Kind: 77, Code: "new", Text: "0123456789", Values: map[string]string{"NO NAME": "1"}}
	later.Text += strings.Repeat("é", 1000)
	for i := range 50 {
		later.Values[fmt.Sprintf("v%02d", i)] = strings.Repeat("y", 600)
	}
	many := &pb.StatementBatch{}
	for range 2 * sdk.MaxFindings {
		many.Findings = append(many.Findings, later)
	}
	answer := raw{read: &pb.ReadStatementsResponse{Message: &pb.ReadStatementsResponse_Batch{Batch: many}}}
	c := over(t, func(s *grpc.Server) { pb.RegisterProviderServer(s, &answer) })
	var got []sdk.StatementBatch
	if err := c.ReadStatements(t.Context(), sdk.ReadRequest{Call: call(nil)}, strings.NewReader("x"), into(&got)); err != nil {
		t.Fatal(err)
	}
	list := got[0].Findings
	if len(list) != sdk.MaxFindings {
		t.Fatalf("%d findings", len(list))
	}
	f := list[0]
	if f.Kind != sdk.FindingDoubt || f.Code != "new" || f.Text != "0123456789"+strings.Repeat("é", 245) {
		t.Errorf("%+v", f)
	}
	if len(f.Values) != sdk.MaxFindingValues || f.Values["v19"] != strings.Repeat("y", sdk.MaxFindingText) {
		t.Errorf("%d values, the last of %d bytes", len(f.Values), len(f.Values["v19"]))
	}
}

func batches(list ...*pb.Batch) []*pb.FetchTransactionsResponse {
	var messages []*pb.FetchTransactionsResponse
	for _, b := range list {
		messages = append(messages, &pb.FetchTransactionsResponse{Message: &pb.FetchTransactionsResponse_Batch{Batch: b}})
	}
	return messages
}

// bytesCodec sends bytes as a message of any type.
type bytesCodec struct{}

func (bytesCodec) Name() string                  { return "proto" }
func (bytesCodec) Marshal(v any) ([]byte, error) { return *v.(*[]byte), nil }
func (bytesCodec) Unmarshal([]byte, any) error   { return nil }

func TestBytesThatAreNoMessage(t *testing.T) {
	for _, answer := range []string{"\xff\xff\xff\xff", "\x0a\xff\xff\xff\xff\x0f", "\x0a\x04\x0a\x02\xff\xfe",
		strings.Repeat("\x0a", 1000)} {
		c := over(t, func(*grpc.Server) {},
			grpc.ForceServerCodec(bytesCodec{}),
			grpc.UnknownServiceHandler(func(_ any, s grpc.ServerStream) error {
				message := []byte(answer)
				return s.SendMsg(&message)
			}))
		for _, method := range []string{"ListAccounts", "FetchTransactions", "ListInstitutions", "ReadStatements"} {
			if err := methods(c)[method](call(nil)); sdk.KindOf(err) != sdk.Internal {
				t.Errorf("%s, %.20q: %v", method, answer, err)
			}
		}
	}
}

func TestAnErrorWithoutDetails(t *testing.T) {
	with := func(code codes.Code, message string, detail *pb.ErrorDetail) error {
		s := status.New(code, message)
		if detail != nil {
			s, _ = s.WithDetails(&emptypb.Empty{}, detail)
		}
		return s.Err()
	}
	tests := []struct {
		err  error
		want sdk.Kind
		says string
	}{
		{with(codes.Unauthenticated, "wrong password", nil), sdk.BadCredentials, "wrong password"},
		{with(codes.InvalidArgument, "no such account", nil), sdk.BadRequest, "no such account"},
		{with(codes.Unimplemented, "cannot", nil), sdk.NotSupported, "cannot"},
		{with(codes.Unknown, "Traceback (most recent call last)", nil), sdk.Internal, "the call to the provider failed"},
		{with(codes.Internal, "x", &pb.ErrorDetail{Kind: 99}), sdk.Internal, "gave no reason"},
		{with(codes.Unavailable, "x", &pb.ErrorDetail{Kind: 5, Message: "maintenance"}), sdk.BankUnavailable, "maintenance"},
		{with(codes.NotFound, "x", &pb.ErrorDetail{Kind: 8, Line: -4, Until: &timestamppb.Timestamp{Nanos: -1},
			Message: strings.Repeat("long ", 1000)}), sdk.BadRequest, "long"},
	}
	for _, test := range tests {
		c := over(t, func(s *grpc.Server) { pb.RegisterProviderServer(s, &raw{err: test.err}) })
		err := methods(c)["ListAccounts"](call(nil))
		if sdk.KindOf(err) != test.want || !strings.Contains(err.Error(), test.says) || len(err.Error()) > 2100 {
			t.Errorf("%v: got %v", test.err, err)
		}
	}
}

func TestALargeAnswerIsCutIntoMessages(t *testing.T) {
	const n = 12_001
	heavy := make([]byte, 1<<20)
	p := &script{
		fetch: func(_ context.Context, r sdk.FetchRequest, emit func(sdk.Batch) error) error {
			b := sdk.Batch{Cursor: []byte("end"), Of: n, Removed: []string{"gone"}}
			for i := range n {
				t := sdk.Transaction{ID: fmt.Sprint(i), Date: sdk.Date{Year: 2026, Month: 1, Day: 1}, Amount: "1", Direction: sdk.In}
				if i < 30 {
					t.Raw = heavy // 30 MB in all
				}
				b.Booked = append(b.Booked, t)
			}
			return emit(b)
		},
		institutions: func(_ context.Context, _ sdk.Call, emit func([]sdk.Institution) error) error {
			list := make([]sdk.Institution, n)
			for i := range list {
				list[i] = sdk.Institution{ID: fmt.Sprint(i), Name: "Bank"}
			}
			return emit(list)
		},
	}
	c := pair(t, p, nil)
	var got []string
	pieces, last := 0, sdk.Batch{}
	err := c.FetchTransactions(context.Background(), sdk.FetchRequest{}, func(b sdk.Batch) error {
		pieces, last = pieces+1, b
		for _, t := range b.Booked {
			got = append(got, t.ID)
		}
		if b.HasMore == (string(b.Cursor) == "end") {
			t.Error("the cursor came before the end")
		}
		return nil
	})
	if err != nil || len(got) != n || pieces < 6 || string(last.Cursor) != "end" {
		t.Fatalf("%d of %d transactions in %d pieces, %v", len(got), n, pieces, err)
	}
	for i, id := range got {
		if id != fmt.Sprint(i) {
			t.Fatalf("%d. is %s", i, id)
		}
	}
	listed := 0
	err = c.ListInstitutions(context.Background(), call(nil), func(list []sdk.Institution) error {
		listed += len(list)
		return nil
	})
	if err != nil || listed != n {
		t.Errorf("%d of %d institutions, %v", listed, n, err)
	}
}

func TestAMessageBeyondTheLimit(t *testing.T) {
	p := &script{fetch: func(_ context.Context, _ sdk.FetchRequest, emit func(sdk.Batch) error) error {
		return emit(sdk.Batch{Cursor: bytes.Repeat([]byte{1}, 65<<20)})
	}}
	err := methods(pair(t, p, nil))["FetchTransactions"](call(nil))
	if sdk.KindOf(err) != sdk.Internal || !strings.Contains(err.Error(), "too large") {
		t.Errorf("got %v", err)
	}
}
