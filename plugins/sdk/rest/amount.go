package rest

import (
	"errors"
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
)

// Sign is what a service means by an amount without "-".
type Sign int

// The sign conventions of services.
const (
	InPositive  Sign = 1  // money comes into the account; most services
	OutPositive Sign = -1 // money leaves it; Plaid, and cards at some services
)

// Amount parts a signed amount into what sdk.Transaction takes: a decimal
// without sign and the direction. Nothing, 0.00, comes in. A Number that is not
// there is an error.
func Amount(n Number, positive Sign) (amount string, direction sdk.Direction, err error) {
	if n == "" {
		return "", "", errors.New("the amount is missing")
	}
	direction = sdk.In
	if n.Sign()*int(positive) < 0 {
		direction = sdk.Out
	}
	return strings.TrimPrefix(string(n), "-"), direction, nil
}
