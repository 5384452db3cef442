package orm

import (
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"

	"github.com/girosync/girosync/addon/orm/schema"
)

// harmless is what may stand in HTML that people show each other: no scripts, no
// forms, no addresses but those of the web and of mail.
var harmless = sync.OnceValue(bluemonday.UGCPolicy)

// toHTML is toText without what could act in a browser.
func toHTML(e *entity, f *schema.Field, v any) (any, error) {
	text, err := toText(e, f, v)
	if s, ok := text.(string); ok && err == nil && strings.ContainsAny(s, "<&") {
		return harmless().Sanitize(s), nil
	}
	return text, err
}
