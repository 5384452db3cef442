package onlinesync

import (
	"context"
	"io"

	"github.com/girosync/girosync/addon/base"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
)

// keepFile keeps the source file on the run and on the statements that got
// lines from it (D19). A file larger than the bound is not kept, and the run
// says so; that it cannot be kept never undoes the import.
func (s *syncing) keepFile(ctx context.Context, target *fileTarget, req *FileImport, report *FileReport) {
	data, err := s.fileData(req)
	if err == nil && data == nil {
		return
	}
	if err == nil {
		err = s.write(ctx, func(env *orm.Env, _ *counters) error {
			kept, err := s.attach(env, target, req.Filename, data)
			report.Attachments = kept
			return err
		})
	}
	if err != nil {
		s.a.opt.Log.Error("keep statement file", "run", s.run, "file", req.Filename, "error", err)
		s.notes = append(s.notes, fault.Localize(fault.Say(fault.User, "sync.file_not_kept", nil), target.lang))
	}
}

// fileData reads the file; nil when it is larger than what is kept.
func (s *syncing) fileData(req *FileImport) ([]byte, error) {
	size, err := req.File.Seek(0, io.SeekEnd)
	if err != nil || s.a.opt.KeepFiles < 0 {
		return nil, err
	}
	if size > s.a.opt.KeepFiles {
		s.notes = append(s.notes, s.say("sync.file_too_large_to_keep", fault.Args{"size": s.a.opt.KeepFiles >> 20}))
		return nil, nil
	}
	if _, err := req.File.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(req.File, s.a.opt.KeepFiles))
}

func (s *syncing) attach(env *orm.Env, target *fileTarget, filename string, data []byte) ([]int64, error) {
	if len(data) == 0 {
		return nil, nil
	}
	kept, err := base.Attach(env, runs, []int64{s.run}, filename, data, target.company)
	if err != nil {
		return nil, err
	}
	made, err := env.SearchRead(transactions, domain.All(domain.Where("posted_run", domain.Eq, s.run), domain.Where("line_id", domain.Ne, false)), []string{"line_id"}, orm.SearchOptions{})
	if err != nil || made.Len() == 0 {
		return kept, err
	}
	ids := make([]any, 0, made.Len())
	for row := range made.All() {
		ids = append(ids, row.Ref("line_id"))
	}
	of, err := env.Search(statements, domain.Where("line_ids", domain.AnyOf, domain.Where("id", domain.In, ids)), orm.SearchOptions{})
	if err != nil || len(of) == 0 {
		return kept, err
	}
	more, err := base.Attach(env, statements, of, filename, data, target.company)
	return append(kept, more...), err
}
