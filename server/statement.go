package server

import (
	"encoding/json"
	"net/http"

	"github.com/girosync/girosync/addon/account"
	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/orm"
	"github.com/girosync/girosync/server/httpd"
)

// statement reads a bank statement for printing, with the rights and in the
// language of who is logged in.
func (h *Host) statement(r *http.Request, id int64) (httpd.Statement, error) {
	known, db, err := h.rpc.Session(r)
	if err != nil {
		return httpd.Statement{}, err
	}
	who := orm.Principal{UID: known.UID}
	lang := "en_US"
	if err := db.Within(r.Context(), who, orm.TxRead, func(env *orm.Env) error { lang = env.User().Lang; return nil }); err != nil {
		return httpd.Statement{}, err
	}
	result, err := db.Call(r.Context(), who, "account.bank.statement", "print_data", []any{[]any{id}},
		map[string]any{"context": map[string]any{"lang": lang}})
	if err != nil {
		return httpd.Statement{}, err
	}
	text, err := json.Marshal(result)
	if err != nil {
		return httpd.Statement{}, fault.Wrap(err, "print statement", id)
	}
	var p account.Printout
	if err := json.Unmarshal(text, &p); err != nil {
		return httpd.Statement{}, fault.Wrap(err, "print statement", id)
	}
	s := httpd.Statement{Name: p.Name, Date: string(p.Date), Company: p.Company, Journal: p.Journal, Number: p.Number, Bank: p.Bank,
		BIC:      p.BIC,
		Currency: p.Currency, Digits: int(p.Digits), Start: p.Start.String(), End: p.End.String(), Real: p.Real.String(), Valid: p.Valid,
		Complete: p.Complete, Language: lang}
	for _, l := range p.Lines {
		s.Lines = append(s.Lines, httpd.StatementLine{Date: string(l.Date), Name: l.Name, Label: l.Label, Partner: l.Partner,
			Number: l.Number,
			Amount: l.Amount.String(), Balance: l.Balance.String(), Foreign: l.Foreign})
	}
	return s, nil
}
