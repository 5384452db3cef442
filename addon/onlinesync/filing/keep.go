package filing

import (
	"context"
	"io"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// keepFile keeps the source file on the run and on the statements that got
// lines from it (D19). A file larger than the bound is not kept, and the run
// says so; that it cannot be kept never undoes the import.
func (f *filing) keepFile(ctx context.Context) {
	data, err := f.fileData()
	if err == nil && data == nil {
		return
	}
	if err == nil {
		err = f.run.Write(ctx, func(env *orm.Env, _ *run.Counters) error {
			kept, err := f.attach(env, data)
			f.report.Attachments = kept
			return err
		})
	}
	if err != nil {
		f.Log.Error("keep statement file", "run", f.run.ID, "file", f.req.Filename, "error", err)
		f.notes = append(f.notes, record.SayIn(f.target.lang, "sync.file_not_kept", nil))
	}
}

// fileData reads the file; nil when it is larger than what is kept.
func (f *filing) fileData() ([]byte, error) {
	size, err := f.req.File.Seek(0, io.SeekEnd)
	if err != nil || f.KeepFiles < 0 {
		return nil, err
	}
	if size > f.KeepFiles {
		f.notes = append(f.notes, record.SayIn("en_US", "sync.file_too_large_to_keep", fault.Args{"size": f.KeepFiles >> 20}))
		return nil, nil
	}
	if _, err := f.req.File.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(f.req.File, f.KeepFiles))
}

func (f *filing) attach(env *orm.Env, data []byte) ([]int64, error) {
	if len(data) == 0 {
		return nil, nil
	}
	kept, err := base.Attach(env, record.Runs, []int64{f.run.ID}, f.req.Filename, data, f.target.company)
	if err != nil {
		return nil, err
	}
	made, err := env.SearchRead(record.Transactions,
		domain.All(domain.Where("posted_run", domain.Eq, f.run.ID), domain.Where("line_id", domain.Ne, false)), []string{"line_id"},
		orm.SearchOptions{})
	if err != nil || made.Len() == 0 {
		return kept, err
	}
	ids := make([]any, 0, made.Len())
	for row := range made.All() {
		ids = append(ids, row.Ref("line_id"))
	}
	of, err := env.Search(record.Statements, domain.Where("line_ids", domain.AnyOf, domain.Where("id", domain.In, ids)),
		orm.SearchOptions{})
	if err != nil || len(of) == 0 {
		return kept, err
	}
	more, err := base.Attach(env, record.Statements, of, f.req.Filename, data, f.target.company)
	return append(kept, more...), err
}
