package notice

import (
	"slices"
	"time"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Way is how a person hears of a notice.
type Way string

// Ways.
const (
	Nothing   Way = "nothing"
	Dashboard Way = "dashboard"
	Mail      Way = "mail"
	Both      Way = "both"
)

var ways = []schema.Option{{Value: string(Nothing), Label: "Not at All"}, {Value: string(Dashboard), Label: "In the Dashboard"},
	{Value: string(Mail), Label: "By E-mail"}, {Value: string(Both), Label: "In the Dashboard and by E-mail"}}

var weekdays = []schema.Option{{Value: "0", Label: "Sunday"}, {Value: "1", Label: "Monday"}, {Value: "2", Label: "Tuesday"},
	{Value: "3", Label: "Wednesday"}, {Value: "4", Label: "Thursday"}, {Value: "5", Label: "Friday"}, {Value: "6", Label: "Saturday"}}

// choice is what a person chose, or what counts where they chose nothing.
type choice struct {
	ways          map[Kind]Way
	rhythm        Rhythm
	digestHour    int
	digestDay     time.Weekday
	quietFrom     int // hours of the day; the same as quietUntil: none is quiet
	quietUntil    int
	urgentThrough bool
	lang          string
	zone          *time.Location
}

const wayOf = "by_" // before a kind, the field that says how a person hears of it

// choiceModel is one user's choices; without a row, the defaults count.
func choiceModel() orm.Model {
	fields := schema.Fields{
		schema.Many2one("user_id", "User", "res.users").Required().Readonly().WhenDeleted(schema.Cascade).Unique(),
	}
	for _, a := range kinds {
		fields = append(fields, schema.Selection(wayOf+string(a.Kind), a.label, ways...).Help(
			"Empty: as is usual for what the user may do."))
	}
	fields = append(fields,
		schema.Selection("rhythm", "E-mail", schema.Option{Value: string(AtOnce), Label: "At Once"},
			schema.Option{Value: string(Daily), Label: "Once a Day"}, schema.Option{Value: string(Weekly), Label: "Once a Week"}).
			Required().DefaultTo(string(AtOnce)),
		schema.Integer("digest_hour", "Hour of the Digest").DefaultTo(int64(8)).Help("0 to 23, in the user's time zone."),
		schema.Selection("digest_weekday", "Day of the Digest", weekdays...).Required().DefaultTo("1"),
		schema.Integer("quiet_from", "Quiet From").Help("The hour, 0 to 23, from which no e-mail is sent."),
		schema.Integer("quiet_until", "Quiet Until").Help("The hour at which the quiet ends; the same as its beginning: none is quiet."),
		schema.Boolean("urgent_through", "Urgent Ones at Once").DefaultTo(true).Help("Also in quiet hours, and beside a digest."),
		schema.Selection("lang", "Language", schema.Option{Value: "en_US", Label: "English (US)"},
			schema.Option{Value: "nl_NL", Label: "Dutch / Nederlands"}).Help("Empty: the user's own."),
		schema.Char("tz", "Timezone").Help("Empty: the user's own."))
	return orm.Model{
		Name: record.NoticeChoices, Label: "Choice of Notices", Order: "id", RecName: "user_id", Fields: fields,
		Bound: orm.Bound{
			Access: orm.Access{base.GroupUser: orm.Read},
			Rules: []orm.Rule{{Name: "Choice of notices: own", Domain: func(env *orm.Env) (domain.Node, error) {
				return domain.Where("user_id", domain.Eq, env.UID()), nil
			}}},
			Constraints: []orm.Constraint{{Fields: hours, Check: withinADay}, {Fields: []string{"tz"}, Check: zoned}},
			Methods: orm.Methods{
				"get_mine": {OnModel: true, Tx: orm.TxRead, Needs: orm.Read, Do: getMine,
					Doc: "What the caller chose, as {field: value}; a kind of notice that is false goes as is usual for the caller, as " +
						"\"usual\" says for each."},
				"set_mine": {OnModel: true, Needs: orm.Read, Do: setMine, Params: []orm.Param{orm.Arg("values").Says("{field: value}; " +
					"fields that are left out stay as they are.")},
					Doc: "Chooses for the caller alone. Answers as get_mine."},
			},
		},
	}
}

var hours = []string{"digest_hour", "quiet_from", "quiet_until"}

func withinADay(env *orm.Env, ids []int64) error {
	rows, err := env.Sudo().Read(record.NoticeChoices, ids, hours...)
	if err != nil {
		return err
	}
	for row := range rows.All() {
		for _, field := range hours {
			if hour := row.Int(field); hour < 0 || hour > 23 {
				return fault.Say(fault.Invalid, "notice.hour", fault.Args{"hour": hour})
			}
		}
	}
	return nil
}

// zoned refuses names of time zones that are none.
func zoned(env *orm.Env, ids []int64) error {
	rows, err := env.Sudo().Read(record.NoticeChoices, ids, "tz")
	if err != nil {
		return err
	}
	for row := range rows.All() {
		name := row.Str("tz")
		if _, err := time.LoadLocation(name); err != nil || name == "Local" {
			return fault.Say(fault.Invalid, "notice.zone", fault.Args{"zone": name})
		}
	}
	return nil
}

// chosenFields are what a user chooses.
func chosenFields() []string {
	list := make([]string, 0, len(kinds)+8)
	for _, a := range kinds {
		list = append(list, wayOf+string(a.Kind))
	}
	return append(list, "rhythm", "digest_hour", "digest_weekday", "quiet_from", "quiet_until", "urgent_through", "lang", "tz")
}

// mine is the caller's row, 0 for none.
func mine(env *orm.Env) (int64, error) {
	ids, err := env.Sudo().Search(record.NoticeChoices, domain.Where("user_id", domain.Eq, env.UID()), orm.SearchOptions{Limit: 1})
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return ids[0], nil
}

func getMine(env *orm.Env, _ *orm.Call) (any, error) {
	told := map[string]any{"rhythm": string(AtOnce), "digest_hour": 8, "digest_weekday": "1", "quiet_from": 0, "quiet_until": 0,
		"urgent_through": true, "lang": false, "tz": false}
	p := person{companies: []int64{0}, keeper: env.May(record.Links, orm.Write), operator: env.HasGroup(base.GroupSystem)}
	usual := map[string]any{}
	for _, a := range kinds {
		usual[string(a.Kind)], told[wayOf+string(a.Kind)] = string(p.way(&item{about: a})), false
	}
	if !env.May(record.Links, orm.Read) {
		for kind := range usual {
			usual[kind] = string(Nothing)
		}
	}
	id, err := mine(env)
	if err != nil {
		return nil, err
	}
	if id != 0 {
		rows, err := env.Sudo().Read(record.NoticeChoices, []int64{id}, chosenFields()...)
		if err != nil {
			return nil, err
		}
		for _, field := range chosenFields() {
			told[field] = rows.At(0).Value(field)
			if told[field] == nil || told[field] == "" {
				told[field] = false
			}
		}
	}
	told["usual"] = usual
	return told, nil
}

func setMine(env *orm.Env, call *orm.Call) (any, error) {
	given, ok := call.Value("values").(map[string]any)
	if !ok {
		return nil, fault.New(fault.Value, "values: want {field: value}")
	}
	values := orm.Values{}
	for field, v := range given {
		if !slices.Contains(chosenFields(), field) {
			return nil, fault.New(fault.Value, "Invalid field %q on model %q", field, record.NoticeChoices)
		}
		values[field] = v
	}
	id, err := mine(env)
	if err != nil {
		return nil, err
	}
	if id == 0 {
		values["user_id"] = env.UID()
		_, err = env.Sudo().Create(record.NoticeChoices, values)
	} else {
		err = env.Sudo().Write(record.NoticeChoices, []int64{id}, values)
	}
	if err != nil {
		return nil, err
	}
	return getMine(env, call)
}

// chosen are all users' choices, by user.
type chosen map[int64]orm.Row

func choices(env *orm.Env) (chosen, error) {
	rows, err := env.SearchRead(record.NoticeChoices, nil, append(chosenFields(), "user_id"), orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	list := chosen{}
	for row := range rows.All() {
		list[row.Ref("user_id")] = row
	}
	return list, nil
}

// of is what counts for a user.
func (c chosen) of(user int64, lang string, zone *time.Location) choice {
	row, ok := c[user]
	if !ok {
		return choice{rhythm: AtOnce, urgentThrough: true, lang: lang, zone: zone}
	}
	got := choice{ways: map[Kind]Way{}, rhythm: Rhythm(row.Str("rhythm")), digestHour: int(row.Int("digest_hour")), lang: lang, zone: zone,
		quietFrom: int(row.Int("quiet_from")), quietUntil: int(row.Int("quiet_until")), urgentThrough: row.Bool("urgent_through")}
	for i, day := range weekdays {
		if day.Value == row.Str("digest_weekday") {
			got.digestDay = time.Weekday(i)
		}
	}
	for _, a := range kinds {
		got.ways[a.Kind] = Way(row.Str(wayOf + string(a.Kind)))
	}
	if own := row.Str("lang"); own != "" {
		got.lang = own
	}
	if own := row.Str("tz"); own != "" {
		got.zone = zoneNamed(own)
	}
	return got
}
