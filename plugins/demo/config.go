package demo

import (
	"strconv"
	"strings"

	"github.com/girosync/girosync/plugins/sdk"
)

// Configuration keys; see the package comment.
const (
	keySeed         = "seed"
	keyInstitutions = "institutions"
	keyMisbehave    = "misbehave"
	keyBulk         = "bulk"
	keyWebhook      = "webhook_key"
)

const (
	defaultSeed         = "1"
	defaultInstitutions = 24_800
)

// config is what the host's configuration says of the world.
type config struct {
	seed         string
	institutions int // at most so many are listed, the fixed ones besides
	misbehave    bool
	bulk         []int64 // sizes of further demo-big-N that are listed
}

// configFrom reads the configuration of a call; a value that cannot be is
// BadRequest with Field set to its key.
func configFrom(values map[string]string) (config, error) {
	c := config{seed: defaultSeed, institutions: defaultInstitutions}
	if v := values[keySeed]; v != "" {
		c.seed = v
	}
	if v := values[keyInstitutions]; v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 {
			return config{}, sdk.FieldErrorf(keyInstitutions, "%q is not a number of institutions", v)
		}
		c.institutions = n
	}
	if v := values[keyMisbehave]; v != "" {
		on, err := strconv.ParseBool(v)
		if err != nil {
			return config{}, sdk.FieldErrorf(keyMisbehave, "%q is neither true nor false", v)
		}
		c.misbehave = on
	}
	for size := range strings.FieldsFuncSeq(values[keyBulk], func(r rune) bool { return r == ',' || r == ' ' }) {
		n, ok := bulkSize(bulkPrefix + size)
		if !ok {
			return config{}, sdk.FieldErrorf(keyBulk, "%q is not a number of transactions", size)
		}
		c.bulk = append(c.bulk, n)
	}
	return c, nil
}

func settings() []sdk.Field {
	return []sdk.Field{
		{Name: keySeed, Label: "Seed", Kind: sdk.TextField, Default: defaultSeed,
			Help: "Another seed is another world of customers and transactions."},
		{Name: keyInstitutions, Label: "Institutions", Kind: sdk.TextField, Default: strconv.Itoa(defaultInstitutions),
			Help: "How many invented banks are listed."},
		{Name: keyMisbehave, Label: "Misbehave", Kind: sdk.BooleanField, Default: "false",
			Help: "Adds banks that crash, hang, flood the log or answer nonsense. For tests only."},
		{Name: keyBulk, Label: "Bulk", Kind: sdk.TextField,
			Help: "Numbers of transactions, separated by commas: for each, a bank with an account of so many is listed."},
		{Name: keyWebhook, Label: "Key of notifications", Kind: sdk.SecretField,
			Help: "Notifications are signed with it; without one none is taken."},
	}
}
