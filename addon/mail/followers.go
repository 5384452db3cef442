package mail

import (
	"slices"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

const followers = "mail.followers"

// follower is a partner who follows a record's thread.
var follower = orm.Model{
	Name: followers, Label: "Document Followers", Order: "id", RecName: "partner_id",
	Fields: schema.Fields{
		schema.Char("res_model", "Related Document Model Name").Required(),
		schema.Many2oneReference("res_id", "Related Document ID", "res_model").Required(),
		schema.Many2one("partner_id", "Partner", "res.partner").Required().WhenDeleted(schema.Cascade).Indexed(),
	},
	Bound: orm.Bound{
		Access:    orm.Access{base.GroupSystem: orm.Read},
		Rules:     []orm.Rule{{Name: "Follower: company", Domain: ofOwnPartners}},
		SQLUnique: []orm.Unique{{Columns: []string{"res_model", "res_id", "partner_id"}, Message: "A partner follows a document once."}},
	},
}

// ofOwnPartners limits followers to partners whom the user's companies have.
func ofOwnPartners(env *orm.Env) (domain.Node, error) {
	companies := make([]any, len(env.Companies()))
	for i, id := range env.Companies() {
		companies[i] = id
	}
	return domain.Or{
		domain.Where("partner_id.company_id", domain.Eq, nil),
		domain.Where("partner_id.company_id", domain.In, companies),
	}, nil
}

// following finds who follows records of a model.
func following(env *orm.Env, model string, ids []int64) (*orm.Rows, error) {
	of := make([]any, len(ids))
	for i, id := range ids {
		of[i] = id
	}
	return env.Sudo().SearchRead(followers, domain.All(domain.Where("res_model", domain.Eq, model), domain.Where("res_id", domain.In, of)),
		[]string{"res_id", "partner_id"}, orm.SearchOptions{})
}

// partnersOf tells who follows a batch of records.
func partnersOf(model string) func(*orm.Env, *orm.Batch) error {
	return func(env *orm.Env, batch *orm.Batch) error {
		rows, err := following(env, model, batch.IDs())
		if err != nil {
			return err
		}
		partners := map[int64][]int64{}
		for row := range rows.All() {
			partners[row.Int("res_id")] = append(partners[row.Int("res_id")], row.Ref("partner_id"))
		}
		for i := range batch.Len() {
			batch.Set(i, "message_partner_ids", partners[batch.ID(i)])
			batch.Set(i, "message_is_follower", slices.Contains(partners[batch.ID(i)], env.User().Partner))
		}
		return nil
	}
}

// followMethods let partners follow records, and end it.
func followMethods() orm.Methods {
	return orm.Methods{
		"message_subscribe": {Do: subscribe, Params: []orm.Param{orm.Opt("partner_ids", nil), orm.Opt("subtype_ids", nil)},
			Doc: "Lets partners follow records. Answers true. Others than oneself need the right to change the records."},
		"message_unsubscribe": {Do: unsubscribe, Params: []orm.Param{orm.Opt("partner_ids", nil)},
			Doc: "Lets partners no longer follow records. Answers true."},
	}
}

// mayFollow: who may read a record may follow it, who may change it may say who does.
func mayFollow(env *orm.Env, call *orm.Call) ([]int64, error) {
	partners, err := call.Ids("partner_ids")
	if err != nil {
		return nil, err
	}
	right := orm.Read
	if slices.ContainsFunc(partners, func(id int64) bool { return id != env.User().Partner }) {
		right = orm.Write
	}
	if err := env.CheckAccess(call.Model, right); err != nil {
		return nil, err
	}
	if err := env.CheckRules(call.Model, call.IDs, orm.Write); right == orm.Write && err != nil {
		return nil, err
	}
	if err := env.CheckRules(call.Model, call.IDs, orm.Read); err != nil {
		return nil, err
	}
	return partners, nil
}

func subscribe(env *orm.Env, call *orm.Call) (any, error) {
	partners, err := mayFollow(env, call)
	if err != nil {
		return nil, err
	}
	if err := env.CheckRules("res.partner", partners, orm.Read); err != nil {
		return nil, err
	}
	ids, err := env.Sudo().Exists(call.Model, call.IDs)
	if err != nil {
		return nil, err
	}
	rows, err := following(env, call.Model, ids)
	if err != nil {
		return nil, err
	}
	known := map[[2]int64]bool{}
	for row := range rows.All() {
		known[[2]int64{row.Int("res_id"), row.Ref("partner_id")}] = true
	}
	var fresh []orm.Values
	for _, id := range ids {
		for _, partner := range partners {
			if pair := [2]int64{id, partner}; !known[pair] {
				known[pair] = true
				fresh = append(fresh, orm.Values{"res_model": call.Model, "res_id": id, "partner_id": partner})
			}
		}
	}
	if len(fresh) > 0 {
		_, err = env.Sudo().Create(followers, fresh...)
	}
	return true, err
}

func unsubscribe(env *orm.Env, call *orm.Call) (any, error) {
	partners, err := mayFollow(env, call)
	if err != nil {
		return nil, err
	}
	rows, err := following(env, call.Model, call.IDs)
	if err != nil {
		return nil, err
	}
	var over []int64
	for row := range rows.All() {
		if slices.Contains(partners, row.Ref("partner_id")) {
			over = append(over, row.ID())
		}
	}
	return true, env.Sudo().Unlink(followers, over)
}
