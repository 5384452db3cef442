package bus

import (
	"encoding/json"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Addon is the manifest.
func Addon() addon.Addon {
	return addon.Addon{
		Name: "bus", Label: "Bus", Version: "18.0.1.0", Summary: "Messages to those who watch",
		Depends: []string{"base"},
		Part:    orm.Part{Labels: map[string][]byte{"nl": dutch}, Models: []orm.Model{message}},
	}
}

// message is a row of the bus. Clients never read it as a model: what they may
// hear depends on the channel.
var message = orm.Model{
	Name: "bus.bus", Label: "Communication Bus", Order: "id", RecName: "channel",
	Fields: schema.Fields{
		schema.Char("channel", "Channel").Required(),
		schema.Text("message", "Message"),
	},
}

// Wake is the channel of the store on which a commit with new messages is told.
const Wake = "bus"

// Send puts a message on a channel. It is written when the transaction ends,
// after everything else, and heard once it is committed. The payload must
// encode to JSON; a map is encoded at once, so that it may change afterwards.
func Send(env *orm.Env, channel, messageType string, payload any) error {
	text, err := json.Marshal(struct {
		Type    string `json:"type"`
		Payload any    `json:"payload"`
	}{messageType, payload})
	if err != nil {
		return fault.Wrap(err, "bus message", messageType)
	}
	queue := env.Scratch(queueKey{}, func() any { return new(outbox) }).(*outbox)
	queue.rows = append(queue.rows, []any{channel, string(text)})
	env.OnCommitOnce(queueKey{}, queue.flush)
	return nil
}

type queueKey struct{}

// outbox holds a transaction's messages until its end.
type outbox struct{ rows [][]any }

// flush inserts the messages under a lock that is held until the commit, so
// that ids become visible in their order.
func (o *outbox) flush(env *orm.Env) error {
	rows := o.rows
	o.rows = nil
	if len(rows) == 0 {
		return nil
	}
	if err := env.Lock("bus"); err != nil {
		return err
	}
	if _, err := env.Sudo().BulkCreate("bus.bus", []string{"channel", "message"}, rows); err != nil {
		return fault.Wrap(err, "write bus messages", len(rows))
	}
	return env.Notify(Wake, "")
}
