package server_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/server"
)

// TestManyWorkersOnePassword lets a client begin with many calls at once, each
// with the right password: none is taken for a guess.
func TestManyWorkersOnePassword(t *testing.T) {
	eachHost(t, func(t *testing.T, host *server.Host, _ *orm.Database) {
		tests := []struct{ path, body, want string }{
			{"/jsonrpc", `{"params":{"service":"object","method":"execute_kw","args":["books",2,"admin","res.users","search_count",[[]]]}}`, `"result"`},
			{"/web/session/authenticate", `{"params":{"db":"books","login":"admin","password":"admin"}}`, `"uid": 2`},
		}
		d := &door{t: t, handler: host.Handler()}
		for _, test := range tests {
			answers := make([]string, 24)
			var workers sync.WaitGroup
			for i := range answers {
				workers.Go(func() { answers[i] = d.post(test.path, test.body).Body.String() })
			}
			workers.Wait()
			for _, answer := range answers {
				if !strings.Contains(strings.ReplaceAll(answer, `":2`, `": 2`), test.want) {
					t.Fatalf("%s answered %.300s", test.path, answer)
				}
			}
		}
	})
}
