package onlinesync_test

import (
	"sync"
	"testing"
	"time"
)

// Whoever asks about a flow while it is being stored, by a second click or in another
// window, waits, and hears what came of it.
func TestAFlowThatIsBeingStoredIsNotLost(t *testing.T) {
	for _, method := range []string{"poll", "submit", "cancel"} {
		t.Run(method, func(t *testing.T) {
			each(t, func(t *testing.T, r *rig) {
				flow := r.call("account.online.flow", "start", object{"institution_id": r.bank("demo-checking")}).(object)
				flow = r.call("account.online.flow", "submit", flow["flow_id"], object{"user": "jane", "password": "secret"}).(object)
				chosen := object{"accounts": []any{stepOf(flow)["accounts"].([]any)[0].(object)["id"]}}
				args := []any{flow["flow_id"]}
				if method == "submit" {
					args = append(args, chosen)
				}
				var other sync.WaitGroup
				var heard object
				asked := false
				r.step = func(name string) {
					if name != "flow.storing" || asked {
						return
					}
					asked = true
					answered := make(chan struct{})
					other.Go(func() {
						defer close(answered)
						if reply, err := r.try("account.online.flow", method, args...); err == nil {
							heard = reply.(object)
						}
					})
					select {
					case <-answered:
					case <-time.After(200 * time.Millisecond): // it waits, as it should
					}
				}
				done := r.call("account.online.flow", "submit", flow["flow_id"], chosen).(object)
				other.Wait()
				r.step = nil
				if done["state"] != "done" || heard["state"] != "done" {
					t.Errorf("one hears %v, the other %v", done, heard)
				}
			})
		})
	}
}
