package onlinesync_test

import (
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
			for name, told := range document["methods"].(map[string]any) {
				method := told.(map[string]any)
				if module := method["module"]; module != "onlinesync" && module != "account" {
					continue
				}
				described++
				if method["doc"] == nil {
					t.Errorf("%s.%s has no description", model, name)
				}
				for _, p := range method["parameters"].(map[string]any) {
					parameter := p.(map[string]any)
					if _, optional := parameter["default"]; !optional && parameter["kind"] == nil && parameter["doc"] == nil {
						t.Errorf("%s.%s does not say what %v is", model, name, parameter["name"])
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
