package onlinesync_test

import (
	"encoding/json"
	"testing"

	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/addon/orm/ormtest"
)

// Whoever calls a method of the books or the synchronisation is told what it does;
// whoever has to give it an argument, what is meant.
func TestMethodsAreDescribed(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	described := 0
	ormtest.Within(t, r.db, func(env *orm.Env) error {
		for _, model := range r.db.Registry().Names() {
			document, err := env.Document(orm.Odoo19, model)
			if err != nil {
				return err
			}
			text, err := json.Marshal(document)
			if err != nil {
				return err
			}
			var told struct {
				Methods map[string]struct {
					Module, Doc string
					Parameters  map[string]map[string]any
				}
			}
			if err := json.Unmarshal(text, &told); err != nil {
				return err
			}
			for name, method := range told.Methods {
				if method.Module != "onlinesync" && method.Module != "account" {
					continue
				}
				described++
				if method.Doc == "" {
					t.Errorf("%s.%s has no description", model, name)
				}
				for _, p := range method.Parameters {
					if _, optional := p["default"]; !optional && p["kind"] == nil && p["doc"] == nil {
						t.Errorf("%s.%s does not say what %v is", model, name, p["name"])
					}
				}
			}
		}
		return nil
	})
	if described < 30 {
		t.Errorf("only %d methods", described)
	}
}
