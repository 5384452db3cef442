package camt

import (
	"strings"

	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// side is one of the two parties of a payment.
type side struct {
	name, number, bic, ultimate, id string
}

// party names the other side of a payment, never the holder (row 37).
//
// The side whose account is not this one is the other; when the accounts do
// not tell, money that comes in is from the debtor, money that goes out to the
// creditor, and the other way round for a reversal or return, whose parties
// keep the roles of the original payment.
func (a *account) party(tx *sdk.Transaction, e, d element) {
	parties, agents := d.child("RltdPties"), d.child("RltdAgts")
	debtor := sideOf(parties, agents, "Dbtr")
	creditor := sideOf(parties, agents, "Cdtr")
	other, holder := a.choose(debtor, creditor, tx.Direction, isReversal(e) || d.child("RtrInf").ok())
	if other.name == "" && other.number == "" && holder.number != "" && !a.owns(holder) {
		other = holder // a bank that names the other party under the holder's role
	}
	if a.isOwner(other.name) && (other.number == "" || a.owns(other)) {
		other.name = ""
	}
	if a.owns(other) {
		other.number = ""
	}
	tx.Counterparty = other.name
	if tx.Counterparty == "" && !a.isOwner(other.ultimate) {
		tx.Counterparty = other.ultimate
	}
	tx.CounterNumber = other.number
	statement.Fact(&tx.Details, "counterparty_bic", other.bic)
	statement.Fact(&tx.Details, "counterparty_id", other.id)
	statement.Fact(&tx.Details, "ultimate_debtor", debtor.ultimate)
	statement.Fact(&tx.Details, "ultimate_creditor", creditor.ultimate)
}

func (a *account) choose(debtor, creditor side, direction sdk.Direction, reversed bool) (other, holder side) {
	ownDebtor, ownCreditor := a.owns(debtor), a.owns(creditor)
	switch {
	case ownDebtor && !ownCreditor:
		return creditor, debtor
	case ownCreditor && !ownDebtor:
		return debtor, creditor
	case (direction == sdk.In) != reversed:
		return debtor, creditor
	}
	return creditor, debtor
}

// owns reports whether a side's account is the statement's.
func (a *account) owns(s side) bool {
	return s.number != "" && s.number == a.out.Account.Number
}

func (a *account) isOwner(name string) bool {
	return name != "" && a.owner != "" && strings.EqualFold(name, a.owner)
}

func sideOf(parties, agents element, role string) side {
	if !parties.ok() {
		return side{}
	}
	party, account := parties.child(role), parties.child(role+"Acct")
	agent := agents.child(role+"Agt", "FinInstnId")
	ultimate := parties.child("Ultmt" + role)
	return side{
		name:     nameOf(party),
		number:   accountNumber(account),
		bic:      either(agent.value("BICFI"), agent.value("BIC")),
		ultimate: nameOf(ultimate),
		id:       idOf(party),
	}
}

// nameOf returns a party's name; versions from 8 on nest it, and name a bank
// that is a party itself as an agent.
func nameOf(party element) string {
	return statement.Words(either(
		party.value("Nm"),
		party.value("Pty", "Nm"),
		party.value("Agt", "FinInstnId", "Nm"),
	))
}

// idOf returns a party's identification, such as a creditor id.
func idOf(party element) string {
	id := party.child("Id")
	if !id.ok() {
		id = party.child("Pty", "Id")
	}
	return either(id.value("PrvtId", "Othr", "Id"), id.value("OrgId", "Othr", "Id"))
}
