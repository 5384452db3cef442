package base

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"unicode/utf8"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

// Attachments is the model of files on records.
const (
	Attachments = "ir.attachment"
	contents    = "ir.attachment.content"
)

// attachment is a file on a record, with Odoo's names. Its bytes are a row of
// their own, which attachments with the same bytes share.
var attachment = orm.Model{
	Name: Attachments, Label: "Attachment", Order: "id desc",
	Fields: schema.Fields{
		schema.Char("name", "Name").Required(),
		schema.Text("description", "Description"),
		schema.Char("res_model", "Resource Model").Indexed(),
		schema.Many2oneReference("res_id", "Resource ID", "res_model"),
		schema.Many2one("company_id", "Company", "res.company"),
		schema.Selection("type", "Type", schema.Option{Value: "binary", Label: "File"}).Required().DefaultTo("binary"),
		schema.Char("mimetype", "Mime Type").Readonly(),
		schema.Char("checksum", "Checksum/SHA1").Readonly().Indexed(),
		schema.Integer("file_size", "File Size").Readonly(),
		schema.Binary("datas", "File Content (base64)").DependsOn("content_id").NotKept().Editable(),
		schema.Binary("raw", "File Content (raw)").DependsOn("content_id").NotKept().Editable(),
		schema.Many2one("content_id", "Content", contents).Secret(),
	},
	Indexes: []schema.Index{{Name: "record", Columns: []string{"res_model", "res_id", "id"}}},
	Bound: orm.Bound{
		Access: orm.Access{GroupUser: orm.Change, GroupSystem: orm.Change},
		Rules: []orm.Rule{
			{Name: "Attachment: of records that may be read", Rights: orm.Read, Domain: ofRecords(orm.Read)},
			{Name: "Attachment: of records that may be changed", Rights: orm.Write | orm.Create | orm.Unlink, Domain: ofRecords(orm.Write)},
		},
		Defaults: orm.Defaults{"company_id": func(env *orm.Env) (any, error) { return env.Company(), nil }},
		Computes: []orm.Compute{{Fields: []string{"datas", "raw"}, Do: readContents, Inverse: writeContent}},
		Hooks:    orm.Hooks{AfterUnlink: func(env *orm.Env, _ []int64) error { return sweepContents(env) }},
	},
}

// attachmentContent is bytes by their checksum. No group may see it.
var attachmentContent = orm.Model{
	Name: contents, Label: "Attachment Content", RecName: "checksum",
	Fields: schema.Fields{
		schema.Char("checksum", "Checksum/SHA1").Required(),
		schema.Binary("data", "Data").Required(),
		schema.One2many("attachment_ids", "Attachments", Attachments, "content_id"),
	},
	Indexes: []schema.Index{{Name: "checksum", Columns: []string{"checksum"}, Unique: true, Message: "A content is kept once."}},
	Bound:   orm.Bound{},
}

// Attachable adds attachment_ids to a model: who may read or change a record
// may read or change its files.
func Attachable(model string) orm.Extension {
	return orm.Extension{
		Of:     model,
		Fields: schema.Fields{schema.Many2many("attachment_ids", "Attachments", Attachments).DependsOn().NotKept()},
		Bound: orm.Bound{
			Computes: []orm.Compute{{Fields: []string{"attachment_ids"}, Do: attachmentsOf(model)}},
			Hooks: orm.Hooks{AfterUnlink: func(env *orm.Env, ids []int64) error {
				env = env.Sudo()
				files, err := env.Search(Attachments, attachedTo(model, ids), orm.SearchOptions{})
				if err != nil || len(files) == 0 {
					return err
				}
				return env.Unlink(Attachments, files)
			}},
		},
	}
}

func attachedTo(model string, ids []int64) domain.Node {
	return domain.All(domain.Where("res_model", domain.Eq, model), domain.Where("res_id", domain.In, anyList(ids)))
}

// attachmentsOf lists the files of a batch of records, newest first.
func attachmentsOf(model string) func(*orm.Env, *orm.Batch) error {
	return func(env *orm.Env, batch *orm.Batch) error {
		rows, err := env.Sudo().SearchRead(Attachments, attachedTo(model, batch.IDs()), []string{"res_id"},
			orm.SearchOptions{Order: "id desc"})
		if err != nil {
			return err
		}
		files := map[int64][]int64{}
		for row := range rows.All() {
			files[row.Int("res_id")] = append(files[row.Int("res_id")], row.ID())
		}
		for i := range batch.Len() {
			batch.Set(i, "attachment_ids", files[batch.ID(i)])
		}
		return nil
	}
}

// ofRecords follows the rights on every model that may have files, in the
// database. A file of no record is its maker's, who must be one who may change
// some records.
func ofRecords(right orm.Right) func(*orm.Env) (domain.Node, error) {
	return func(env *orm.Env) (domain.Node, error) {
		seen := domain.Or{domain.Const(false)}
		changes := false
		for _, model := range env.Registry().Names() {
			if !isAttachable(env, model) || !env.May(model, right) {
				continue
			}
			changes = changes || env.May(model, orm.Write)
			rule, err := env.Visible(model, right)
			if err != nil {
				return nil, err
			}
			of := domain.Where("res_model", domain.Eq, model)
			if rule == nil {
				seen = append(seen, of)
				continue
			}
			seen = append(seen, domain.All(of, domain.Where("res_id", domain.AnyOf, domain.Of{Model: model, Node: rule})))
		}
		if changes {
			seen = append(seen, domain.All(domain.Where("res_model", domain.Eq, false), domain.Where("create_uid", domain.Eq, env.UID())))
		}
		return seen, nil
	}
}

func isAttachable(env *orm.Env, model string) bool {
	m, ok := env.Registry().Model(model)
	if !ok {
		return false
	}
	f, ok := m.Field("attachment_ids")
	return ok && f.Comodel == Attachments && model != contents
}

func readContents(env *orm.Env, batch *orm.Batch) error {
	rows, err := batch.Rows("content_id")
	if err != nil {
		return err
	}
	var ids []int64
	for row := range rows.All() {
		ids = append(ids, row.Ref("content_id"))
	}
	data, err := env.Sudo().Read(contents, ids, "data")
	if err != nil {
		return err
	}
	for i := range batch.Len() {
		if row, ok := data.ByID(rows.At(i).Ref("content_id")); ok {
			batch.Set(i, "datas", row.Bytes("data"))
			batch.Set(i, "raw", row.Bytes("data"))
		}
	}
	return nil
}

// writeContent gives attachments other bytes. Its caller may write them.
func writeContent(env *orm.Env, ids []int64, _ string, value any) error {
	data, _ := value.([]byte)
	env = env.Sudo()
	values := orm.Values{"content_id": nil, "checksum": nil, "file_size": int64(0), "mimetype": nil}
	if len(data) > 0 {
		id, checksum, err := keepContent(env, data)
		if err != nil {
			return err
		}
		values = orm.Values{"content_id": id, "checksum": checksum, "file_size": int64(len(data)), "mimetype": mimetype(data)}
	}
	if err := env.Write(Attachments, ids, values); err != nil {
		return err
	}
	return sweepContents(env)
}

// keepContent returns the row of these bytes, made if there is none.
func keepContent(env *orm.Env, data []byte) (id int64, checksum string, err error) {
	sum := sha1.Sum(data) // Odoo's checksum; it tells files apart, it protects nothing
	checksum = hex.EncodeToString(sum[:])
	if err := env.Lock(contents + "/" + checksum); err != nil {
		return 0, "", err
	}
	known, err := env.SearchRead(contents, domain.Where("checksum", domain.Eq, checksum), []string{"data"}, orm.SearchOptions{Limit: 1})
	if err != nil {
		return 0, "", err
	}
	if known.Len() > 0 {
		if !bytes.Equal(known.At(0).Bytes("data"), data) {
			return 0, "", fault.New(fault.User, "Another file has the same checksum.")
		}
		return known.ID(0), checksum, nil
	}
	ids, err := env.Create(contents, orm.Values{"checksum": checksum, "data": data})
	if err != nil {
		return 0, "", err
	}
	return ids[0], checksum, nil
}

// sweepContents removes the bytes that no attachment has.
func sweepContents(env *orm.Env) error {
	env = env.Sudo()
	unused, err := env.Search(contents, domain.Where("attachment_ids", domain.Eq, false), orm.SearchOptions{})
	if err != nil || len(unused) == 0 {
		return err
	}
	return env.Unlink(contents, unused)
}

// mimetype tells a file's kind by its bytes, as far as a statement or a letter
// can be one.
func mimetype(data []byte) string {
	for _, kind := range []struct{ begins, name string }{
		{"PK\x03\x04", "application/zip"}, {"\x1F\x8B", "application/gzip"}, {"%PDF-", "application/pdf"},
		{"\x89PNG", "image/png"}, {"\xFF\xD8\xFF", "image/jpeg"}, {"<?xml", "application/xml"},
	} {
		if bytes.HasPrefix(data, []byte(kind.begins)) {
			return kind.name
		}
	}
	if utf8.Valid(data[:min(len(data), 512)]) && !bytes.Contains(data[:min(len(data), 512)], []byte{0}) {
		return "text/plain"
	}
	return "application/octet-stream"
}

// Attach keeps a file on records of a model and returns the attachments' ids,
// in order. A record that has the same bytes already gets no second one.
func Attach(env *orm.Env, model string, ids []int64, name string, data []byte, company int64) ([]int64, error) {
	env = env.Sudo()
	content, checksum, err := keepContent(env, data)
	if err != nil {
		return nil, err
	}
	had, err := env.SearchRead(Attachments, domain.All(attachedTo(model, ids), domain.Where("checksum", domain.Eq, checksum)),
		[]string{"res_id"}, orm.SearchOptions{})
	if err != nil {
		return nil, err
	}
	on := map[int64]int64{}
	for row := range had.All() {
		on[row.Int("res_id")] = row.ID()
	}
	files := make([]int64, 0, len(ids))
	for _, id := range ids {
		if file := on[id]; file != 0 {
			files = append(files, file)
			continue
		}
		made, err := env.Create(Attachments, orm.Values{"name": name, "res_model": model, "res_id": id, "company_id": company,
			"content_id": content, "checksum": checksum, "file_size": int64(len(data)), "mimetype": mimetype(data)})
		if err != nil {
			return nil, err
		}
		files = append(files, made[0])
	}
	return files, nil
}
