package wire

import (
	"fmt"
	"slices"

	"github.com/girosync/girosync/plugins/sdk"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

var priceClasses = enum[sdk.PriceClass, pb.PriceClass]{
	{sdk.Free, pb.PriceClass_PRICE_CLASS_FREE},
	{sdk.HostPays, pb.PriceClass_PRICE_CLASS_HOST_PAYS},
	{sdk.UserPays, pb.PriceClass_PRICE_CLASS_USER_PAYS},
}

var noAccounts = enum[sdk.NoAccounts, pb.NoAccounts]{
	{sdk.NotCovered, pb.NoAccounts_NO_ACCOUNTS_NOT_COVERED},
	{sdk.NotOfKind, pb.NoAccounts_NO_ACCOUNTS_NOT_OF_KIND},
}

// known is fromWire for what a newer provider may say otherwise: that is not given.
func (e enum[S, P]) known(w P) S {
	s, _ := e.fromWire("", w)
	return s
}

func wordsToWire(w sdk.Words) *pb.Words {
	if len(w) == 0 {
		return nil
	}
	to := &pb.Words{In: make(map[string]string, len(w))}
	for code, text := range w {
		to.In[utf8Text(code)] = utf8Text(text)
	}
	return to
}

// wordsFromWire returns nil for no words at all.
func wordsFromWire(w *pb.Words) sdk.Words {
	if len(w.GetIn()) == 0 {
		return nil
	}
	return sdk.Words(w.GetIn())
}

func declarationToWire(d sdk.Declaration) *pb.Declaration {
	return &pb.Declaration{Id: d.ID, Version: d.Version, Title: wordsToWire(d.Title), Text: wordsToWire(d.Text), Required: d.Required}
}

// declarationFromWire wants what is recorded of one: its id, its version and a text.
func declarationFromWire(d *pb.Declaration) (sdk.Declaration, error) {
	if d.GetId() == "" || d.GetVersion() == "" || d.GetText().GetIn()["en"] == "" {
		return sdk.Declaration{}, fmt.Errorf("id %s, version %s: both are needed, and a text in English", quoted(d.GetId()),
			quoted(d.GetVersion()))
	}
	return sdk.Declaration{ID: d.GetId(), Version: d.GetVersion(), Title: wordsFromWire(d.GetTitle()), Text: wordsFromWire(d.GetText()),
		Required: d.GetRequired()}, nil
}

// holdersFromWire drops what this version does not know.
func holdersFromWire(names []string) []sdk.Holder {
	var to []sdk.Holder
	for _, holder := range []sdk.Holder{sdk.Personal, sdk.Business} {
		if slices.Contains(names, string(holder)) {
			to = append(to, holder)
		}
	}
	return to
}

func holderFromWire(name string) sdk.Holder {
	if known := holdersFromWire([]string{name}); len(known) > 0 {
		return known[0]
	}
	return ""
}
