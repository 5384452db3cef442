package wire

import (
	"slices"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/girosync/girosync/plugins/sdk"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

func TestEveryKindHasItsCode(t *testing.T) {
	seen := map[codes.Code]sdk.Kind{}
	for _, kind := range sdk.Kinds() {
		code := codeOf(kind)
		if other, taken := seen[code]; taken {
			t.Errorf("%s and %s share %s", kind, other, code)
		}
		seen[code] = kind
		if kind != sdk.Internal && code == codes.Internal {
			t.Errorf("%s has no code", kind)
		}
		if errorKinds.toWire(kind) <= 0 {
			t.Errorf("%s is not in the protocol", kind)
		}
		// Without details, two codes are gRPC's own: see kindOf.
		if back := kindOf(code); back != kind && kind != sdk.BankUnavailable && kind != sdk.RateLimited {
			t.Errorf("%s comes back as %s", kind, back)
		}
	}
}

func TestEveryCodeHasItsKind(t *testing.T) {
	for code := codes.OK; code <= codes.Unauthenticated; code++ {
		if kind := kindOf(code); !slices.Contains(sdk.Kinds(), kind) {
			t.Errorf("%s is read as %q", code, kind)
		}
	}
}

func TestEveryEnumerationIsComplete(t *testing.T) {
	check(t, errorKinds)
	check(t, flowKinds)
	check(t, stepKinds)
	check(t, fieldKinds)
	check(t, accountKinds)
	check(t, balanceKinds)
	check(t, directions)
	check(t, statuses)
	check(t, webhookKinds)
	check(t, findingKinds)
	check(t, priceClasses)
	check(t, noAccounts)
	if got := pb.File_provider_proto.Enums().Len(); got != 12 {
		t.Errorf("the protocol has %d enumerations, 12 are checked", got)
	}
}

func check[S ~string, P interface {
	~int32
	Descriptor() protoreflect.EnumDescriptor
}](t *testing.T, e enum[S, P]) {
	t.Helper()
	var zero P
	values := zero.Descriptor().Values()
	if len(e) != values.Len()-1 {
		t.Errorf("%s has %d values, the table %d", zero.Descriptor().Name(), values.Len()-1, len(e))
	}
	for i := 1; i < values.Len(); i++ {
		wire := P(values.Get(i).Number())
		name, err := e.fromWire("value", wire)
		if err != nil || e.toWire(name) != wire {
			t.Errorf("%s: %q, %v", values.Get(i).Name(), name, err)
		}
	}
	if _, err := e.fromWire("value", unknownEnum); err == nil {
		t.Errorf("%s: an unknown number is taken", zero.Descriptor().Name())
	}
}

// What a newer provider says otherwise is not given, and refuses nothing.
func TestWhatANewerProviderSaysIsLeftOut(t *testing.T) {
	d, err := descriptionFromWire(&pb.DescribeResponse{Name: "x", PriceClass: 77})
	if err != nil || d.Price != "" {
		t.Errorf("a price class: %q, %v", d.Price, err)
	}
	c, err := connectionFromWire(&pb.Connection{NoAccounts: 77, Holder: "club"})
	if err != nil || c.Empty != "" || c.Holder != "" {
		t.Errorf("a reason and a holder: %q, %q, %v", c.Empty, c.Holder, err)
	}
	i, err := institutionFromWire(&pb.Institution{Id: "1", Name: "Bank", Holders: []string{"club", "business"}})
	if err != nil || len(i.Holders) != 1 || i.Holders[0] != sdk.Business {
		t.Errorf("holders: %v, %v", i.Holders, err)
	}
	nameless := &pb.Declaration{Version: "1", Text: &pb.Words{In: map[string]string{"en": "I declare"}}}
	if _, err := institutionFromWire(&pb.Institution{Id: "1", Name: "Bank", Declarations: []*pb.Declaration{nameless}}); err == nil {
		t.Error("a declaration that cannot be recorded was taken")
	}
}
