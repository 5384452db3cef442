package filing

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strconv"

	"github.com/girosync/girosync/addon/onlinesync/apply"
	"github.com/girosync/girosync/addon/onlinesync/provider"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/plugins/sdk"
)

// Desk takes statement files in.
type Desk struct {
	Plugins *provider.Plugins
	Queue   *run.Queue
	Applier *apply.Applier
	Log     *slog.Logger
	// KeepFiles is the size in bytes up to which a statement file is kept as an
	// attachment; none if negative.
	KeepFiles int64
	// FilePart is how many transactions of a file are decided at once; 100,000 if 0.
	FilePart int
}

// Part is what this room adds to a registry.
func (d *Desk) Part() orm.Part {
	return orm.Part{Models: []orm.Model{d.mappingModel()}, Extensions: []orm.Extension{
		{Of: record.Journals, Bound: orm.Bound{Methods: orm.Methods{
			"import_statement_file": {Needs: orm.Read, Tx: orm.TxNone, Do: d.importStatementFile, Params: []orm.Param{
				fileName, fileData, readOptions, orm.Opt("dry_run", false).Says("Tells the same and writes nothing."),
				orm.Opt("save_mapping", false).Says("Saves for the journal how the file was read.")},
				Doc: "Imports a statement file (CAMT, MT940/942, OFX, QIF, BAI2, CODA, CSV, XLSX) into one journal. Answers the " +
					"report: {run, format, new, known, changed, duplicates, repeated, questions, skipped, pending (numbers), refused " +
					"[{line, reason}], findings [{kind, code, text, values}], doubts [text], attachments, question}. " + findingWords +
					" A question {option, message} says what the file leaves open; answer it by that option in the next call."},
			"test_mapping": {Needs: orm.Read, Tx: orm.TxNone, Do: d.testMapping, Doc: mappingWords,
				Params: []orm.Param{fileName, fileData, readOptions, mostRows}},
			"create_document_from_attachment": {Needs: orm.Read, Tx: orm.TxNone, Do: d.importAttachments, Params: []orm.Param{
				orm.Opt("attachment_ids", nil).Says("Files that were uploaded as attachments.")},
				Doc: "Imports attachments into one journal, as uploads to Odoo's journals are. Answers the action that shows the " +
					"lines, and reports."},
		}}},
	}}
}

// What methods that take a file have in common, for who calls them.
var (
	fileName    = orm.Arg("filename").Says("The file's name; its end may tell the format.")
	fileData    = orm.Arg("data").Says("The file, in base64.")
	readOptions = orm.Opt("options", nil).Says("How to read it, where it does not say: {date_order: dmy, mdy or ymd; decimal: \".\" " +
		"or \",\"; columns: {meaning: heading or number}; delimiter, encoding, sheet, skip_rows, headings, invert, debit_words, " +
		"account, reader}.")
	mostRows = orm.Opt("limit", nil).Says("How many rows; 20 if not given, at most 500.")
)

const mappingWords = "Reads a file and imports nothing. Answers {format, reader, encoding, headings, accounts, rows (the first), " +
	"refused, read_as (the options that fit), findings, question ({option, message}: what the file leaves open, or null)}. " + findingWords

const findingWords = "Findings say what the file proves (kind proof), what does not agree in it (doubt), and what was left out of it or " +
	"taken for what (choice)."

// importStatementFile imports a file that a client sends in base64 and answers
// the report.
func (d *Desk) importStatementFile(env *orm.Env, call *orm.Call) (any, error) {
	req, err := fileOf(env, call)
	if err != nil {
		return nil, err
	}
	if req.Journal, err = fileJournal(call); err != nil {
		return nil, err
	}
	if req.DryRun, err = call.Bool("dry_run"); err != nil {
		return nil, err
	}
	if req.SaveMapping, err = call.Bool("save_mapping"); err != nil {
		return nil, err
	}
	report, err := d.Import(env.Ctx(), env.Database(), principal(env), req)
	return answer(report, err)
}

func principal(env *orm.Env) orm.Principal {
	return orm.Principal{UID: env.UID(), Context: env.Context(), Language: env.User().Lang}
}

// answer gives a value to a client.
func answer(v any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(v)
	return json.RawMessage(text), err
}

func fileJournal(call *orm.Call) (int64, error) {
	if len(call.IDs) != 1 {
		return 0, fault.Say(fault.User, "sync.file_one_journal", nil)
	}
	return call.IDs[0], nil
}

// fileOf reads the file and the options of a call.
func fileOf(env *orm.Env, call *orm.Call) (Request, error) {
	var req Request
	var err error
	if req.Filename, err = call.String("filename"); err != nil {
		return req, err
	}
	text, err := call.String("data")
	if err != nil {
		return req, err
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return req, fault.New(fault.Value, "data: not base64").Because(err)
	}
	req.File = bytes.NewReader(data)
	if v := call.Value("options"); v == nil || v == false {
		return req, nil
	}
	given, err := call.Map("options")
	if err != nil {
		return req, err
	}
	req.Options, err = optionsOf(given)
	return req, err
}

// importAttachments imports uploaded attachments, as Odoo's journals do when
// files are dropped on them, and answers the action that shows their lines. The
// uploads go: the file is kept on the statements and the run.
func (d *Desk) importAttachments(env *orm.Env, call *orm.Call) (any, error) {
	journal, err := fileJournal(call)
	if err != nil {
		return nil, err
	}
	ids, err := call.Ids("attachment_ids")
	if err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return nil, fault.Say(fault.User, "sync.file_none", nil)
	}
	reports := []*Report{}
	runIDs := []any{}
	for _, id := range ids {
		report, err := d.importAttachment(env, journal, id)
		if err != nil {
			return nil, err
		}
		reports = append(reports, report)
		runIDs = append(runIDs, report.Run)
	}
	var made []int64
	err = env.Within(orm.TxRead, func(env *orm.Env) (err error) {
		rows, err := env.Sudo().SearchRead(record.Transactions, domain.Where("posted_run", domain.In, runIDs), []string{"line_id"},
			orm.SearchOptions{Limit: 10_000})
		if err == nil {
			for row := range rows.All() {
				if line := row.Ref("line_id"); line != 0 {
					made = append(made, line)
				}
			}
		}
		return err
	})
	return answer(map[string]any{
		"type": "ir.actions.act_window", "name": "Bank Transactions", "res_model": record.Lines, "view_mode": "list,form",
		"views": []any{[]any{false, "list"}, []any{false, "form"}}, "domain": []any{[]any{"id", "in", append([]int64{}, made...)}},
		"context": map[string]any{"default_journal_id": journal}, "reports": reports,
	}, err)
}

func (d *Desk) importAttachment(env *orm.Env, journal, id int64) (*Report, error) {
	req := Request{Journal: journal}
	err := env.Within(orm.TxRead, func(env *orm.Env) error {
		rows, err := env.Read(base.Attachments, []int64{id}, "name", "datas")
		if err != nil {
			return err
		}
		if rows.Len() == 0 {
			return fault.Say(fault.Missing, "fault.missing", nil)
		}
		req.Filename, req.File = rows.At(0).Str("name"), bytes.NewReader(rows.At(0).Bytes("datas"))
		return nil
	})
	if err != nil {
		return nil, err
	}
	report, err := d.Import(env.Ctx(), env.Database(), principal(env), req)
	if err != nil {
		return nil, err
	}
	return report, env.Within(orm.TxWrite, func(env *orm.Env) error {
		rows, err := env.Read(base.Attachments, []int64{id}, "res_model")
		if err != nil || rows.Len() == 0 || rows.At(0).Str("res_model") != "" {
			return err
		}
		return env.Unlink(base.Attachments, []int64{id})
	})
}

// mappingTest is what a file would be read as.
type mappingTest struct {
	Format   string            `json:"format"`
	Reader   string            `json:"reader"`
	Encoding string            `json:"encoding"`
	ReadAs   map[string]string `json:"read_as"`  // options, found out or chosen
	Headings []string          `json:"headings"` // of a table
	Accounts []string          `json:"accounts"`
	Rows     []testedRow       `json:"rows"`
	Refused  []Refusal         `json:"refused"`
	// Findings are what the file proves, denies and leaves out, see Report.
	Findings []Finding `json:"findings"`
	// Question names the option that must be chosen, or is wrong.
	Question *mappingQuestion `json:"question"`

	found Findings
	read  int
}

type mappingQuestion struct {
	Option  string `json:"option,omitempty"`
	Line    int    `json:"line,omitempty"`
	Message string `json:"message"`
}

type testedRow struct {
	Date      string `json:"date"`
	ValueDate string `json:"value_date,omitempty"`
	Amount    string `json:"amount"`
	Currency  string `json:"currency,omitempty"`
	Text      string `json:"payment_ref"`
	Partner   string `json:"partner_name,omitempty"`
	Counter   string `json:"account_number,omitempty"`
	Account   string `json:"account,omitempty"`
	Pending   bool   `json:"pending,omitempty"`
}

// errEnough ends a test's reading.
var errEnough = errors.New("enough rows")

// mostTested is how many transactions a test reads, most of them for the sake of
// what they prove; a longer file is proven when an import is foretold.
const mostTested = 20_000

// testMapping reads a file with the options saved for a journal and those given,
// and answers what its first rows are read as, and what it proves. It imports
// nothing.
func (d *Desk) testMapping(env *orm.Env, call *orm.Call) (any, error) {
	req, err := fileOf(env, call)
	if err != nil {
		return nil, err
	}
	limit := int64(20)
	if v := call.Value("limit"); v != nil && v != false {
		if limit, err = call.Int("limit"); err != nil {
			return nil, err
		}
	}
	limit = min(max(limit, 1), 500)
	all, err := testOptions(env, call)
	if err != nil {
		return nil, err
	}
	maps.Copy(all, req.Options)
	all["limit"] = strconv.Itoa(mostTested)
	lang := langOf(principal(env))
	var first *mappingTest
	for _, name := range d.fileReaders(all["reader"]) {
		t := &mappingTest{Reader: name, Rows: []testedRow{}, Refused: []Refusal{}, Headings: []string{}, Accounts: []string{},
			ReadAs: map[string]string{}, Findings: []Finding{}}
		err := d.readWith(env.Ctx(), name, all, &req, func(b *sdk.StatementBatch) error { return t.take(b, int(limit)) })
		if err != nil && !errors.Is(err, errEnough) {
			if isFault(err) || sdk.KindOf(err) != sdk.BadRequest {
				return nil, d.unreadable(err, req.Filename)
			}
			if !t.goesOn(err, int(limit)) {
				t.ask(err)
			}
		}
		if err == nil {
			t.Findings = t.found.Told(lang)
		}
		if first == nil {
			first = t
		}
		if t.Question == nil || len(t.Rows) > 0 {
			first = t
			break
		}
	}
	return answer(first, nil)
}

// testOptions are those saved: of the mapping that is called, or of the journal.
func testOptions(env *orm.Env, call *orm.Call) (options, error) {
	all := options{}
	err := env.Within(orm.TxRead, func(env *orm.Env) error {
		if call.Model == mappings {
			rows, err := env.Read(mappings, call.IDs, mappingFields()...)
			if err == nil && rows.Len() > 0 {
				all = mappingOptions(rows.At(0))
			}
			return err
		}
		for _, id := range call.IDs {
			if err := env.CheckRules(record.Journals, []int64{id}, orm.Read); err != nil {
				return err
			}
			saved, err := savedMapping(env.Sudo(), id)
			if err != nil {
				return err
			}
			maps.Copy(all, saved)
		}
		return nil
	})
	delete(all, "account")
	return all, err
}

// goesOn reports whether a file is damaged only behind the rows that were asked
// for: a client may test with its beginning.
func (t *mappingTest) goesOn(err error, limit int) bool {
	var told *sdk.Error
	return errors.As(err, &told) && told.Field == "" && len(t.Rows) >= limit
}

func (t *mappingTest) ask(err error) {
	var told *sdk.Error
	t.Question = &mappingQuestion{Message: err.Error()}
	if errors.As(err, &told) {
		t.Question = &mappingQuestion{Option: told.Field, Line: told.Line, Message: record.Tidy(told.Message)}
	}
}

func (t *mappingTest) take(b *sdk.StatementBatch, limit int) error {
	t.Format, t.Encoding = b.Format, b.Encoding
	if len(b.ReadAs) > 0 {
		t.ReadAs = maps.Clone(b.ReadAs)
		var names []string
		if json.Unmarshal([]byte(b.ReadAs["column_names"]), &names) == nil {
			t.Headings = names
		}
		delete(t.ReadAs, "column_names")
	}
	account := nameOr(b.Account.Number, b.Account.ID)
	if account != "" && len(t.Accounts) < 50 && !slices.Contains(t.Accounts, account) {
		t.Accounts = append(t.Accounts, account)
	}
	for i := range b.Refused {
		if len(t.Refused) < limit {
			t.Refused = append(t.Refused, Refusal(b.Refused[i]))
		}
	}
	for i := range b.Booked {
		t.add(rowOf(&b.Booked[i], b, account), limit)
	}
	for i := range b.Pending {
		row := rowOf(&b.Pending[i], b, account)
		row.Pending = true
		t.add(row, limit)
	}
	t.found.Take(b.Findings...)
	if t.read += len(b.Booked) + len(b.Pending); t.read >= mostTested {
		return errEnough
	}
	return nil
}

func (t *mappingTest) add(r testedRow, limit int) {
	if len(t.Rows) < limit {
		t.Rows = append(t.Rows, r)
	}
}

func rowOf(tx *sdk.Transaction, b *sdk.StatementBatch, account string) testedRow {
	r := testedRow{Date: tx.Date.String(), ValueDate: tx.ValueDate.String(), Amount: tx.Amount, Currency: tx.Currency,
		Text: tx.Reference, Partner: tx.Counterparty, Counter: tx.CounterNumber, Account: account}
	if tx.Direction == sdk.Out {
		r.Amount = "-" + tx.Amount
	}
	if r.Currency == "" {
		r.Currency = b.Account.Currency
	}
	return r
}
