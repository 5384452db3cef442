package wire

import (
	"fmt"
	"slices"

	"github.com/girosync/girosync/plugins/sdk"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

func descriptionToWire(d sdk.Description) *pb.DescribeResponse {
	return &pb.DescribeResponse{
		Name:               d.Name,
		DisplayName:        d.DisplayName,
		Version:            d.Version,
		Website:            d.Website,
		Regions:            d.Regions,
		Capabilities:       all(d.Capabilities, func(c sdk.Capability) string { return string(c) }),
		StableIds:          d.StableIDs,
		ReportsPending:     d.ReportsPending,
		LookBack:           durationToWire(d.LookBack),
		UnattendedPerDay:   int64(d.UnattendedPerDay),
		Settings:           all(d.Settings, fieldToWire),
		Addresses:          d.Addresses,
		ReportsChanges:     d.ReportsChanges,
		RefreshesPerDay:    int64(d.RefreshesPerDay),
		HistoryDays:        int64(d.HistoryDays),
		AccountKinds:       all(d.AccountKinds, accountKinds.toWire),
		PassesUserPresent:  d.PassesUserPresent,
		RenewsWithoutBreak: d.RenewsWithoutBreak,
		PriceClass:         priceClasses.toWire(d.Price),
		Cost:               wordsToWire(d.Cost),
		Retention:          wordsToWire(d.Retention),
		Checklist:          all(d.Checklist, wordsToWire),
		Declarations:       all(d.Declarations, declarationToWire),
	}
}

func descriptionFromWire(d *pb.DescribeResponse) (sdk.Description, error) {
	if err := nameAndRegions(d); err != nil {
		return sdk.Description{}, err
	}
	lookBack, err := durationFromWire("look-back", d.GetLookBack())
	if err != nil {
		return sdk.Description{}, err
	}
	perDay, err := count("unattended calls per day", d.GetUnattendedPerDay())
	if err != nil {
		return sdk.Description{}, err
	}
	refreshes, err := count("refreshes per day", d.GetRefreshesPerDay())
	if err != nil {
		return sdk.Description{}, err
	}
	history, err := count("days of history", d.GetHistoryDays())
	if err != nil {
		return sdk.Description{}, err
	}
	kinds, err := each("account kind", d.GetAccountKinds(), accountKindFromWire)
	if err != nil {
		return sdk.Description{}, err
	}
	settings, err := each("setting", d.GetSettings(), fieldFromWire)
	if err != nil {
		return sdk.Description{}, err
	}
	declarations, err := each("declaration", d.GetDeclarations(), declarationFromWire)
	if err != nil {
		return sdk.Description{}, err
	}
	return sdk.Description{
		Name:               d.GetName(),
		DisplayName:        d.GetDisplayName(),
		Version:            d.GetVersion(),
		Website:            d.GetWebsite(),
		Regions:            d.GetRegions(),
		Capabilities:       knownCapabilities(d.GetCapabilities()),
		StableIDs:          d.GetStableIds(),
		ReportsPending:     d.GetReportsPending(),
		LookBack:           lookBack,
		UnattendedPerDay:   perDay,
		Settings:           settings,
		Addresses:          d.GetAddresses(),
		ReportsChanges:     d.GetReportsChanges(),
		RefreshesPerDay:    refreshes,
		HistoryDays:        history,
		AccountKinds:       kinds,
		PassesUserPresent:  d.GetPassesUserPresent(),
		RenewsWithoutBreak: d.GetRenewsWithoutBreak(),
		Price:              priceClasses.known(d.GetPriceClass()),
		Cost:               wordsFromWire(d.GetCost()),
		Retention:          wordsFromWire(d.GetRetention()),
		Checklist:          all(d.GetChecklist(), wordsFromWire),
		Declarations:       declarations,
	}, nil
}

func nameAndRegions(d *pb.DescribeResponse) error {
	if d.GetName() == "" {
		return fmt.Errorf("name is missing")
	}
	for _, r := range d.GetRegions() {
		if !capitals(r, 2) {
			return fmt.Errorf("region %s: want two capital letters", quoted(r))
		}
	}
	return nil
}

// knownCapabilities drops what this version does not know, so that a newer
// provider works with what both sides understand.
func knownCapabilities(names []string) []sdk.Capability {
	return slices.DeleteFunc(sdk.Capabilities(), func(c sdk.Capability) bool { return !slices.Contains(names, string(c)) })
}
