package wire

import (
	"fmt"

	"github.com/girosync/girosync/plugins/sdk"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

func accountToWire(a sdk.Account) *pb.Account {
	return &pb.Account{
		Id:       a.ID,
		StableId: a.StableID,
		Name:     a.Name,
		Number:   a.Number,
		Currency: a.Currency,
		Kind:     accountKinds.toWire(a.Kind),
		Owner:    a.Owner,
		Balances: all(a.Balances, balanceToWire),
	}
}

// accountFromWire wants an id and a currency; a kind not given is other.
func accountFromWire(a *pb.Account) (sdk.Account, error) {
	if a.GetId() == "" {
		return sdk.Account{}, fmt.Errorf("id is missing")
	}
	if a.GetCurrency() == "" {
		return sdk.Account{}, fmt.Errorf("currency of %s is missing", quoted(a.GetId()))
	}
	return fileAccountFromWire(a)
}

// fileAccountFromWire takes an account as a statement file tells it.
func fileAccountFromWire(a *pb.Account) (sdk.Account, error) {
	if c := a.GetCurrency(); c != "" && !capitals(c, 3) {
		return sdk.Account{}, fmt.Errorf("currency %s: want three capital letters", quoted(c))
	}
	kind, err := accountKinds.orElse("kind", a.GetKind(), sdk.OtherKind)
	if err != nil {
		return sdk.Account{}, err
	}
	balances, err := each("balance", a.GetBalances(), balanceFromWire)
	if err != nil {
		return sdk.Account{}, err
	}
	return sdk.Account{
		ID:       a.GetId(),
		StableID: a.GetStableId(),
		Name:     a.GetName(),
		Number:   a.GetNumber(),
		Currency: a.GetCurrency(),
		Kind:     kind,
		Owner:    a.GetOwner(),
		Balances: balances,
	}, nil
}
