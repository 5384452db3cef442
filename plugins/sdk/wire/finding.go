package wire

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
	pb "github.com/girosync/girosync/plugins/sdk/wire/pluginpb"
)

func findingToWire(f sdk.Finding) *pb.Finding {
	return &pb.Finding{Kind: findingKinds.toWire(f.Kind), Code: f.Code, Text: f.Text, Values: f.Values}
}

// findingFromWire takes a kind that a later version has for a doubt, so that it
// is shown. What is too long is cut.
func findingFromWire(f *pb.Finding) (sdk.Finding, error) {
	kind, err := findingKinds.fromWire("kind", f.GetKind())
	if err != nil && f.GetKind() > 0 {
		kind, err = sdk.FindingDoubt, nil
	}
	switch {
	case err != nil:
		return sdk.Finding{}, err
	case !isCode(f.GetCode()):
		return sdk.Finding{}, fmt.Errorf("code %s: want lower case letters, digits and _", quoted(f.GetCode()))
	case strings.TrimSpace(f.GetText()) == "":
		return sdk.Finding{}, fmt.Errorf("its text is missing")
	}
	to := sdk.Finding{Kind: kind, Code: f.GetCode(), Text: cutText(f.GetText())}
	for _, name := range slices.Sorted(maps.Keys(f.GetValues())) {
		if len(to.Values) < sdk.MaxFindingValues && isCode(name) {
			if to.Values == nil {
				to.Values = map[string]string{}
			}
			to.Values[name] = cutText(f.GetValues()[name])
		}
	}
	return to, nil
}

// isCode reports whether s may name a finding or one of its values.
func isCode(s string) bool {
	return s != "" && len(s) <= sdk.MaxFindingCode && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// cutText cuts a text between two letters.
func cutText(s string) string {
	if len(s) <= sdk.MaxFindingText {
		return s
	}
	return strings.ToValidUTF8(s[:sdk.MaxFindingText], "")
}
