package mail

import (
	"html"

	"github.com/girosync/girosync/addon"
	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/bus"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Addon is the manifest.
func Addon() addon.Addon {
	return addon.Addon{
		Name: "mail", Label: "Discuss", Version: "18.0.1.0", Summary: "Messages on records",
		Depends: []string{"base", "bus"},
		Part: orm.Part{
			Abstract:   map[string]string{"mail.thread": "Email Thread"},
			Labels:     map[string][]byte{"nl": dutch},
			Models:     []orm.Model{message, follower, outbox},
			Extensions: []orm.Extension{{Of: "res.partner", Fields: threadFields(), Bound: thread("res.partner")}},
		},
		Restored: restored,
	}
}

// Types of messages.
const (
	Comment      = "comment"      // somebody wrote it
	Notification = "notification" // the system tells it
)

var message = orm.Model{
	Name: "mail.message", Label: "Message", Order: "id desc", RecName: "record_name",
	Fields: schema.Fields{
		schema.Char("subject", "Subject"),
		schema.Datetime("date", "Date"),
		schema.HTML("body", "Contents"),
		schema.Char("model", "Related Document Model").Indexed(),
		schema.Many2oneReference("res_id", "Related Document ID", "model"),
		schema.Char("record_name", "Message Record Name"),
		schema.Selection("message_type", "Type",
			schema.Option{Value: "email", Label: "Incoming Email"},
			schema.Option{Value: Comment, Label: "Comment"},
			schema.Option{Value: Notification, Label: "System notification"},
			schema.Option{Value: "user_notification", Label: "User Specific Notification"},
			schema.Option{Value: "auto_comment", Label: "Automated Targeted Notification"}).Required().DefaultTo(Comment),
		schema.Many2one("author_id", "Author", "res.partner").Indexed(),
		schema.Many2many("partner_ids", "Recipients", "res.partner").Through("mail_message_res_partner_rel", "mail_message_id",
			"res_partner_id"),
		schema.Char("error_reference", "Error Reference").Indexed().Help("Tells support which failure this is about."),
	},
	Indexes: []schema.Index{{Name: "record", Columns: []string{"model", "res_id", "id"}}},
	Bound: orm.Bound{
		Defaults: orm.Defaults{
			"date":      func(env *orm.Env) (any, error) { return env.Now(), nil },
			"author_id": func(env *orm.Env) (any, error) { return author(env) },
		},
		Hooks:  orm.Hooks{BeforeCreate: beforeCreate, BeforeWrite: beforeWrite, AfterCreate: announce},
		Access: orm.Access{base.GroupUser: orm.Read | orm.Create | orm.Write, base.GroupSystem: orm.Change},
		Rules:  rules(),
	},
}

// author is the partner of who acts; the system's user when nobody does.
func author(env *orm.Env) (int64, error) {
	if partner := env.User().Partner; partner != 0 {
		return partner, nil
	}
	rows, err := env.Sudo().Read("res.users", []int64{base.SystemUser}, "partner_id")
	if err != nil || rows.Len() == 0 {
		return 0, err
	}
	return rows.At(0).Ref("partner_id"), nil
}

func beforeCreate(env *orm.Env, rows []orm.Values) error {
	if err := mayWriteAbout(env, rows); err != nil {
		return err
	}
	return nameRecords(env, rows)
}

// nameRecords writes on each message what its record is called.
func nameRecords(env *orm.Env, rows []orm.Values) error {
	for _, values := range rows {
		model, _ := values["model"].(string)
		id, ok := idOf(values["res_id"])
		if model == "" || !ok || values["record_name"] != nil {
			continue
		}
		if _, known := env.Registry().Model(model); !known {
			return fault.New(fault.Key, "%s", model)
		}
		names, err := env.Sudo().DisplayNames(model, []int64{id})
		if err != nil {
			return err
		}
		values["record_name"] = names[id]
	}
	return nil
}

func idOf(v any) (int64, bool) {
	switch id := v.(type) {
	case int64:
		return id, id > 0
	case float64:
		return int64(id), id > 0
	case int:
		return int64(id), id > 0
	}
	return 0, false
}

// announce tells those who watch the record.
func announce(env *orm.Env, ids []int64, _ []orm.Values) error {
	rows, err := env.Sudo().Read("mail.message", ids, "model", "res_id", "body", "message_type", "error_reference")
	if err != nil {
		return err
	}
	for row := range rows.All() {
		if row.Str("model") == "" || row.Int("res_id") == 0 {
			continue
		}
		payload := map[string]any{"id": row.ID(), "model": row.Str("model"), "res_id": row.Int("res_id"),
			"body": row.Str("body"), "message_type": row.Str("message_type")}
		if ref := row.Str("error_reference"); ref != "" {
			payload["error_reference"] = ref
		}
		if err := bus.Send(env, bus.Channel(row.Str("model"), row.Int("res_id")), "mail.message/created", payload); err != nil {
			return err
		}
	}
	return nil
}

// Options of a message.
type Options struct {
	Type      string // Notification if empty
	Subject   string
	Author    int64  // a partner; who acts if 0
	Reference string // of the failure that it tells
	Partners  []int64
}

// Post writes a message on a record and returns its id. The body is plain
// text; it is escaped.
func Post(env *orm.Env, model string, id int64, body string, opt Options) (int64, error) {
	values := orm.Values{"model": model, "res_id": id, "body": paragraph(body), "message_type": opt.Type}
	if opt.Type == "" {
		values["message_type"] = Notification
	}
	if opt.Subject != "" {
		values["subject"] = opt.Subject
	}
	if opt.Author != 0 {
		values["author_id"] = opt.Author
	}
	if opt.Reference != "" {
		values["error_reference"] = opt.Reference
	}
	if len(opt.Partners) > 0 {
		values["partner_ids"] = []orm.Command{{Op: orm.CommandSet, IDs: opt.Partners}}
	}
	ids, err := env.Sudo().Create("mail.message", values)
	if err != nil {
		return 0, fault.Wrap(err, "post on "+model, id)
	}
	return ids[0], nil
}

// paragraph makes text safe to show as HTML.
func paragraph(text string) string { return "<p>" + html.EscapeString(text) + "</p>" }
