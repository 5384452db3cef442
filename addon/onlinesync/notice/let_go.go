package notice

import (
	"time"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// How long a notice is kept, and how many one call of LetGo deletes.
const (
	keptFor = 365 * 24 * time.Hour
	atOnce  = 2000
)

// LetGo deletes old notices, with what is noted of their readers, and returns how
// many; what is too much for one time goes the next.
func LetGo(env *orm.Env) (int, error) {
	ids, err := env.Search(record.Notices, domain.Where("at", domain.Lt, env.Now().Add(-keptFor)),
		orm.SearchOptions{Order: "id", Limit: atOnce})
	if err != nil {
		return 0, err
	}
	return len(ids), env.Unlink(record.Notices, ids)
}
