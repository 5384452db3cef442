package onlinesync_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/girosync/girosync/addon/orm/ormtest"
	"github.com/girosync/girosync/plugins/sdk"
)

func TestComplaint12DatesDoNotShiftWestOfGreenwich(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.call("res.users", "write", []any{2}, object{"tz": "America/Los_Angeles"})
		s, link := scripted(r, iban)
		s.tell("a1", all(tx("1", "2026-01-31", "10", "last of January"), tx("2", "2026-02-01", "20", "first of February")))
		r.sync(link)
		if diff := cmp.Diff([]string{"2026-01-31 last of January", "2026-02-01 first of February"}, r.texts()); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"BNK1/2026-01: 01-31", "BNK1/2026-02: 02-01"}, r.grouped()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestComplaint13LateLinesGrowTheStatementOfTheirOwnPeriod(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		s.tell("a1", with(quarter(), balance(sdk.Interim, "2026-06-17", "115")))
		r.sync(link)
		s.tell("a1", with(all(tx("5", "2026-01-20", "16", "late")), balance(sdk.Interim, "2026-06-17", "131")))
		r.sync(link)
		if diff := cmp.Diff([]string{"BNK1/2026-01: 01-15 01-16 01-20 01-31", "BNK1/2026-02: 02-01"}, r.grouped()); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([][3]float64{{100, 123, 123}, {123, 131, 131}}, r.balances()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestComplaint35SignsAndBalancesOfACardAreTurnedRound(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		card := sdk.Account{ID: "card", Name: "Card", Currency: "EUR", Kind: sdk.CreditCard}
		s, link := scripted(r, card)
		r.work()
		account := r.rows("account.online.account", []any{leaf("account_online_link_id", "=", link)}, "id")[0]["id"]
		r.call("account.online.account", "write", []any{account}, object{"inverse_transaction_sign": true})
		s.tell("card", with(all(tx("1", "2026-06-01", "25", "bought"), tx("2", "2026-06-02", "-5", "given back")),
			balance(sdk.Interim, "2026-06-17", "120")))
		r.sync(link)
		line := r.rows("account.bank.statement.line", []any{leaf("payment_ref", "=", "bought")}, "amount")[0]
		if line["amount"].(float64) != -25 {
			t.Errorf("what was bought: %v", line["amount"])
		}
		if diff := cmp.Diff([][3]float64{{-100, -120, -120}}, r.balances()); diff != "" {
			t.Error(diff)
		}
		if got := r.rows("account.online.account", []any{leaf("id", "=", account)}, "balance")[0]["balance"].(float64); got != -120 {
			t.Errorf("the account's balance %v", got)
		}
		if p := r.call("account.journal", "balance_proof", []any{r.journal(link)}).(object); p["verdict"] != "agrees" {
			t.Errorf("proof: %v", p["first_disagreement"])
		}
	})
}

func TestComplaint36ForeignAmountsKeepTheirCurrencyAndRate(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		paid := tx("1", "2026-06-01", "-92", "hotel")
		paid.OriginalAmount, paid.OriginalCurrency = "100", "USD"
		odd := tx("2", "2026-06-02", "-1", "points")
		odd.OriginalAmount, odd.OriginalCurrency = "7", "XPT9"
		wrong := tx("3", "2026-06-03", "-5", "in dollars")
		wrong.Currency = "USD"
		s.tell("a1", all(paid, odd, wrong))
		run := r.sync(link)
		line := r.rows("account.bank.statement.line", []any{leaf("payment_ref", "=", "hotel")}, "amount", "amount_currency",
			"foreign_currency_id", "transaction_details")[0]
		if line["amount"].(float64) != -92 || line["amount_currency"].(float64) != -100 || line["foreign_currency_id"].([]any)[1] != "USD" {
			t.Errorf("hotel: %v", line)
		}
		if details := line["transaction_details"].(object); details["exchange_rate"] != "0.92" || details["original_currency"] != "USD" {
			t.Errorf("details: %v", details)
		}
		// A currency that nobody knows is no line's currency, and is not lost.
		line = r.rows("account.bank.statement.line", []any{leaf("payment_ref", "=", "points")}, "foreign_currency_id",
			"transaction_details")[0]
		if line["foreign_currency_id"] != false || line["transaction_details"].(object)["original_currency"] != "XPT9" {
			t.Errorf("points: %v", line)
		}
		// An amount in another currency than the account's is refused by name, not booked 1:1.
		if r.count("account.bank.statement.line") != 2 || !strings.Contains(run["error_message"].(string), "USD") {
			t.Errorf("run: %v", run)
		}
	})
}

func TestComplaint36AMissingCurrencyIsAnError(t *testing.T) {
	r := newRig(t, ormtest.SQLite)
	s := newScript(sdk.Account{ID: "a1", Name: "Main", Number: "NL91ABNA0417164300"})
	r.banks["script"] = s
	if err := r.addon.LoadCatalogue(t.Context(), r.db, nil); err != nil {
		t.Fatal(err)
	}
	reply := r.call("account.online.flow", "start", object{"institution_id": r.bank("bank")}).(object)
	if reply["state"] == "done" || r.count("account.online.account") != 0 || r.count("account.journal", leaf("type", "=", "bank")) != 0 {
		t.Errorf("an account without currency was connected: %v", reply)
	}
}

func TestComplaint37OnlyDateAndAmountAreNeeded(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		s, link := scripted(r, iban)
		s.tell("a1", all(sdk.Transaction{Date: day("2026-06-01"), Amount: "5", Direction: sdk.In}, tx("2", "2026-06-02", "7", "whole")))
		if run := r.sync(link); run["created"].(float64) != 2 || run["outcome"] != "ok" {
			t.Errorf("run: %v", run)
		}
		bare := r.rows("account.bank.statement.line", []any{leaf("date", "=", "2026-06-01")}, "payment_ref", "partner_name", "partner_id",
			"account_number", "amount")[0]
		want := object{"id": bare["id"], "payment_ref": false, "partner_name": false, "partner_id": false, "account_number": false,
			"amount": 5.0}
		if diff := cmp.Diff(want, bare); diff != "" {
			t.Error(diff)
		}
	})
}

func TestComplaint37TheOtherPartyIsNeverTheHolder(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		partner := func(name string, more object) float64 {
			values := object{"name": name}
			for k, v := range more {
				values[k] = v
			}
			return r.call("res.partner", "create", values).(float64)
		}
		acme, twice := partner("Acme Trading", nil), partner("Twice", nil)
		partner("Twice", nil)
		named := partner("Jeanne d'Arc", nil)
		r.call("res.partner.bank", "create", object{"acc_number": "BE71 0961 2345 6769", "partner_id": acme})
		company := r.rows("res.company", []any{}, "name")[0]["name"].(string)
		s, link := scripted(r, iban)
		from := func(id, name, number string) sdk.Transaction {
			x := tx(id, "2026-06-01", "1", id)
			x.Counterparty, x.CounterNumber = name, number
			return x
		}
		s.tell("a1", all(
			from("own number", "ACME TRADING", "NL91 ABNA 0417 1643 00"), from("own name", strings.ToUpper(company), ""),
			from("own second account", company, "NL20INGB0001234567"),
			from("by number", "Somebody", "be71096123456769"), from("by name in capitals", "ACME TRADING", ""),
			from("by name", "Jeanne d'Arc", "FR00"),
			from("two of that name", "Twice", ""), from("nobody", "Unknown", "GB00")))
		r.sync(link)
		var got []string
		for _, l := range r.rows("account.bank.statement.line", []any{}, "payment_ref", "partner_name", "account_number", "partner_id") {
			id := any(false)
			if pair, ok := l["partner_id"].([]any); ok {
				id = pair[0]
			}
			got = append(got, fmt.Sprint(l["payment_ref"], ": ", l["partner_name"], " ", l["account_number"], " ", id))
		}
		want := []string{
			"nobody: Unknown GB00 false", "two of that name: Twice false false", fmt.Sprint("by name: Jeanne d'Arc FR00 ", named),
			fmt.Sprint("by name in capitals: ACME TRADING false ", acme),
			fmt.Sprint("by number: Somebody be71096123456769 ", acme),
			fmt.Sprint("own second account: ", company, " NL20INGB0001234567 false"), "own name: false false false",
			fmt.Sprint("own number: ACME TRADING false ", acme),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(partner %v is one of two)\n%s", twice, diff)
		}
	})
}

func TestPartnersAreFoundWithAsFewQuestionsForManyAsForOne(t *testing.T) {
	cost := func(n int) int {
		r := countedRig(t, ormtest.SQLite)
		s, link := scripted(r, iban)
		var booked []sdk.Transaction
		for i := range n {
			x := tx(fmt.Sprint(i), "2026-06-01", "1", fmt.Sprint("no ", i))
			x.Counterparty, x.CounterNumber = fmt.Sprint("Partner ", i), fmt.Sprint("NL", i)
			booked = append(booked, x)
		}
		s.tell("a1", all(booked...))
		return r.cost.Of(func() { r.sync(link) }).Statements
	}
	if one, many := cost(1), cost(300); many > one+15 {
		t.Errorf("%d statements for one transaction, %d for 300", one, many)
	}
}

func TestCurrenciesOfZeroThreeAndFourDecimals(t *testing.T) {
	for code, amount := range map[string]string{"JPY": "1500", "KWD": "1.234", "CLF": "1.2345"} {
		t.Run(code, func(t *testing.T) {
			each(t, func(t *testing.T, r *rig) {
				s, link := scripted(r, sdk.Account{ID: "a1", Name: "Main", Number: "X" + code, Currency: code, Kind: sdk.Checking})
				in := func(kind sdk.BalanceKind, date, amount string) sdk.Balance {
					return sdk.Balance{Kind: kind, Amount: amount, Currency: code, Date: day(date)}
				}
				s.tell("a1", with(all(tx("1", "2026-06-01", amount, "in"), tx("2", "2026-06-02", "-"+amount, "out"),
					tx("3", "2026-06-03", amount, "in again"),
					tx("4", "2026-06-04", "0.00001", "too fine")), in(sdk.Closing, "2026-06-03", amount)))
				run := r.sync(link)
				lines := r.rows("account.bank.statement.line", []any{}, "amount", "currency_id", "running_balance")
				if len(lines) != 3 || fmt.Sprint(lines[0]["running_balance"]) != amount || lines[0]["currency_id"].([]any)[1] != code ||
					fmt.Sprint(lines[1]["running_balance"]) != "0" {
					t.Errorf("lines: %v", lines)
				}
				if !strings.Contains(run["error_message"].(string), "could not be read") {
					t.Errorf("an amount of five decimals: %v", run)
				}
				if p := r.call("account.journal", "balance_proof", []any{r.journal(link)}).(object); p["verdict"] != "agrees" {
					t.Errorf("proof: %v", p)
				}
			})
		})
	}
}
