package filing

import (
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm/schema"
	"github.com/girosync/girosync/plugins/sdk"
)

// span is the first and the last day that a transaction is of; "" for none.
func (c *fileContent) span() (from, to schema.Date) {
	for day := range c.days {
		if from == "" || day < from {
			from = day
		}
		to = max(to, day)
	}
	return from, to
}

// through is the last day that the file is about: that of its last closing
// balance.
func (c *fileContent) through() (last schema.Date) {
	for _, b := range c.balances {
		if b.Kind == sdk.Closing {
			last = max(last, record.Date(b.Date))
		}
	}
	return last
}
