package emulator

import (
	"net/http"

	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

// trouble is an error that the service tells.
type trouble struct {
	status        int
	code, message string
	detail        string
}

// Errors of the vendor's list, with the statuses that the document has for them.
var (
	denied         = &trouble{403, "ACCESS_DENIED", "Access to this resource is denied. Check services available for your application.", ""}
	noToken        = &trouble{401, "AUTHORIZATION_NOT_PROVIDED", "Authorization header is not provided", ""}
	badToken       = &trouble{401, "UNAUTHORIZED_ACCESS", "Unauthorized access", ""}
	noAccount      = &trouble{404, "ACCOUNT_DOES_NOT_EXIST", "No account found matching provided id", ""}
	noSession      = &trouble{404, "SESSION_DOES_NOT_EXIST", "No session found matching provided id", ""}
	wrongCode      = &trouble{422, "WRONG_AUTHORIZATION_CODE", "Wrong authorization code provided", ""}
	usedCode       = &trouble{422, "ALREADY_AUTHORIZED", "Session is already authorized", ""}
	wrongBank      = &trouble{422, "WRONG_ASPSP_PROVIDED", "Wrong ASPSP name provided", ""}
	wrongRedirect  = &trouble{422, "REDIRECT_URI_NOT_ALLOWED", "Redirect URI not allowed", ""}
	wrongLogin     = &trouble{422, "WRONG_CREDENTIALS_PROVIDED", "Wrong credentials provided", ""}
	wrongKey       = &trouble{422, "WRONG_CONTINUATION_KEY", "Wrong continuation key provided", ""}
	futureDate     = &trouble{422, "DATE_FROM_IN_FUTURE", "date_from can not be in the future", ""}
	toWithoutFrom  = &trouble{422, "DATE_TO_WITHOUT_DATE_FROM", "date_from must be provided if date_to provided", ""}
	wrongInterval  = &trouble{422, "WRONG_DATE_INTERVAL", "date_from should be less than or equal date_to", ""}
	tooOften       = &trouble{429, "ASPSP_RATE_LIMIT_EXCEEDED", "ASPSP Rate limit exceeded", ""}
	bankDown       = &trouble{400, "ASPSP_ERROR", "Error interacting with ASPSP", ""}
	actionRequired = &trouble{422, "ASPSP_PSU_ACTION_REQUIRED", "PSU action is required to proceed", ""}
)

func wrongParameters(detail string) *trouble {
	return &trouble{422, "WRONG_REQUEST_PARAMETERS", "Wrong request parameters provided", detail}
}

func wrongPeriod(detail string) *trouble {
	return &trouble{422, "WRONG_TRANSACTIONS_PERIOD", "Wrong transactions period requested", detail}
}

func missingHeader(name string) *trouble {
	return &trouble{422, "PSU_HEADER_NOT_PROVIDED", "Required PSU header is not provided", "PSU header " + name + " is not provided"}
}

// ofStatus is the error of a session that is not authorised any more; nil for one that is.
func ofStatus(status string) *trouble {
	switch status {
	case "AUTHORIZED":
		return nil
	case "EXPIRED":
		return &trouble{401, "EXPIRED_SESSION", "Session is expired", ""}
	case "REVOKED":
		return &trouble{401, "REVOKED_SESSION", "Session is revoked", ""}
	case "CLOSED":
		return &trouble{401, "CLOSED_SESSION", "Session is closed", ""}
	}
	return &trouble{422, "WRONG_SESSION_STATUS", "Wrong session status", ""}
}

func (t *trouble) write(w http.ResponseWriter) {
	body := map[string]any{"message": t.message, "code": t.status, "error": t.code}
	if t.detail != "" {
		body["detail"] = t.detail
	}
	standin.WriteJSON(w, t.status, body)
}
