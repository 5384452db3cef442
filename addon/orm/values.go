package orm

// Values are a record's values by field name, in the Go types that package
// schema lists. From clients come JSON's types instead; create and write
// convert and check them.
type Values map[string]any

// Command changes a one2many or many2many. From clients it comes as Odoo's
// lists, such as [0, 0, {…}] or [6, 0, [1, 2]].
type Command struct {
	Op     CommandOp
	ID     int64
	IDs    []int64
	Values Values
	made   *int64 // where the id of a line that CommandCreate makes is told; nil for nowhere
}

// CommandOp is Odoo's command number.
type CommandOp int

// Commands.
const (
	CommandCreate CommandOp = 0
	CommandUpdate CommandOp = 1
	CommandDelete CommandOp = 2
	CommandUnlink CommandOp = 3
	CommandLink   CommandOp = 4
	CommandClear  CommandOp = 5
	CommandSet    CommandOp = 6
)

// Context is what a call carries besides its arguments: lang, tz, active_test,
// allowed_company_ids, default_FIELD and others, as JSON values.
type Context map[string]any

// Lang returns the language, "en_US" when none is given.
func (c Context) Lang() string {
	if lang, ok := c["lang"].(string); ok && lang != "" {
		return lang
	}
	return "en_US"
}
