package mail

import (
	"maps"
	"slices"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Threaded adds a thread to a model: message_ids and message_post.
func Threaded(model orm.Model) orm.Model {
	model.Fields = append(model.Fields[:len(model.Fields):len(model.Fields)], threadFields()...)
	extra := thread(model.Name)
	model.Computes = append(model.Computes[:len(model.Computes):len(model.Computes)], extra.Computes...)
	methods := orm.Methods{}
	for name, method := range model.Methods {
		methods[name] = method
	}
	for name, method := range extra.Methods {
		methods[name] = method
	}
	model.Methods = methods
	return model
}

func threadFields() schema.Fields {
	return schema.Fields{
		schema.One2many("message_ids", "Messages", "mail.message", "res_id").DependsOn().NotKept(),
		schema.Many2many("message_partner_ids", "Followers (Partners)", "res.partner").DependsOn().NotKept(),
		schema.Boolean("message_is_follower", "Is Follower").DependsOn().NotKept(),
	}
}

func thread(model string) orm.Bound {
	methods := followMethods()
	maps.Copy(methods, postMethods())
	return orm.Bound{
		Computes: []orm.Compute{
			{Fields: []string{"message_ids"}, Do: messagesOf(model)},
			{Fields: []string{"message_partner_ids", "message_is_follower"}, Do: partnersOf(model)},
		},
		Methods: methods,
	}
}

func postMethods() orm.Methods {
	return orm.Methods{
		"message_post": {
			Needs: orm.Write, Do: messagePost, Extra: true,
			Doc: "Posts a message on the record's thread. Answers the message.",
			Params: []orm.Param{
				orm.Opt("body", ""), orm.Opt("subject", nil), orm.Opt("message_type", Notification), orm.Opt("email_from", nil),
				orm.Opt("author_id", nil), orm.Opt("parent_id", false), orm.Opt("subtype_xmlid", nil), orm.Opt("subtype_id", false),
				orm.Opt("partner_ids", nil), orm.Opt("attachments", nil), orm.Opt("attachment_ids", nil), orm.Opt("body_is_html", false),
			},
		},
	}
}

// messagesOf lists the messages of a batch of records, newest first, in one query.
func messagesOf(model string) func(*orm.Env, *orm.Batch) error {
	return func(env *orm.Env, batch *orm.Batch) error {
		ids := make([]any, batch.Len())
		for i := range ids {
			ids[i] = batch.ID(i)
		}
		rows, err := env.Sudo().SearchRead("mail.message", domain.All(
			domain.Where("model", domain.Eq, model), domain.Where("res_id", domain.In, ids)),
			[]string{"res_id"}, orm.SearchOptions{Order: "id desc"})
		if err != nil {
			return err
		}
		byRecord := map[int64][]int64{}
		for row := range rows.All() {
			byRecord[row.Int("res_id")] = append(byRecord[row.Int("res_id")], row.ID())
		}
		for i := range batch.Len() {
			batch.Set(i, "message_ids", byRecord[batch.ID(i)])
		}
		return nil
	}
}

// messagePost posts on each record and answers the last message's id. Who may
// change a record may post on it.
func messagePost(env *orm.Env, call *orm.Call) (any, error) {
	if extra := call.Extra(); len(extra) > 0 {
		return nil, fault.New(fault.Value, "Those values are not supported when posting or notifying: %s",
			strings.Join(slices.Sorted(maps.Keys(extra)), ", "))
	}
	if err := mayPost(env, call.Model, call.IDs); err != nil {
		return nil, err
	}
	body, err := call.String("body")
	if err != nil {
		return nil, err
	}
	kind, err := call.String("message_type")
	if err != nil {
		return nil, err
	}
	opt := Options{Type: kind}
	if call.Value("subject") != nil {
		if opt.Subject, err = call.String("subject"); err != nil {
			return nil, err
		}
	}
	if call.Value("partner_ids") != nil {
		if opt.Partners, err = call.Ids("partner_ids"); err != nil {
			return nil, err
		}
	}
	if err := env.CheckRules("res.partner", opt.Partners, orm.Read); err != nil {
		return nil, err
	}
	var last int64
	for _, id := range call.IDs {
		if last, err = Post(env, call.Model, id, body, opt); err != nil {
			return nil, err
		}
	}
	if last == 0 {
		return false, nil
	}
	return last, nil
}
