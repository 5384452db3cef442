#!/usr/bin/env bash
# Expects:  A name with an apostrophe or a quotation mark survives from one XML library to another. Go's encoding/xml writes them as &#39;
#           and &#34;, as XML allows anywhere, and a reader turns them back. fast-xml-parser did so, up to 5.6.0.
# Happens:  From 5.7.0 on, a minor release, fast-xml-parser still decodes &amp; and &apos; but leaves &#39; and &#34; as they stand, without
#           an error. Only its option htmlEntities brings them back, though numeric references belong to XML and not to HTML. A reader of
#           bank statements that asks for "^5.8.0" therefore calls the debtor O&#39;Hara.
# Versions: Go 1.26 encoding/xml writes; npm fast-xml-parser 5.6.0 and 5.12.1, and lib-fints 1.5.0 (CAMT.052, on 5.12.1) read.
# Matters:  Which program wrote the statement, and which release of a library two levels down reads it, decides whether a customer with an
#           apostrophe is found by name, and whether a rule for a quoted word applies. A name that is stored like that and written out
#           again is O&amp;#39;Hara for the next reader.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' ERR
cd "$work"

npm init --yes >/dev/null 2>&1
npm install --no-audit --no-fund --ignore-scripts \
  fast-xml-parser@5.12.1 before@npm:fast-xml-parser@5.6.0 lib-fints@1.5.0 >/dev/null 2>&1

cat >write.go <<'GO'
package main

import (
	"encoding/xml"
	"fmt"
	"os"
)

type money struct {
	Currency string `xml:"Ccy,attr"`
	Value    string `xml:",chardata"`
}

type balance struct {
	Code   string `xml:"Tp>CdOrPrtry>Cd"`
	Amount money  `xml:"Amt"`
	Sign   string `xml:"CdtDbtInd"`
	Day    string `xml:"Dt>Dt"`
}

type entry struct {
	Amount money  `xml:"Amt"`
	Sign   string `xml:"CdtDbtInd"`
	Status string `xml:"Sts>Cd"`
	Day    string `xml:"BookgDt>Dt"`
	Debtor string `xml:"NtryDtls>TxDtls>RltdPties>Dbtr>Pty>Nm"`
	Text   string `xml:"NtryDtls>TxDtls>RmtInf>Ustrd"`
}

type document struct {
	XMLName  xml.Name  `xml:"urn:iso:std:iso:20022:tech:xsd:camt.052.001.08 Document"`
	Message  string    `xml:"BkToCstmrAcctRpt>GrpHdr>MsgId"`
	Report   string    `xml:"BkToCstmrAcctRpt>Rpt>Id"`
	Account  string    `xml:"BkToCstmrAcctRpt>Rpt>Acct>Id>IBAN"`
	Balances []balance `xml:"BkToCstmrAcctRpt>Rpt>Bal"`
	Entries  []entry   `xml:"BkToCstmrAcctRpt>Rpt>Ntry"`
}

func main() {
	sum := money{Currency: "EUR", Value: "12.50"}
	out, err := xml.Marshal(document{
		Message: "M1", Report: "R1", Account: "DE02120300000000202051",
		Balances: []balance{{"OPBD", money{"EUR", "0.00"}, "CRDT", "2026-03-02"}, {"CLBD", sum, "CRDT", "2026-03-02"}},
		Entries:  []entry{{sum, "CRDT", "BOOK", "2026-03-02", "O'Hara & Sons", `the "red" one`}},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Stdout.Write(out)
}
GO
GOTOOLCHAIN=local GOFLAGS= go run write.go >camt.xml

cat >read.mjs <<'JS'
import fs from 'node:fs'
import * as before from 'before'
import * as now from 'fast-xml-parser'
import { CamtParser } from './node_modules/lib-fints/dist/camtParser.js'

const xml = fs.readFileSync('camt.xml', 'utf8')
const direct = (what, { XMLParser }, options) => {
  const { RltdPties, RmtInf } = new XMLParser(options).parse(xml).Document.BkToCstmrAcctRpt.Rpt.Ntry.NtryDtls.TxDtls
  console.log(what, RltdPties.Dbtr.Pty.Nm, '|', RmtInf.Ustrd)
}
console.log('as written:         ', xml.match(/<Nm>(.*)<\/Nm>/)[1], '|', xml.match(/<Ustrd>(.*)<\/Ustrd>/)[1])
direct('5.6.0:              ', before)
direct('5.12.1:             ', now)
direct('5.12.1 htmlEntities:', now, { htmlEntities: true })
const [{ transactions: [line] }] = new CamtParser(xml).parse()
console.log('lib-fints:          ', line.remoteName, '|', line.purpose)
JS
seen=$(timeout 60 node read.mjs)
echo "$seen"

happens="as written:          O&#39;Hara &amp; Sons | the &#34;red&#34; one
5.6.0:               O'Hara & Sons | the \"red\" one
5.12.1:              O&#39;Hara & Sons | the &#34;red&#34; one
5.12.1 htmlEntities: O'Hara & Sons | the \"red\" one
lib-fints:           O&#39;Hara & Sons | the &#34;red&#34; one"
[[ $seen == "$happens" ]] || { echo "The behaviour has changed." >&2; exit 1; }
