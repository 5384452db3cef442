package wire

import (
	"fmt"

	"github.com/girosync/girosync/plugins/sdk"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

func institutionToWire(i sdk.Institution) *pb.Institution {
	return &pb.Institution{
		Id:              i.ID,
		Name:            i.Name,
		Countries:       i.Countries,
		Bic:             i.BIC,
		Website:         i.Website,
		LogoUrl:         i.LogoURL,
		Status:          statuses.toWire(i.Status),
		AutoSyncAllowed: i.AutoSyncAllowed,
		HistoryDays:     int64(i.HistoryDays),
		RefreshesPerDay: int64(i.RefreshesPerDay),
		AccountKinds:    all(i.AccountKinds, accountKinds.toWire),
		Holders:         all(i.Holders, func(h sdk.Holder) string { return string(h) }),
		Checklist:       all(i.Checklist, wordsToWire),
		Declarations:    all(i.Declarations, declarationToWire),
	}
}

// institutionFromWire wants an id and a name; a status not given is stable.
func institutionFromWire(i *pb.Institution) (sdk.Institution, error) {
	if i.GetId() == "" || i.GetName() == "" {
		return sdk.Institution{}, fmt.Errorf("id %s, name %s: both are needed", quoted(i.GetId()), quoted(i.GetName()))
	}
	for _, c := range i.GetCountries() {
		if !capitals(c, 2) {
			return sdk.Institution{}, fmt.Errorf("country %s: want two capital letters", quoted(c))
		}
	}
	status, err := statuses.orElse("status", i.GetStatus(), sdk.Stable)
	if err != nil {
		return sdk.Institution{}, err
	}
	kinds, err := each("account kind", i.GetAccountKinds(), accountKindFromWire)
	if err != nil {
		return sdk.Institution{}, err
	}
	history, err := count("history days", i.GetHistoryDays())
	if err != nil {
		return sdk.Institution{}, err
	}
	refreshes, err := count("refreshes per day", i.GetRefreshesPerDay())
	if err != nil {
		return sdk.Institution{}, err
	}
	declarations, err := each("declaration", i.GetDeclarations(), declarationFromWire)
	if err != nil {
		return sdk.Institution{}, err
	}
	return sdk.Institution{
		ID:              i.GetId(),
		Name:            i.GetName(),
		Countries:       i.GetCountries(),
		BIC:             i.GetBic(),
		Website:         i.GetWebsite(),
		LogoURL:         i.GetLogoUrl(),
		Status:          status,
		AutoSyncAllowed: i.GetAutoSyncAllowed(),
		HistoryDays:     history,
		RefreshesPerDay: refreshes,
		AccountKinds:    kinds,
		Holders:         holdersFromWire(i.GetHolders()),
		Checklist:       all(i.GetChecklist(), wordsFromWire),
		Declarations:    declarations,
	}, nil
}

func accountKindFromWire(k pb.AccountKind) (sdk.AccountKind, error) {
	return accountKinds.fromWire("kind", k)
}
