package guide_test

import "time"

const (
	hour = time.Hour
	day  = 24 * time.Hour
)

// bank is the institution of an id of the demo provider's.
func (o *office) bank(identifier string) float64 {
	o.t.Helper()
	return o.id("account.online.institution", leaf("online_identifier", "=", identifier), leaf("provider_id.name", "=", "demo"))
}

// begin starts to connect a bank.
func (o *office) begin(identifier string) object {
	o.t.Helper()
	return o.start(object{"institution_id": o.bank(identifier)})
}

// start starts a flow.
func (o *office) start(values object) object {
	o.t.Helper()
	return o.call("account.online.flow", "start", values).(object)
}

// submit answers what a flow asks.
func (o *office) submit(at, values object) object {
	o.t.Helper()
	return o.call("account.online.flow", "submit", at["flow_id"], values).(object)
}

// connect connects a demo bank with its first n accounts, all if n < 0, waits for
// the first synchronisation and returns the connection.
func (o *office) connect(identifier string, n int) float64 {
	o.t.Helper()
	link := o.walk(o.begin(identifier), n, nil)
	o.settle()
	return link
}

// walk answers what a flow asks until it is done, and returns the connection.
// What is typed may be given; a user and a password are typed anyway.
func (o *office) walk(at object, n int, typed object) float64 {
	o.t.Helper()
	const most = 12
	for range most {
		switch step, _ := at["step"].(object); {
		case at["state"] == "done":
			return at["link_id"].(float64)
		case at["state"] == "waiting" && step["type"] == "redirect":
			if status, text := o.visit(step["url"].(string)); status != 200 {
				o.t.Fatalf("back from the bank: %d %.300s", status, text)
			}
			at = o.call("account.online.flow", "poll", at["flow_id"]).(object)
		case at["state"] == "waiting":
			at = o.call("account.online.flow", "poll", at["flow_id"]).(object)
		case at["state"] == "asking":
			at = o.submit(at, answer(step, n, typed))
		default:
			o.t.Fatalf("the flow is %v: %v", at["state"], at["error_message"])
		}
	}
	o.t.Fatalf("the flow does not end: %v", at)
	return 0
}

// answer fills in a step.
func answer(step object, n int, typed object) object {
	values := object{}
	if step["type"] == "accounts" {
		ids := list{}
		for i, account := range step["accounts"].(list) {
			if n < 0 || i < n {
				ids = append(ids, account.(object)["id"])
			}
		}
		return object{"accounts": ids, "none": n == 0}
	}
	fields, _ := step["fields"].(list)
	for _, f := range fields {
		name := f.(object)["name"].(string)
		values[name] = "jane"
		if name == "code" {
			values[name] = "123456"
		}
		if value, ok := typed[name]; ok {
			values[name] = value
		}
	}
	return values
}

// fetch presses Fetch Transactions, waits, and returns the run.
func (o *office) fetch(link float64) object {
	o.t.Helper()
	run := o.call("account.online.link", "action_fetch_transactions", list{link})
	o.settle()
	return o.row("account.online.run", list{leaf("id", "=", run)}, "state", "outcome", "trigger", "fetched", "created", "known", "pending",
		"started_at", "error_message", "error_reference", "window_from", "window_to")
}

// link reads a connection.
func (o *office) link(id float64, fields ...string) object {
	o.t.Helper()
	return o.row("account.online.link", list{leaf("id", "=", id)}, fields...)
}

// runs are the synchronisations of a connection, the first one first.
func (o *office) runs(link float64) []object {
	o.t.Helper()
	return o.rows("account.online.run", list{leaf("link_id", "=", link)}, "trigger", "outcome", "fetched", "created", "error_message")
}

// lines counts the lines that a connection brought.
func (o *office) lines(link float64) int {
	o.t.Helper()
	return o.count("account.bank.statement.line", leaf("online_link_id", "=", link))
}
