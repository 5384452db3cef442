// Package failpoint lets a test kill the host between two named steps, to show
// that nothing is lost and nothing is done twice. It does nothing unless the
// environment asks for it:
//
//	GIROSYNC_FAILPOINT="sync.chunk.ledger=kill:3"   kill -9 at the third hit
//	GIROSYNC_FAILPOINT_LOG=/path/file               append "name count" per hit
//
// Those who call [Hit] name the steps; [Names] lists them for tests.
package failpoint
