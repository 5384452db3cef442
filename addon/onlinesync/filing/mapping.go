package filing

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/addon/orm/schema"
)

const mappings = "account.online.file.mapping"

// mappingModel is how the files of a journal are read where they leave it open:
// tables and QIF. Of several mappings of a journal, the newest counts.
func (d *Desk) mappingModel() orm.Model {
	return orm.Model{
		Name: mappings, Label: "Statement File Mapping", Order: "journal_id, id desc", RecName: "journal_id",
		Fields: schema.Fields{
			schema.Many2one("journal_id", "Journal", record.Journals).Required().WhenDeleted(schema.Cascade).Indexed(),
			schema.Many2one("company_id", "Company", "res.company").RelatedTo("journal_id", "company_id"),
			schema.JSON("columns", "Columns").Help("What a column means (date, amount, debit, credit, sign, currency, counterparty, " +
				"reference, …) and its heading or number."),
			schema.Selection("date_order", "Order of Dates", schema.Option{Value: "dmy", Label: "Day, month, year"},
				schema.Option{Value: "mdy", Label: "Month, day, year"}, schema.Option{Value: "ymd", Label: "Year, month, day"}),
			schema.Selection("decimal_separator", "Decimal Separator", schema.Option{Value: ".", Label: "Point"},
				schema.Option{Value: ",", Label: "Comma"}),
			schema.Selection("delimiter", "Delimiter", schema.Option{Value: ",", Label: "Comma"},
				schema.Option{Value: ";", Label: "Semicolon"},
				schema.Option{Value: "tab", Label: "Tab"}, schema.Option{Value: "|", Label: "Bar"}),
			schema.Char("encoding", "Encoding"),
			schema.Char("sheet", "Sheet"),
			schema.Integer("skip_rows", "Rows to Skip"),
			schema.Boolean("has_headings", "Has Headings").DefaultTo(true),
			schema.Char("debit_words", "Words for a Debit").Help("What the column that says debit or credit holds for a debit, " +
				"parted by commas."),
			schema.Boolean("invert", "Positive Amounts Leave the Account"),
			schema.Char("account", "Account in the File").Help("Which account of a file that holds several without numbers."),
			schema.Char("reader", "Read By").Help("The provider that reads the file; empty: the first that knows it."),
		},
		Bound: orm.Bound{
			Access: record.Keepers(),
			Rules:  []orm.Rule{mappingRule},
			Methods: orm.Methods{
				"test_mapping": {Needs: orm.Read, Tx: orm.TxNone, Do: d.testMapping, Doc: mappingWords,
					Params: []orm.Param{fileName, fileData, readOptions, mostRows}},
			},
		},
	}
}

// mappingRule follows the journal's company.
var mappingRule = orm.Rule{Name: "Statement File Mapping: company", Domain: func(env *orm.Env) (domain.Node, error) {
	return domain.Where("journal_id.company_id", domain.In, record.IDs(env.Companies())), nil
}}

// options are a reading's, by the names that readers know.
type options = map[string]string

// savedMapping returns the options saved for a journal; nil for none.
func savedMapping(env *orm.Env, journal int64) (options, error) {
	rows, err := env.SearchRead(mappings, domain.Where("journal_id", domain.Eq, journal), mappingFields(),
		orm.SearchOptions{Order: "id desc", Limit: 1})
	if err != nil || rows.Len() == 0 {
		return nil, err
	}
	return mappingOptions(rows.At(0)), nil
}

func mappingFields() []string {
	return []string{"journal_id", "columns", "date_order", "decimal_separator", "delimiter", "encoding", "sheet", "skip_rows",
		"has_headings",
		"debit_words", "invert", "account", "reader"}
}

func mappingOptions(row orm.Row) options {
	o := options{}
	put := func(name, value string) {
		if value != "" {
			o[name] = value
		}
	}
	for field, name := range map[string]string{"date_order": "date_order", "decimal_separator": "decimal", "delimiter": "delimiter",
		"encoding": "encoding", "sheet": "sheet", "debit_words": "debit_words", "account": "account", "reader": "reader"} {
		put(name, row.Str(field))
	}
	if columns := string(row.JSON("columns")); columns != "" && columns != "false" && columns != "null" && columns != "{}" {
		put("columns", columns)
	}
	if n := row.Int("skip_rows"); n > 0 {
		put("skip_rows", strconv.FormatInt(n, 10))
	}
	if !row.Bool("has_headings") {
		put("headings", "no")
	}
	if row.Bool("invert") {
		put("invert", "yes")
	}
	return o
}

// mappingValues turns options into a mapping's values; every field is given.
func mappingValues(o options) (orm.Values, error) {
	values := orm.Values{"has_headings": o["headings"] != "no", "invert": o["invert"] == "yes", "skip_rows": int64(0), "columns": nil}
	for name, field := range map[string]string{"date_order": "date_order", "decimal": "decimal_separator", "delimiter": "delimiter",
		"encoding": "encoding", "sheet": "sheet", "debit_words": "debit_words", "account": "account", "reader": "reader"} {
		values[field] = record.OrNoText(o[name])
	}
	if o["skip_rows"] != "" {
		n, err := strconv.ParseInt(o["skip_rows"], 10, 64)
		if err != nil {
			return nil, fault.New(fault.Value, "skip_rows: %q is no number", o["skip_rows"])
		}
		values["skip_rows"] = n
	}
	if o["columns"] != "" {
		if !json.Valid([]byte(o["columns"])) {
			return nil, fault.New(fault.Value, "columns: not JSON")
		}
		values["columns"] = json.RawMessage(o["columns"])
	}
	return values, nil
}

// saveMapping saves for the journal how its file was read.
func (f *filing) saveMapping(ctx context.Context) error {
	values, err := mappingValues(f.report.ReadAs)
	if err != nil {
		return err
	}
	for _, name := range []string{"account", "reader", "encoding"} {
		if values[name] == nil {
			delete(values, name) // a choice that was saved before stays
		}
	}
	return f.run.Write(ctx, func(env *orm.Env, _ *run.Counters) error {
		env = env.Sudo()
		ids, err := env.Search(mappings, domain.Where("journal_id", domain.Eq, f.target.account.Journal),
			orm.SearchOptions{Order: "id desc", Limit: 1})
		if err != nil {
			return err
		}
		if len(ids) > 0 {
			return env.Write(mappings, ids, values)
		}
		values["journal_id"] = f.target.account.Journal
		_, err = env.Create(mappings, values)
		return err
	})
}

// optionsOf reads a client's options: texts, numbers, yes and no, and for
// columns an object.
func optionsOf(given map[string]any) (options, error) {
	o := options{}
	for name, v := range given {
		switch v := v.(type) {
		case nil:
		case string:
			o[name] = v
		case bool:
			if o[name] = "no"; v {
				o[name] = "yes"
			}
		case json.Number:
			o[name] = v.String()
		case float64:
			o[name] = strconv.FormatFloat(v, 'f', -1, 64)
		case int64:
			o[name] = strconv.FormatInt(v, 10)
		default:
			text, err := json.Marshal(v)
			if err != nil {
				return nil, fault.New(fault.Value, "options: %s cannot be read", name)
			}
			o[name] = string(text)
		}
	}
	return o, nil
}
