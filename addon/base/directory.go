package base

import (
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// Directory tells the kernel who a user is.
func (b *Base) Directory() orm.Directory { return directory{} }

type directory struct{}

// User reads a user with all groups, those that groups imply included, in a
// constant number of queries.
func (directory) User(env *orm.Env, uid int64) (orm.User, error) {
	rows, err := env.Read("res.users", []int64{uid},
		"login", "active", "partner_id", "company_id", "company_ids", "groups_id", "lang", "tz")
	if err != nil {
		return orm.User{}, err
	}
	if rows.Len() == 0 {
		return orm.User{}, fault.New(fault.Missing, "Record does not exist or has been deleted.\n(Record: res.users(%d,), User: %d)", uid,
			uid)
	}
	row := rows.At(0)
	user := orm.User{
		ID: uid, Login: row.Str("login"), Active: row.Bool("active"), Partner: row.Ref("partner_id"),
		Company: row.Ref("company_id"), Companies: row.Refs("company_ids"),
		Lang: row.Str("lang"), TZ: row.Str("tz"), Groups: map[string]bool{},
	}
	user.GroupIDs, err = impliedGroups(env, row.Refs("groups_id"))
	if err != nil {
		return orm.User{}, err
	}
	names, err := env.SearchRead("ir.model.data", domain.All(
		domain.Where("model", domain.Eq, "res.groups"),
		domain.Where("res_id", domain.In, anyList(user.GroupIDs))),
		[]string{"module", "name"}, orm.SearchOptions{})
	if err != nil {
		return orm.User{}, err
	}
	for name := range names.All() {
		user.Groups[name.Str("module")+"."+name.Str("name")] = true
	}
	return user, nil
}

// impliedGroups follows implied_ids to the end.
func impliedGroups(env *orm.Env, start []int64) ([]int64, error) {
	all, err := env.SearchRead("res.groups", nil, []string{"implied_ids"}, orm.SearchOptions{Order: "id"})
	if err != nil {
		return nil, err
	}
	implies := map[int64][]int64{}
	for row := range all.All() {
		implies[row.ID()] = row.Refs("implied_ids")
	}
	seen := map[int64]bool{}
	var found []int64
	for queue := start; len(queue) > 0; queue = queue[1:] {
		id := queue[0]
		if seen[id] {
			continue
		}
		seen[id] = true
		found = append(found, id)
		queue = append(queue, implies[id]...)
	}
	return found, nil
}
