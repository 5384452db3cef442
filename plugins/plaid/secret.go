package plaid

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/girosync/girosync/plugins/sdk"
)

// secret is all that a connection remembers, as JSON.
type secret struct {
	Access      string `json:"access_token"`
	Item        string `json:"item_id"`
	Institution string `json:"institution_id,omitempty"`
	// History is the first day for which the bank was asked, YYYY-MM-DD.
	History string `json:"history_from,omitempty"`
	// Link is by which visit to Plaid's page the item came, as a fingerprint: what
	// was exchanged once is not exchanged again.
	Link string `json:"link,omitempty"`
}

// secretFrom reads what seal wrote; anything else is ConsentExpired, since only
// connecting anew helps.
func secretFrom(call sdk.Call) (secret, error) {
	var s secret
	if err := json.Unmarshal(call.Secret, &s); err != nil || s.Access == "" || s.Item == "" {
		return secret{}, sdk.Errorf(sdk.ConsentExpired, "%s", say(call.Language, textUnreadable))
	}
	return s, nil
}

func (s secret) seal() ([]byte, error) {
	sealed, err := json.Marshal(s)
	if err != nil {
		return nil, sdk.Errorf(sdk.Internal, "writing the connection's secret: %w", err)
	}
	return sealed, nil
}

// history is the first day for which the bank was asked; zero when unknown.
func (s secret) history() sdk.Date {
	day, err := sdk.ParseDate(s.History)
	if err != nil {
		return sdk.Date{}
	}
	return day
}

// fingerprint names a text that is secret.
func fingerprint(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}
