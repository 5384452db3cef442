#!/usr/bin/env bash
# Expects:  The entry date of an MT940 line (":61:", month and day only) is the one nearest to the value date, so around New Year it is in
#           the year before or after it. Whoever reads the format every day has met this long ago.
# Happens:  Two libraries, written independently, give the entry date the year of the value date. What was bought on 31 December and booked
#           on 2 January is booked a year too early, and interest that counts from 2 January, booked on 31 December, nearly a year in
#           the future.
# Versions: npm mt940js 1.3.5; npm mt940-js 1.0.0 (with tslib 2.8.1).
# Matters:  The entry date decides in which statement and which tax year a line belongs. Only some lines of a few days are wrong, amounts
#           and balances agree, so nobody notices before the accounts are closed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' ERR
cd "$work"

npm init --yes >/dev/null
npm install --no-audit --no-fund --ignore-scripts mt940js@1.3.5 mt940-js@1.0.0 tslib@2.8.1 >/dev/null 2>&1
cat >statement.sta <<'MT940'
:20:NEWYEAR
:25:12345678/0000123456
:28C:1/1
:60F:C251231EUR1000,00
:61:2512310102D10,00NTRFREF1
:86:Bought on New Year's Eve, booked afterwards
:61:2601021231C20,00NINTREF2
:86:Interest from the second, booked on New Year's Eve
:61:2601020102D30,00NTRFREF3
:86:All on one day
:62F:C260102EUR980,00
-
MT940
cat >read.js <<'JS'
const fs = require('fs')
const { Parser } = require('mt940js')
const { read } = require('mt940-js')

const day = (date) => new Date(date).toISOString().slice(0, 10)
for (const line of new Parser().parse(fs.readFileSync('statement.sta', 'utf8'))[0].transactions)
  console.log('mt940js:  value', day(line.date), 'entry', day(line.entryDate))
read(fs.readFileSync('statement.sta')).then(([statement]) => {
  for (const line of statement.transactions) console.log('mt940-js: value', line.valueDate, 'entry', line.entryDate)
})
JS
seen=$(TZ=UTC timeout 60 node read.js)
echo "$seen"

happens='mt940js:  value 2025-12-31 entry 2025-01-02
mt940js:  value 2026-01-02 entry 2026-12-31
mt940js:  value 2026-01-02 entry 2026-01-02
mt940-js: value 2025-12-31 entry 2025-01-02
mt940-js: value 2026-01-02 entry 2026-12-31
mt940-js: value 2026-01-02 entry 2026-01-02'
[[ $seen == "$happens" ]] || { echo "The behaviour has changed." >&2; exit 1; }
