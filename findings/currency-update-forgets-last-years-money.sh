#!/usr/bin/env bash
# Expects:  Amounts that a program stored with a money library can be read with a later release of it, all the more with a patch release.
#           Bulgaria has had the euro since January 2026, but the lev stays the currency of every statement before that.
# Happens:  bojanz/currency knows the currencies of today. A patch release takes BGN and ANG out of its list, and from then on the amounts
#           that it wrote itself are "invalid currency code", in JSON and from a database alike. One such line and the whole statement
#           fails. The release before it lacks XCG, which follows ANG, so none of the two reads both years. Register brings a code back,
#           for a program that knows beforehand which one.
# Versions: Go modules github.com/bojanz/currency v1.4.0, v1.4.2 and v1.5.1.
# Matters:  Books must stay readable for years. An update that is taken in for a new currency makes last year's amounts unreadable, while
#           tests with EUR and USD pass, and the error is met first by whoever opens an old statement.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' ERR
cd "$work"

cat >read.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/bojanz/currency"
)

type statement struct {
	Lines []currency.Amount `json:"lines"`
}

func main() {
	what := os.Args[1]
	if what == "write" {
		var s statement
		for _, code := range []string{"EUR", "BGN", "ANG"} {
			amount, err := currency.NewAmount("12.50", code)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			s.Lines = append(s.Lines, amount)
		}
		stored, _ := json.Marshal(s)
		os.WriteFile("../statement.json", stored, 0o600)
	}
	stored, _ := os.ReadFile("../statement.json")
	var s statement
	fmt.Println("  the statement: error", json.Unmarshal(stored, &s))
	for _, code := range []string{"BGN", "ANG", "XCG"} {
		var column currency.Amount
		if err := column.Scan("(12.50," + code + ")"); err != nil {
			fmt.Println("  a row in", code+": error", err)
		} else {
			fmt.Println("  a row in", code+":", column)
		}
	}
}
GO
seen=$(for release in v1.4.0 v1.4.2 v1.5.1; do
  mkdir "$release" && cp read.go "$release" && cd "$release" || exit 2
  { go mod init example.test/read && go get "github.com/bojanz/currency@$release" && go build -o read .; } >/dev/null 2>&1 || exit 2
  echo "$release"
  ./read "$([[ $release == v1.4.0 ]] && echo write || echo read)" || exit 2
  cd ..
done)
echo "$seen"

happens='v1.4.0
  the statement: error <nil>
  a row in BGN: 12.50 BGN
  a row in ANG: 12.50 ANG
  a row in XCG: error invalid currency code "XCG"
v1.4.2
  the statement: error invalid currency code "BGN"
  a row in BGN: error invalid currency code "BGN"
  a row in ANG: error invalid currency code "ANG"
  a row in XCG: 12.50 XCG
v1.5.1
  the statement: error invalid currency code "BGN"
  a row in BGN: error invalid currency code "BGN"
  a row in ANG: error invalid currency code "ANG"
  a row in XCG: 12.50 XCG'
[[ $seen == "$happens" ]] || { echo "The behaviour has changed." >&2; exit 1; }
