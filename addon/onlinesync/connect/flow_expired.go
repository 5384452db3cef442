package connect

import (
	"encoding/json"

	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/onlinesync/run"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/domain"
	"github.com/girosync/girosync/plugins/sdk"
)

// mostExpired is how many flows one sweep ends.
const mostExpired = 500

// ExpireFlows ends the flows that nobody finished, and says why as the last step wants
// it (S14).
func (c *Connections) ExpireFlows(env *orm.Env) error {
	c.flows.sweep(env.Database(), env.Now())
	rows, err := env.SearchRead(record.Flows, domain.All(domain.Where("state", domain.In, []any{record.FlowAsking, record.FlowWaiting}),
		domain.Where("expires_at", domain.Lt, env.Now())), []string{"step", "create_uid"}, orm.SearchOptions{Limit: mostExpired})
	if err != nil || rows.Len() == 0 {
		return err
	}
	for row := range rows.All() {
		lang, err := languageOf(env, row.Ref("create_uid"))
		if err != nil {
			return err
		}
		var last struct {
			Type sdk.StepKind `json:"type"`
		}
		_ = json.Unmarshal(row.JSON("step"), &last) // a step that cannot be read is any step
		values := expired(last.Type, lang)
		if err := env.Write(record.Flows, []int64{row.ID()}, values); err != nil {
			return err
		}
		if err := run.TellFlowStep(env, row.ID(), values); err != nil {
			return err
		}
	}
	return nil
}

// expired is how a flow ends whose user did not come back. Only where a window was to
// open may it have been kept from opening.
func expired(last sdk.StepKind, lang string) orm.Values {
	words := "sync.flow_expired"
	switch last {
	case sdk.StepRedirect:
		words = "sync.flow_expired_window"
	case sdk.StepWait:
		words = "sync.flow_expired_wait"
	}
	return orm.Values{"state": record.FlowExpired, "step": nil, "error_message": record.SayIn(lang, words, nil)}
}

func languageOf(env *orm.Env, user int64) (string, error) {
	if user == 0 {
		return "en_US", nil
	}
	rows, err := env.Read("res.users", []int64{user}, "lang")
	if err != nil || rows.Len() == 0 {
		return "en_US", err
	}
	return rows.At(0).Str("lang"), nil
}
