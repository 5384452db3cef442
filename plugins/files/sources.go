package files

import (
	"github.com/girosync/girosync/plugins/files/statement"
	"github.com/girosync/girosync/plugins/sdk"
)

// source says where a format whose fields have a fixed meaning tells something:
// in first, or in other where first is missing. Both are names of fields.
type source struct{ code, first, other string }

// sources are those of each format, by its name in the table of formats. Tables
// tell which column was taken for what instead.
var sources = map[string][]source{
	"CAMT": {
		{statement.AccountFrom, "Acct/Id", ""},
		{statement.DayFrom, "BookgDt", "ValDt"},
		{statement.SignFrom, "CdtDbtInd", ""},
		{statement.IDFrom, "AcctSvcrRef", ""},
		{statement.TextFrom, "RltdPties, RmtInf", "AddtlNtryInf"},
		{statement.BalanceFrom, "OPBD, CLBD", "PRCD, ITBD"},
		{statement.PendingFrom, "Sts PDNG", ""},
		{statement.LeftOut, "Sts INFO", ""},
	},
	"MT940": {
		{statement.AccountFrom, ":25:", ""},
		{statement.DayFrom, ":61: MMDD", ":61: YYMMDD"},
		{statement.SignFrom, ":61: C, D, RC, RD", ""},
		{statement.IDFrom, ":61: //", ""},
		{statement.TextFrom, ":86:", ":61:"},
		{statement.BalanceFrom, ":60F:, :62F:", ":60M:, :62M:"},
		{statement.PendingFrom, ":61: EC, ED", ""},
		{statement.LeftOut, ":65:", ""},
	},
	"OFX": {
		{statement.AccountFrom, "ACCTID", ""},
		{statement.DayFrom, "DTPOSTED", ""},
		{statement.SignFrom, "TRNAMT", ""},
		{statement.IDFrom, "FITID", ""},
		{statement.TextFrom, "PAYEE, NAME, MEMO", ""},
		{statement.BalanceFrom, "LEDGERBAL", ""},
		{statement.PendingFrom, "STMTTRNP, HOLD", ""},
		{statement.LeftOut, "INVTRANLIST, INVPOSLIST", ""},
	},
	"QIF": {
		{statement.AccountFrom, "!Account N", ""},
		{statement.DayFrom, "D", ""},
		{statement.SignFrom, "T", "U"},
		{statement.TextFrom, "P, M", ""},
		{statement.BalanceFrom, "L[…]", "P"},
		{statement.LeftOut, "!Type:Invst, !Type:Cat, !Type:Class, !Type:Memorized", ""},
	},
	"BAI2": {
		{statement.AccountFrom, "03", ""},
		{statement.DayFrom, "02", ""},
		{statement.SignFrom, "16: 100–399, 400–699", ""},
		{statement.IDFrom, "16", ""},
		{statement.TextFrom, "16, 88", ""},
		{statement.BalanceFrom, "03: 010, 015", ""},
		{statement.LeftOut, "16: 890", ""},
	},
	"CODA": {
		{statement.AccountFrom, "1: 6–39", ""},
		{statement.DayFrom, "2.1: 116–121", "2.1: 48–53"},
		{statement.SignFrom, "2.1: 32", ""},
		{statement.IDFrom, "2.1: 11–31", ""},
		{statement.TextFrom, "2.1: 63–115, 2.2, 2.3", "3"},
		{statement.BalanceFrom, "1, 8", ""},
		{statement.LeftOut, "4", ""},
	},
}

// explainSources tells where a format tells what.
func explainSources(format string) (list []sdk.Finding) {
	for _, s := range sources[format] {
		list = append(list, statement.From(s.code, s.first, s.other))
	}
	return list
}
