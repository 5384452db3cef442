package emulator

import (
	"net/http"

	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

// trouble is an error that the service tells.
type trouble struct {
	status                 int
	kind, code, message    string
	display, reason, after string
}

// Errors as the vendor's documents name them.
var (
	badKeys    = &trouble{status: 400, kind: "INVALID_INPUT", code: "INVALID_API_KEYS", message: "invalid client_id or secret provided"}
	badVersion = &trouble{status: 400, kind: "INVALID_REQUEST", code: "INCOMPATIBLE_API_VERSION", message: "the version is another"}
	badToken   = &trouble{status: 400, kind: "INVALID_INPUT", code: "INVALID_ACCESS_TOKEN", message: "could not find matching access token"}
	badPublic  = &trouble{status: 400, kind: "INVALID_INPUT", code: "INVALID_PUBLIC_TOKEN", message: "could not find matching public token"}
	badLink    = &trouble{status: 400, kind: "INVALID_INPUT", code: "INVALID_LINK_TOKEN", message: "could not find matching link token"}
	badAccount = &trouble{status: 400, kind: "INVALID_INPUT", code: "INVALID_ACCOUNT_ID", message: "the account is none of the Item's"}
	badBank    = &trouble{status: 400, kind: "INVALID_INPUT", code: "INVALID_INSTITUTION", message: "invalid institution_id provided"}
	badKeyID   = &trouble{status: 400, kind: "INVALID_INPUT", code: "INVALID_WEBHOOK_VERIFICATION_KEY_ID",
		message: "invalid key_id provided"}
	gone      = &trouble{status: 400, kind: "ITEM_ERROR", code: "ITEM_NOT_FOUND", message: "the Item was removed"}
	noRefresh = &trouble{status: 400, kind: "ITEM_ERROR", code: "PRODUCTS_NOT_SUPPORTED", message: "the bank does not support it"}
	mutated   = &trouble{status: 400, kind: "TRANSACTIONS_ERROR", code: "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION",
		message: "underlying transaction data changed since last page was fetched"}
	bankDown = &trouble{status: 400, kind: "INSTITUTION_ERROR", code: "INSTITUTION_DOWN", message: "this institution is not responding",
		display: "This financial institution is not currently responding to requests."}
)

func wrongField(message string) *trouble {
	return &trouble{status: 400, kind: "INVALID_REQUEST", code: "INVALID_FIELD", message: message}
}

func tooOften(code, after string) *trouble {
	return &trouble{status: 429, kind: "RATE_LIMIT_EXCEEDED", code: code, message: "rate limit exceeded for attempts to access this item",
		after: after}
}

func loginRequired(reason string) *trouble {
	return &trouble{status: 400, kind: "ITEM_ERROR", code: "ITEM_LOGIN_REQUIRED", reason: reason,
		message: "the login details of this item have changed", display: "The login details have changed."}
}

// data is the error as the service writes it, without the request's id.
func (t *trouble) data() map[string]any {
	out := map[string]any{"error_type": t.kind, "error_code": t.code, "error_message": t.message, "display_message": nil}
	if t.display != "" {
		out["display_message"] = t.display
	}
	if t.reason != "" {
		out["error_code_reason"] = t.reason
	}
	return out
}

func (t *trouble) write(w http.ResponseWriter, request string) {
	if t.after != "" {
		w.Header().Set("Retry-After", t.after)
	}
	body := t.data()
	body["request_id"] = request
	standin.WriteJSON(w, t.status, body)
}
