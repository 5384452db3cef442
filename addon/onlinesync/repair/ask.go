package repair

import (
	"github.com/girosync/girosync/addon/onlinesync/quota"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/plugins/sdk"
)

// mayAsk refuses to ask a bank that wants to be left alone, in a transaction of its own.
func (t *Tools) mayAsk(env *orm.Env, link *record.Link) error {
	return env.Within(orm.TxRead, func(env *orm.Env) error { return t.Connections.MayAsk(env.Sudo(), link) })
}

// spend counts a fetch of an account that is about to be made, where the bank counts
// it: what looks only is asked like any other.
func (t *Tools) spend(env *orm.Env, link *record.Link, desc sdk.Description, account int64) error {
	if !quota.Counts(desc, record.Attended(env)) {
		return nil
	}
	return env.Within(orm.TxWrite, func(env *orm.Env) error { return quota.Spend(env.Sudo(), link, account, quota.Fetches) })
}
