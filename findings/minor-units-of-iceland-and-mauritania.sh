#!/usr/bin/env bash
# Expects:  How many decimals a currency has is fixed by ISO 4217, so an integer of minor units with a currency code is one and the same
#           amount to every money library. EUR, JPY and KWD, with two, none and three decimals, prove it in the tests.
# Happens:  Not for ISK, and not for MRU and MGA. ISO gives the króna no decimals, govalues/money gives it two: 5000 krónur become 50.00.
#           ISO gives the ouguiya and the ariary two decimals; dinero.js counts them in their real coins, which are fifths: 5000 ouguiya in
#           hundredths become 100000. Each library agrees with itself, so a round trip in one of them shows nothing.
# Versions: Go modules github.com/bojanz/currency v1.5.1 (as ISO 4217) and github.com/govalues/money v0.2.4; npm dinero.js 2.0.2.
# Matters:  Providers and message formats send integers of minor units. A server that writes them with one library for a page or a plugin
#           that reads them with another pays a hundred times too little in Iceland, or shows twenty times too much in Mauritania.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' ERR
cd "$work"

cat >write.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/bojanz/currency"
	"github.com/govalues/money"
)

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	return value
}

// Each amount of 5000 becomes minor units in one library and is read in the other: one line of code, minor units, amount read.
func main() {
	for _, code := range []string{"EUR", "JPY", "KWD", "ISK", "MRU", "MGA"} {
		minor := must(must(currency.NewAmount("5000", code)).Int64())
		fmt.Println(code, minor, must(money.NewAmountFromMinorUnits(code, minor)).Decimal())
	}
}
GO
cat >read.mjs <<'JS'
import fs from 'node:fs'
import * as dinero from 'dinero.js'

for (const line of fs.readFileSync('minor.txt', 'utf8').trim().split('\n')) {
  const [code, minor, inGo] = line.split(' ')
  const [units] = dinero.toUnits(dinero.dinero({ amount: Number(minor), currency: dinero[code] }))
  console.log(`${code} 5000, sent as ${minor}: govalues/money ${inGo}, dinero.js ${units}`)
}
JS
{
  go mod init example.test/minor
  go get github.com/bojanz/currency@v1.5.1 github.com/govalues/money@v0.2.4
  go build -o write .
  npm init --yes
  npm install --no-audit --no-fund --ignore-scripts dinero.js@2.0.2
} >/dev/null 2>&1
timeout 60 ./write >minor.txt
seen=$(timeout 60 node read.mjs)
echo "$seen"

happens='EUR 5000, sent as 500000: govalues/money 5000.00, dinero.js 5000
JPY 5000, sent as 5000: govalues/money 5000, dinero.js 5000
KWD 5000, sent as 5000000: govalues/money 5000.000, dinero.js 5000
ISK 5000, sent as 5000: govalues/money 50.00, dinero.js 5000
MRU 5000, sent as 500000: govalues/money 5000.00, dinero.js 100000
MGA 5000, sent as 500000: govalues/money 5000.00, dinero.js 100000'
[[ $seen == "$happens" ]] || { echo "The behaviour has changed." >&2; exit 1; }
