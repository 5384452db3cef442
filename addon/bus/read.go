package bus

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// Message is a message as clients get it.
type Message struct {
	ID      int64
	Channel string
	Body    json.RawMessage // {"type": …, "payload": …}
}

// Since returns up to limit messages with an id above last, oldest first.
func Since(env *orm.Env, last int64, limit int) ([]Message, error) {
	return Where(env, domain.Where("id", domain.Gt, last), limit)
}

// Where returns up to limit messages that meet a condition, oldest first.
func Where(env *orm.Env, where domain.Node, limit int) ([]Message, error) {
	rows, err := env.Sudo().SearchRead("bus.bus", where,
		[]string{"channel", "message"}, orm.SearchOptions{Order: "id", Limit: limit})
	if err != nil {
		return nil, err
	}
	list := make([]Message, 0, rows.Len())
	for row := range rows.All() {
		list = append(list, Message{ID: row.ID(), Channel: row.Str("channel"), Body: json.RawMessage(row.Str("message"))})
	}
	return list, nil
}

// Newest returns the highest id, 0 on an empty bus.
func Newest(env *orm.Env) (int64, error) { return edge(env, "id desc") }

// Oldest returns the lowest id that is still kept, 0 on an empty bus.
func Oldest(env *orm.Env) (int64, error) { return edge(env, "id") }

func edge(env *orm.Env, order string) (int64, error) {
	ids, err := env.Sudo().Search("bus.bus", nil, orm.SearchOptions{Order: order, Limit: 1})
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return ids[0], nil
}

// Sweep deletes messages written before an instant, in batches; it reports how
// many. The newest one is kept, so that ids are known to go on from it.
func Sweep(env *orm.Env, before time.Time) (int, error) {
	newest, err := Newest(env)
	if err != nil {
		return 0, err
	}
	old, err := env.Sudo().Search("bus.bus", domain.All(
		domain.Where("create_date", domain.Lt, before), domain.Where("id", domain.Lt, newest)),
		orm.SearchOptions{Order: "id", Limit: 10_000})
	if err != nil || len(old) == 0 {
		return 0, err
	}
	return len(old), env.Sudo().Unlink("bus.bus", old)
}

// MayListen reports whether the user may hear a channel: one about a record
// (MODEL/ID) if that record exists and may be read; any other text is free, for
// nothing but what clients agree on among themselves travels there.
func MayListen(env *orm.Env, channel string) (bool, error) {
	model, id, ok := Record(channel)
	if !ok {
		return true, nil
	}
	if _, known := env.Registry().Model(model); !known {
		return true, nil
	}
	err := env.CheckAccess(model, orm.Read)
	if err == nil {
		err = env.CheckRules(model, []int64{id}, orm.Read)
	}
	if fault.Is(err, fault.Denied, fault.Missing) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	// Who listened for a record to come would hear of another company's.
	there, err := env.Exists(model, []int64{id})
	return len(there) == 1, err
}

// Record splits a channel about a record into its model and id.
func Record(channel string) (model string, id int64, ok bool) {
	model, text, found := strings.Cut(channel, "/")
	if !found || model == "" {
		return "", 0, false
	}
	id, err := strconv.ParseInt(text, 10, 64)
	return model, id, err == nil && id > 0
}

// Channel is the channel about a record.
func Channel(model string, id int64) string { return model + "/" + strconv.FormatInt(id, 10) }
