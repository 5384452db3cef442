package entrance

import (
	"context"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/rpc"
)

// Profile tells what a client wants to know of a user after the log-in; Missing
// when there is no such user, or they are archived.
func (p *People) Profile(ctx context.Context, db *orm.Database, uid int64) (profile rpc.Profile, err error) {
	err = db.Within(ctx, system, orm.TxRead, func(env *orm.Env) error {
		profile, err = profileOf(env, uid)
		return err
	})
	return profile, err
}

func profileOf(env *orm.Env, uid int64) (rpc.Profile, error) {
	rows, err := env.Read("res.users", []int64{uid}, "name", "login", "lang", "tz", "partner_id", "company_id", "company_ids", "active")
	if err != nil {
		return rpc.Profile{}, err
	}
	if rows.Len() == 0 || !rows.At(0).Bool("active") {
		return rpc.Profile{}, fault.New(fault.Missing, "Record does not exist or has been deleted.\n(Record: res.users(%d,), User: %d)",
			uid, uid)
	}
	row := rows.At(0)
	who, err := env.As(uid)
	if err != nil {
		return rpc.Profile{}, err
	}
	partner := row.Ref("partner_id")
	names, err := env.DisplayNames("res.partner", []int64{partner})
	if err != nil {
		return rpc.Profile{}, err
	}
	profile := rpc.Profile{
		UID: uid, Name: row.Str("name"), Login: row.Str("login"), Lang: row.Str("lang"), TZ: row.Str("tz"),
		Partner: partner, PartnerName: names[partner], Company: row.Ref("company_id"),
		System: who.HasGroup(base.GroupSystem), Internal: who.HasGroup(base.GroupUser),
		Documents: who.HasGroup(base.GroupDocumentation), PartnerWrite: env.Now(),
	}
	companies, err := env.Read("res.company", row.Refs("company_ids"), "name", "sequence", "parent_id")
	if err != nil {
		return rpc.Profile{}, err
	}
	for c := range companies.All() {
		profile.Companies = append(profile.Companies, rpc.Company{
			ID: c.ID(), Name: c.Str("name"), Sequence: c.Int("sequence"), Parent: c.Ref("parent_id")})
	}
	money, err := env.SearchRead("res.currency", domain.Where("active", domain.Eq, true),
		[]string{"symbol", "position", "decimal_places"}, orm.SearchOptions{})
	if err != nil {
		return rpc.Profile{}, err
	}
	for c := range money.All() {
		profile.Currencies = append(profile.Currencies, rpc.Currency{
			ID: c.ID(), Symbol: c.Str("symbol"), Position: c.Str("position"), Digits: int(c.Int("decimal_places"))})
	}
	return profile, nil
}
