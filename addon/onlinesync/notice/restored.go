package notice

import (
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// Restored keeps a copy of a database from telling what its original tells.
func Restored(env *orm.Env, copied bool) error {
	if !copied {
		return nil
	}
	ids, err := env.Search(record.NoticeReaders, domain.Where("state", domain.Eq, waiting), orm.SearchOptions{})
	if err != nil {
		return err
	}
	if err := env.Write(record.NoticeReaders, ids, orm.Values{"state": dropped}); err != nil {
		return err
	}
	fresh, err := env.Search(record.Notices, domain.Where("spread_at", domain.Eq, nil), orm.SearchOptions{})
	if err != nil {
		return err
	}
	return env.Write(record.Notices, fresh, orm.Values{"spread_at": env.Now()})
}
