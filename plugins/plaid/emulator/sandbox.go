package emulator

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/girosync/girosync/plugins/sdk/rest/standin"
)

// createPublic makes an item without a user.
func (s *Server) createPublic(body map[string]any) (any, *trouble) {
	id, _ := body["institution_id"].(string)
	b := find(id)
	if b == nil {
		return nil, badBank
	}
	options, _ := body["options"].(map[string]any)
	webhook, _ := options["webhook"].(string)
	asked, _ := options["transactions"].(map[string]any)
	return map[string]any{"public_token": s.make(b, webhook, int(number(asked["days_requested"])))}, nil
}

func (s *Server) resetLogin(body map[string]any) (any, *trouble) {
	i, wrong := s.item(body, false, "")
	if wrong != nil {
		return nil, wrong
	}
	i.Login = true
	s.notify(i, "ITEM", "ERROR", map[string]any{"error": loginRequired("").data()})
	return map[string]any{"reset_login": true}, nil
}

func (s *Server) fireWebhook(body map[string]any) (any, *trouble) {
	i, wrong := s.item(body, false, "")
	if wrong != nil {
		return nil, wrong
	}
	code, _ := body["webhook_code"].(string)
	kind, more := "ITEM", map[string]any{}
	switch code {
	case "DEFAULT_UPDATE", "SYNC_UPDATES_AVAILABLE", "RECURRING_TRANSACTIONS_UPDATE":
		kind = "TRANSACTIONS"
	case "ERROR":
		more["error"] = loginRequired("").data()
	case "PENDING_DISCONNECT":
		more["reason"] = "INSTITUTION_TOKEN_EXPIRATION"
		more["disconnect_time"] = s.clock.Now().Add(7 * days).Format(time.RFC3339)
	case "USER_ACCOUNT_REVOKED":
		more["account_id"] = i.accounts()[0].id
	case "NEW_ACCOUNTS_AVAILABLE", "USER_PERMISSION_REVOKED", "LOGIN_REPAIRED":
	default:
		return nil, wrongField("webhook_code is another")
	}
	return map[string]any{"webhook_fired": s.notify(i, kind, code, more)}, nil
}

// createTransactions orders transactions on the first account.
func (s *Server) createTransactions(body map[string]any) (any, *trouble) {
	i, wrong := s.item(body, true, "")
	if wrong != nil {
		return nil, wrong
	}
	list, _ := body["transactions"].([]any)
	if len(list) == 0 || len(list) > 10 {
		return nil, wrongField("transactions must hold between 1 and 10")
	}
	now := s.clock.Now()
	ordered := []made{} // a moment later than what was told up to now
	for n, one := range list {
		asked, _ := one.(map[string]any)
		text := func(name string) string { value, _ := asked[name].(string); return value }
		day, err1 := time.Parse(time.DateOnly, text("date_transacted"))
		posted, err2 := time.Parse(time.DateOnly, text("date_posted"))
		if err1 != nil || err2 != nil || text("description") == "" || day.After(now) || posted.After(now) || now.Sub(day) > 15*days {
			return nil, wrongField("a transaction has a date of the last 14 days, an amount and a description")
		}
		ordered = append(ordered, made{Account: i.accounts()[0].id, ID: fmt.Sprintf("%s%04d", token(33, i.ID), len(i.Made)+n),
			At: now.Add(1), Day: day, Posted: posted, Cents: -int64(math.Round(number(asked["amount"]) * 100)), Text: text("description")})
	}
	i.Made = append(i.Made, ordered...)
	s.notify(i, "TRANSACTIONS", "SYNC_UPDATES_AVAILABLE", nil)
	return map[string]any{}, nil
}

// endAll is how banks make all their users log in again.
func (s *Server) endAll(w http.ResponseWriter, r *http.Request) {
	reason := r.PathValue("reason")
	if reason != "" && !slices.Contains([]string{"OAUTH_INVALID_TOKEN", "OAUTH_CONSENT_EXPIRED", "OAUTH_USER_REVOKED"}, reason) {
		http.Error(w, "there is no such reason", http.StatusBadRequest)
		return
	}
	for _, i := range s.state.Items {
		if i.Removed {
			continue
		}
		i.Login, i.Reason = true, reason
		if reason == "OAUTH_USER_REVOKED" {
			s.notify(i, "ITEM", "USER_PERMISSION_REVOKED", nil)
		} else {
			s.notify(i, "ITEM", "ERROR", map[string]any{"error": loginRequired(reason).data()})
		}
	}
	standin.WriteJSON(w, http.StatusOK, map[string]int{"items": len(s.state.Items)})
}

// tellNews asks every bank, and tells every item of news.
func (s *Server) tellNews(w http.ResponseWriter, _ *http.Request) {
	for _, i := range s.state.Items {
		if !i.Removed {
			i.Refreshed = s.clock.Now()
			s.notify(i, "TRANSACTIONS", "SYNC_UPDATES_AVAILABLE", nil)
		}
	}
	standin.WriteJSON(w, http.StatusOK, map[string]int{"items": len(s.state.Items)})
}
